import type { Attributes } from "../../../receive/telemetry-batch.js";
import type { RequestRecord } from "../../../store/request-record.js";
import type { RequestsView } from "../../api/requests-view.js";
import { apiPath } from "../api-path.js";
import { CopyButton } from "../controls/copy-button.js";
import { say } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { chooseAll } from "../route.js";
import { AttributeTable } from "../traces/attribute-table.js";
import { useLive } from "../use-live.js";
import { requestName } from "./request-name.js";

interface RequestPanelProps {
  /** {@link requestName} of the one that was opened. */
  name: string;
  /** What the list has: the list moves on, and what was opened stays. */
  listed: readonly RequestRecord[];
  onDelete(user: string): void;
}

/** All that is known of one request, with the ways to its trace and its user. */
export function RequestPanel({ name, listed, onDelete }: RequestPanelProps) {
  const path = apiPath("/api/requests", { trace_id: name.split(".", 1)[0], limit: 1000 });
  const { data } = useLive<RequestsView>(path, ["traces"]);
  const record = [...listed, ...(data?.requests ?? [])].find((each) => requestName(each) === name);
  return (
    <section class="card panel" aria-label={say({ en: "The opened request", zh: "打开的请求" })}>
      {record ? (
        <Facts record={record} onDelete={onDelete} />
      ) : (
        <p class="quiet">
          {data
            ? say({ en: "It is not kept any more.", zh: "该请求已不再保留。" })
            : say({ en: "Loading…", zh: "加载中…" })}
        </p>
      )}
      <button type="button" class="plain" onClick={() => chooseAll({ request: "" })}>
        {say({ en: "Close", zh: "关闭" })}
      </button>
    </section>
  );
}

function Facts({ record, onDelete }: { record: RequestRecord; onDelete(user: string): void }) {
  const { request_id, outcome, user_id: user, session_id: session, conversation_id: conversation } = record;
  return (
    <>
      <h2>
        {request_id} <OutcomeBadge outcome={outcome} />
        <CopyButton text={() => JSON.stringify(record)} label={{ en: "Copy as JSON", zh: "复制为 JSON" }} />
      </h2>
      {record.trace_sampled ? (
        <p>
          <a href={`/traces/${record.trace_id}`}>{say({ en: "Its trace", zh: "查看链路" })} →</a>
        </p>
      ) : (
        <p>
          {say({
            en: "It was not sampled: its figures are kept, its spans are not.",
            zh: "该请求未被采样：保留了指标数据，但没有 span。",
          })}
        </p>
      )}
      <p class="facts">
        {user !== undefined && (
          <a href={apiPath("/requests", { user })}>{say({ en: "Requests of this user", zh: "该用户的请求" })}</a>
        )}
        {session !== undefined && (
          <a href={apiPath("/requests", { session })}>{say({ en: "Requests of this session", zh: "该会话的请求" })}</a>
        )}
        {conversation !== undefined && (
          <a href={apiPath("/traces", { conversation })}>{say({ en: "Its conversation", zh: "所属对话" })}</a>
        )}
        {user !== undefined && (
          <button type="button" class="plain" onClick={() => onDelete(user)}>
            {say({ en: "Delete this user's data…", zh: "删除该用户的数据…" })}
          </button>
        )}
      </p>
      <AttributeTable attributes={fieldsOf(record)} />
    </>
  );
}

/** By the names that they have in the JSON lines. */
function fieldsOf({ tokens, ...fields }: RequestRecord): Attributes {
  const counts = Object.entries(tokens).map(([name, count]) => [`tokens.${name}`, count]);
  return { ...fields, ...Object.fromEntries(counts) };
}
