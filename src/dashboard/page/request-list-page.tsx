import type { RequestsView } from "../api/requests-view.js";
import { apiPath } from "./api-path.js";
import { FilterChips } from "./filter-chips.js";
import { formatTime } from "./format.js";
import { language, say } from "./language.js";
import { OutcomeSelect, SortSelect } from "./list-selects.js";
import { RequestTable } from "./request-table.js";
import { choose, search } from "./route.js";
import { useLive } from "./use-live.js";

const LIMIT = 100;
/** Apps send what ended within seconds: a window that is over for longer does not change. */
const LATEST_MS = 60_000;
const SHOWN_ELSEWHERE = ["ended_from", "ended_to", "outcome", "sort"];

/** The requests behind a figure: those that ended in its window. */
export function RequestListPage() {
  const filter = new URLSearchParams(search.value);
  const read = (name: string): string | undefined => filter.get(name) ?? undefined;
  const from = read("ended_from");
  const to = read("ended_to");
  const path = apiPath("/api/requests", { ...Object.fromEntries(filter), limit: LIMIT });
  const isOver = to !== undefined && Date.now() > Date.parse(to) + LATEST_MS;
  const { data, failure } = useLive<RequestsView>(path, isOver ? [] : ["traces"]);
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Requests", zh: "请求" })}</h1>
        <search class="filters">
          {from && to && (
            <span class="quiet">
              {say({ en: "ended", zh: "结束于" })} {formatTime(from, language.value)} – {formatTime(to, language.value)}
            </span>
          )}
          <OutcomeSelect value={read("outcome")} onChoose={(value) => choose("outcome", value)} />
          {from && to && <SortSelect value={read("sort")} onChoose={(value) => choose("sort", value)} />}
          <FilterChips filters={[...filter].filter(([name]) => !SHOWN_ELSEWHERE.includes(name))} />
        </search>
      </div>
      {failure && <p class="notice">{failure}</p>}
      {data && data.requests.length === 0 && (
        <p class="notice">{say({ en: "No request fits this filter.", zh: "没有符合条件的请求。" })}</p>
      )}
      {data && data.requests.length > 0 && (
        <div class="card">
          <RequestTable requests={data.requests} />
          {data.requests.length === LIMIT && (
            <p class="quiet">
              {say({
                en: `The first ${LIMIT}; narrow the filter to see others.`,
                zh: `仅显示前 ${LIMIT} 条，请缩小筛选范围。`,
              })}
            </p>
          )}
        </div>
      )}
    </>
  );
}
