import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatValue } from "../../../indicators/format-value.js";
import type { TraceSummary } from "../../../store/telemetry-store.js";
import type { TracesView } from "../../api/traces-view.js";
import { apiPath } from "../api-path.js";
import { formatCount, formatDuration, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { chosen, search } from "../route.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";
import { ConversationTurns } from "./conversation-turns.js";
import { TraceFilters } from "./trace-filters.js";

const LIMIT = 100;

/** The list as it was looked at last, to go back to from a trace. */
export const listAddress = signal("/traces");

export function TraceListPage() {
  const conversation = chosen("conversation");
  useEffect(() => {
    listAddress.value = `/traces${search.value}`;
  }, [search.value]);
  return (
    <>
      <h1>{say({ en: "Traces", zh: "链路" })}</h1>
      <TraceFilters />
      {conversation === undefined ? <TraceList /> : <ConversationTurns id={conversation} />}
    </>
  );
}

function TraceList() {
  const filter = Object.fromEntries(new URLSearchParams(search.value));
  // One more than is shown tells whether there are others.
  const path = apiPath("/api/traces", { ...filter, limit: LIMIT + 1 });
  const { data, failure } = useLive<TracesView>(path, ["traces"]);
  if (failure !== undefined) return <p class="notice">{failure}</p>;
  if (data === undefined) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  const shown = data.traces.slice(0, LIMIT);
  const last = shown.at(-1);
  return (
    <>
      {last === undefined ? (
        <p class="notice">{say({ en: "No trace fits this filter.", zh: "没有符合条件的链路。" })}</p>
      ) : (
        <div class="card">
          <Table
            columns={COLUMNS}
            rows={shown}
            rowKey={({ trace_id }) => trace_id}
            label={{ en: "Traces", zh: "链路" }}
            linked
            class="traces"
          />
        </div>
      )}
      <p class="facts">
        {filter.after !== undefined && (
          <a href={apiPath("/traces", { ...filter, after: undefined })}>
            {say({ en: "← First page", zh: "← 第一页" })}
          </a>
        )}
        {last !== undefined && data.traces.length > LIMIT && (
          <a href={apiPath("/traces", { ...filter, after: last.trace_id })}>
            {filter.sort === undefined || filter.sort === "newest"
              ? say({ en: "Older →", zh: "更早 →" })
              : say({ en: "More →", zh: "更多 →" })}
          </a>
        )}
      </p>
    </>
  );
}

const COLUMNS: readonly Column<TraceSummary>[] = [
  { title: { en: "Time", zh: "时间" }, class: "quiet", cell: ({ start }) => formatTime(start, language.value) },
  {
    title: { en: "Name", zh: "名称" },
    class: "name",
    cell: ({ trace_id, name, service, type }) => (
      <>
        <a class="row-link" href={`/traces/${trace_id}`}>
          {name}
        </a>
        <small>{[service, type].filter(Boolean).join(" · ")}</small>
      </>
    ),
  },
  {
    title: { en: "Outcome", zh: "结果" },
    cell: ({ outcome, errors }) => {
      const shown = outcome ?? (errors > 0 ? "error" : undefined);
      return shown && <OutcomeBadge outcome={shown} />;
    },
  },
  { title: { en: "Took", zh: "耗时" }, number: true, cell: ({ duration }) => formatDuration(duration) },
  { title: { en: "Spans", zh: "Span" }, number: true, cell: ({ spans }) => formatCount(spans) },
  {
    title: { en: "Tokens", zh: "Token" },
    number: true,
    cell: ({ tokens }) => (tokens > 0 ? formatCount(tokens) : "–"),
  },
  {
    title: { en: "Cost", zh: "成本" },
    number: true,
    cell: ({ cost_usd }) => (cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, cost_usd, language.value)),
  },
  { title: { en: "User", zh: "用户" }, cell: ({ user_id }) => user_id },
  { title: { en: "Models", zh: "模型" }, class: "quiet models", cell: ({ models }) => models.join(", ") },
];
