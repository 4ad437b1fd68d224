import { useState } from "preact/hooks";
import { formatValue } from "../../../indicators/format-value.js";
import type { RequestRecord } from "../../../store/request-record.js";
import type { DeletedUserView } from "../../api/deleted-user-view.js";
import type { RequestsView } from "../../api/requests-view.js";
import { apiPath } from "../api-path.js";
import { formatCount, formatDuration, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { chosen, search } from "../route.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";
import { DeleteUserDialog } from "./delete-user-dialog.js";
import { DeletedUser } from "./deleted-user.js";
import { RequestDays } from "./request-days.js";
import { RequestFilters } from "./request-filters.js";
import { requestName } from "./request-name.js";
import { RequestPanel } from "./request-panel.js";
import "./request-list.css";

const LIMIT = 100;
/** Apps send what ended within seconds: a window that is over for longer does not change. */
const LATEST_MS = 60_000;

/** The request records: those behind a figure, those of a user, all of them. */
export function RequestListPage() {
  const [deleting, setDeleting] = useState<string>();
  const [deletions, setDeletions] = useState<readonly DeletedUserView[]>([]);
  const deleted = deletions.at(-1);
  const { sort, after, request, ...filter } = Object.fromEntries(new URLSearchParams(search.value));
  const isBounded = [filter.window, filter.from, filter.ended_from].some((bound) => bound !== undefined);
  const order = isBounded && sort !== "newest" ? sort : undefined;
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Requests", zh: "请求" })}</h1>
        <p class="request-actions">
          {(["jsonl", "csv"] as const).map((format) => (
            <a key={format} class="plain" href={apiPath("/api/requests/export", { ...filter, format })} download="">
              ↓ {format === "csv" ? "CSV" : "JSON lines"}
              <span class="sr-only">
                {" "}
                {say({ en: "of all that fit the filter", zh: "（符合筛选条件的全部请求）" })}
              </span>
            </a>
          ))}
          <button type="button" class="plain" onClick={() => setDeleting(filter.user ?? "")}>
            {say({ en: "Delete a user's data…", zh: "删除用户数据…" })}
          </button>
        </p>
      </div>
      <RequestFilters isBounded={isBounded} />
      {deleted && <DeletedUser view={deleted} />}
      <RequestList
        // After a deletion, what is shown of any time is asked for anew.
        key={deletions.length}
        path={apiPath("/api/requests", { ...filter, sort: order, cursor: after, limit: LIMIT })}
        ended={filter.ended_to}
        onDelete={setDeleting}
      />
      <RequestDays />
      {deleting !== undefined && (
        <DeleteUserDialog
          user={deleting}
          onDeleted={(view) => setDeletions([...deletions, view])}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}

interface RequestListProps {
  /** Of the API. */
  path: string;
  /** The end of the window that its requests ended in; undefined: it has no end. */
  ended: string | undefined;
  onDelete(user: string): void;
}

function RequestList({ path, ended, onDelete }: RequestListProps) {
  const isOver = ended !== undefined && Date.now() > Date.parse(ended) + LATEST_MS;
  const { data, failure } = useLive<RequestsView>(path, isOver ? [] : ["traces"]);
  const opened = chosen("request");
  if (failure !== undefined) return <p class="notice">{failure}</p>;
  if (data === undefined) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  const { requests, next_cursor: next } = data;
  return (
    <>
      <div class={opened === undefined ? undefined : "trace-body request-body"}>
        {requests.length === 0 ? (
          <p class="notice">{say({ en: "No request fits this filter.", zh: "没有符合条件的请求。" })}</p>
        ) : (
          <div class="card">
            <Table
              columns={columnsFor(requests)}
              rows={requests}
              rowKey={requestName}
              label={{ en: "Requests", zh: "请求" }}
              linked
              class="requests"
            />
          </div>
        )}
        {opened !== undefined && <RequestPanel key={opened} name={opened} listed={requests} onDelete={onDelete} />}
      </div>
      <p class="facts">
        {chosen("after") !== undefined && (
          <a href={listPath({ after: undefined })}>{say({ en: "← Newest", zh: "← 最新" })}</a>
        )}
        {next !== undefined && <a href={listPath({ after: next })}>{say({ en: "Older →", zh: "更早 →" })}</a>}
        {next === undefined && requests.length === LIMIT && (
          <span class="quiet">
            {say({
              en: `The first ${LIMIT}; narrow the filter to see others.`,
              zh: `仅显示前 ${LIMIT} 条，请缩小筛选范围。`,
            })}
          </span>
        )}
      </p>
    </>
  );
}

/** This list, with something chosen otherwise. */
function listPath(choices: Readonly<Record<string, string | undefined>>): string {
  return apiPath("/requests", { ...Object.fromEntries(new URLSearchParams(search.value)), ...choices });
}

const TENANT: Column<RequestRecord> = { title: { en: "Tenant", zh: "租户" }, cell: ({ tenant }) => tenant };

const COLUMNS: readonly Column<RequestRecord>[] = [
  {
    title: { en: "Time", zh: "时间" },
    cell: (record) => (
      <a
        class="row-link"
        href={listPath({ request: requestName(record) })}
        aria-current={chosen("request") === requestName(record) ? "true" : undefined}
      >
        {formatTime(record.timestamp, language.value)}
      </a>
    ),
  },
  {
    title: { en: "Type", zh: "类型" },
    class: "type",
    cell: ({ type, service, release }) => (
      <>
        {type}
        <small>{[service, release].filter(Boolean).join(" · ")}</small>
      </>
    ),
  },
  { title: { en: "Outcome", zh: "结果" }, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { title: { en: "Took", zh: "耗时" }, number: true, cell: ({ response_time }) => formatDuration(response_time) },
  { title: { en: "LLM calls", zh: "LLM 调用" }, number: true, cell: ({ llm_calls }) => formatCount(llm_calls) },
  { title: { en: "Tokens", zh: "Token" }, number: true, cell: ({ tokens }) => formatCount(tokens.total) },
  {
    title: { en: "Cost", zh: "成本" },
    number: true,
    cell: ({ cost_usd }) => (cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, cost_usd, language.value)),
  },
  { title: { en: "User", zh: "用户" }, cell: ({ user_id }) => user_id },
  TENANT,
  { title: { en: "Models", zh: "模型" }, class: "quiet models", cell: ({ models }) => models.join(", ") },
  {
    title: { en: "Trace", zh: "链路" },
    cell: ({ trace_id, trace_sampled }) =>
      trace_sampled ? (
        <a class="over-row" href={`/traces/${trace_id}`}>
          {say({ en: "Trace", zh: "链路" })}
        </a>
      ) : (
        <span class="quiet">{say({ en: "not sampled", zh: "未采样" })}</span>
      ),
  },
];

/** Most apps have no tenants. */
function columnsFor(requests: readonly RequestRecord[]): readonly Column<RequestRecord>[] {
  return requests.some(({ tenant }) => tenant !== undefined) ? COLUMNS : COLUMNS.filter((column) => column !== TENANT);
}
