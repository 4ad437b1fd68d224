import { formatValue } from "../../../indicators/format-value.js";
import type { ConversationView, Turn } from "../../api/conversation-view.js";
import { apiPath } from "../api-path.js";
import { formatCount, formatDuration, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { search } from "../route.js";
import { useLive } from "../use-live.js";
import { NotCaptured } from "./not-captured.js";
import "./conversation-turns.css";

const LIMIT = 20;

/** The requests of a conversation in the order of time, each with what was said in it. */
export function ConversationTurns({ id }: { id: string }) {
  const { conversation: _, sort: __, ...filter } = Object.fromEntries(new URLSearchParams(search.value));
  const path = apiPath(`/api/conversations/${encodeURIComponent(id)}`, { ...filter, limit: LIMIT });
  const { data, failure } = useLive<ConversationView>(path, ["traces"]);
  if (failure !== undefined) return <p class="notice">{failure}</p>;
  if (data === undefined) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  const { turns } = data;
  const [oldest] = turns;
  if (oldest === undefined) {
    return (
      <p class="notice">
        {say({ en: "No request of this conversation fits the filter.", zh: "该对话没有符合条件的请求。" })}
      </p>
    );
  }
  const address = Object.fromEntries(new URLSearchParams(search.value));
  return (
    <>
      {turns.every(({ question, answer }) => question === undefined && answer === undefined) && <NotCaptured />}
      {turns.length === LIMIT && (
        <a href={apiPath("/traces", { ...address, after: oldest.trace.trace_id })}>
          {say({ en: "← Earlier", zh: "← 更早" })}
        </a>
      )}
      <ol class="turns">
        {turns.map((turn) => (
          <TurnCard key={turn.trace.trace_id} turn={turn} />
        ))}
      </ol>
      {address.after !== undefined && (
        <a href={apiPath("/traces", { ...address, after: undefined })}>{say({ en: "Newest →", zh: "最新 →" })}</a>
      )}
    </>
  );
}

function TurnCard({ turn: { trace, question, answer } }: { turn: Turn }) {
  return (
    <li class="card turn">
      <p class="facts">
        <a href={`/traces/${trace.trace_id}`}>{formatTime(trace.start, language.value)}</a>
        <span>{trace.name}</span>
        {trace.outcome && <OutcomeBadge outcome={trace.outcome} />}
        <span class="quiet">
          {formatDuration(trace.duration)} · {formatCount(trace.tokens)} tok
          {trace.cost_usd !== undefined && ` · ${formatValue({ unit: "USD" }, trace.cost_usd, language.value)}`}
        </span>
      </p>
      {question !== undefined && <p class="said question">{question}</p>}
      {answer !== undefined && <p class="said answer">{answer}</p>}
    </li>
  );
}
