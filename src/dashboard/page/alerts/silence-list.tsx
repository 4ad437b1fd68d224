import { useState } from "preact/hooks";
import { matcherText } from "../../../alert/alert-matcher.js";
import type { AlertsView } from "../../../alert/alert-view.js";
import type { SilenceState } from "../../../alert/silence.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { SilencesView, SilenceView } from "../../api/silence-view.js";
import { send } from "../connection.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";
import type { AlertActions } from "./alert-actions.js";
import { silencePreview } from "./silence-draft.js";
import "./silence.css";

const STATES: readonly SilenceState[] = ["active", "pending", "expired"];
const STATE_TEXT: Record<SilenceState, BilingualText> = {
  active: { en: "active", zh: "生效中" },
  pending: { en: "to come", zh: "未开始" },
  expired: { en: "expired", zh: "已过期" },
};

/** What is kept from people, by whom, why and how long. */
export function SilenceList({ alerts, actions }: { alerts: AlertsView; actions: AlertActions }) {
  const { data, failure } = useLive<SilencesView>("/api/silences", ["alerts"], 30_000);
  const [refused, setRefused] = useState<string>();

  async function expire(id: string): Promise<void> {
    const answer = await send<SilenceView>("DELETE", `/api/silences/${id}`);
    setRefused("data" in answer ? undefined : answer.failure);
  }

  const silences = STATES.flatMap((state) => data?.silences.filter((silence) => silence.state === state) ?? []);
  return (
    <section class="card" aria-label={say({ en: "Silences", zh: "静默" })}>
      <div class="title-row">
        <p class="quiet">
          {say({
            en: "Who is silenced is shown on this page and told to nobody.",
            zh: "被静默的告警仍显示在本页，但不通知任何人。",
          })}
        </p>
        <button type="button" class="primary" onClick={() => actions.silence([])}>
          {say({ en: "Add a silence", zh: "添加静默" })}
        </button>
      </div>
      {(refused ?? failure) && (
        <p class="notice error-text" role="alert">
          {refused ?? failure}
        </p>
      )}
      {data && silences.length === 0 && (
        <p class="quiet">
          {say({
            en: "There is no silence. Silence an alert before work that will make it fire.",
            zh: "没有静默。在会触发告警的变更之前，可先静默相应告警。",
          })}
        </p>
      )}
      {silences.length > 0 && (
        <Table
          class="alert-rows"
          columns={columns(alerts, actions, expire)}
          rows={silences}
          rowKey={({ id }) => id}
          label={{ en: "Silences", zh: "静默" }}
        />
      )}
    </section>
  );
}

function columns(
  { active }: AlertsView,
  actions: AlertActions,
  expire: (id: string) => Promise<void>,
): readonly Column<SilenceView>[] {
  const time = (iso: string): string => formatTime(iso, language.value);
  const matched = ({ matchers }: SilenceView): number => {
    const preview = silencePreview(matchers, { active, rules: [] });
    return preview.kind === "matches" ? preview.alerts.length : 0;
  };
  return [
    {
      title: { en: "State", zh: "状态" },
      cell: ({ state }) => <span class={`badge silence-${state}`}>{say(STATE_TEXT[state])}</span>,
    },
    {
      title: { en: "Alerts with", zh: "匹配条件" },
      header: true,
      class: "name",
      cell: ({ matchers }) =>
        matchers.map((matcher) => <code key={matcherText(matcher)}>{matcherText(matcher)} </code>),
    },
    {
      title: { en: "Matches now", zh: "当前匹配" },
      number: true,
      cell: (silence) => (silence.state === "expired" ? "–" : matched(silence)),
    },
    {
      title: { en: "Why", zh: "原因" },
      class: "name",
      cell: ({ reason, author }) => (
        <>
          {reason}
          <small>{author}</small>
        </>
      ),
    },
    { title: { en: "From", zh: "开始" }, class: "quiet", cell: ({ starts_at }) => time(starts_at) },
    { title: { en: "Until", zh: "结束" }, cell: ({ ends_at }) => time(ends_at) },
    {
      title: { en: "Do", zh: "操作" },
      cell: ({ id, state, matchers }) =>
        state === "expired" ? (
          <button type="button" class="plain" onClick={() => actions.silence(matchers)}>
            {say({ en: "Silence again", zh: "再次静默" })}
          </button>
        ) : (
          <button type="button" class="plain" onClick={() => expire(id)}>
            {say({ en: "Expire now", zh: "立即结束" })}
          </button>
        ),
    },
  ];
}
