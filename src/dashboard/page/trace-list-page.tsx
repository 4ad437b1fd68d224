import { formatValue } from "../../indicators/format-value.js";
import type { TraceSummary } from "../../store/telemetry-store.js";
import { apiPath } from "./api-path.js";
import { FilterChips } from "./filter-chips.js";
import { formatCount, formatDuration, formatTime } from "./format.js";
import { language, say } from "./language.js";
import { OutcomeSelect, SortSelect } from "./list-selects.js";
import { OutcomeBadge } from "./outcome-badge.js";
import { choose, search } from "./route.js";
import { chosenService } from "./service-filter.js";
import { useLive } from "./use-live.js";

const LIMIT = 100;

export function TraceListPage() {
  const filter = new URLSearchParams(search.value);
  const read = (name: string): string | undefined => filter.get(name) ?? undefined;
  const path = apiPath("/api/traces", {
    limit: LIMIT,
    service: chosenService.value,
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

function TraceTable({ traces }: { traces: TraceSummary[] }) {
  if (traces.length === 0) {
    return <p class="notice">{say({ en: "No trace fits this filter.", zh: "没有符合条件的链路。" })}</p>;
  }
  return (
    <div class="card scroll">
      <table class="rows-linked traces">
        <thead>
          <tr>
            <th scope="col">{say({ en: "Time", zh: "时间" })}</th>
            <th scope="col">{say({ en: "Name", zh: "名称" })}</th>
            <th scope="col">{say({ en: "Outcome", zh: "结果" })}</th>
            <th scope="col" class="number">
              {say({ en: "Took", zh: "耗时" })}
            </th>
            <th scope="col" class="number">
              {say({ en: "Spans", zh: "Span" })}
            </th>
            <th scope="col" class="number">
              {say({ en: "Tokens", zh: "Token" })}
            </th>
            <th scope="col" class="number">
              {say({ en: "Cost", zh: "成本" })}
            </th>
            <th scope="col">{say({ en: "User", zh: "用户" })}</th>
            <th scope="col">{say({ en: "Models", zh: "模型" })}</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <tr key={trace.trace_id}>
              <td class="quiet">{formatTime(trace.start, language.value)}</td>
              <td class="name">
                <a class="row-link" href={`/traces/${trace.trace_id}`}>
                  {trace.name}
                </a>
                <small>{[trace.service, trace.type].filter(Boolean).join(" · ")}</small>
              </td>
              <td>
                {trace.outcome ? (
                  <OutcomeBadge outcome={trace.outcome} />
                ) : (
                  trace.errors > 0 && <OutcomeBadge outcome="error" />
                )}
              </td>
              <td class="number">{formatDuration(trace.duration)}</td>
              <td class="number">{trace.spans}</td>
              <td class="number">{trace.tokens > 0 ? formatCount(trace.tokens) : "–"}</td>
              <td class="number">
                {trace.cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, trace.cost_usd, language.value)}
              </td>
              <td>{trace.user_id}</td>
              <td class="quiet models">{trace.models.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
