import { formatValue } from "../../indicators/format-value.js";
import type { TraceSummary } from "../../store/telemetry-store.js";
import { apiPath } from "./api-path.js";
import { FilterChips } from "./filter-chips.js";
import { formatCount, formatDuration, formatTime } from "./format.js";
import { language, say } from "./language.js";
import { OutcomeSelect, SortSelect } from "./list-selects.js";
import { OutcomeBadge } from "./outcome-badge.js";
import { choose, search } from "./route.js";
import { type Column, Table } from "./table.js";
import { useLive } from "./use-live.js";

const LIMIT = 100;

export function TraceListPage() {
  const filter = new URLSearchParams(search.value);
  const read = (name: string): string | undefined => filter.get(name) ?? undefined;
  const path = apiPath("/api/traces", {
    limit: LIMIT,
    service: read("service"),
    text: read("text"),
    outcome: read("outcome"),
    sort: read("sort"),
    user: read("user"),
  });
  const { data, failure } = useLive<{ traces: TraceSummary[] }>(path, ["traces"]);

  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Traces", zh: "链路" })}</h1>
        <search class="filters">
          <input
            type="search"
            aria-label={say({ en: "Text in names or messages", zh: "名称或消息中的文本" })}
            placeholder={say({ en: "Text in names or messages", zh: "名称或消息中的文本" })}
            value={read("text") ?? ""}
            onInput={(event) => choose("text", event.currentTarget.value.trim())}
          />
          <OutcomeSelect value={read("outcome")} onChoose={(value) => choose("outcome", value)} />
          <SortSelect value={read("sort")} onChoose={(value) => choose("sort", value)} />
          <FilterChips filters={[...filter].filter(([name]) => name === "user")} />
        </search>
      </div>
      {failure && <p class="notice">{failure}</p>}
      {data && <TraceTable traces={data.traces} />}
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
  { title: { en: "Spans", zh: "Span" }, number: true, cell: ({ spans }) => spans },
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

function TraceTable({ traces }: { traces: TraceSummary[] }) {
  if (traces.length === 0) {
    return <p class="notice">{say({ en: "No trace fits this filter.", zh: "没有符合条件的链路。" })}</p>;
  }
  return (
    <div class="card">
      <Table
        columns={COLUMNS}
        rows={traces}
        rowKey={({ trace_id }) => trace_id}
        label={{ en: "Traces", zh: "链路" }}
        linked
        class="traces"
      />
      {traces.length === LIMIT && (
        <p class="quiet">
          {say({
            en: `The first ${LIMIT}; narrow the filter to see others.`,
            zh: `仅显示前 ${LIMIT} 条，请缩小筛选范围。`,
          })}
        </p>
      )}
    </div>
  );
}
