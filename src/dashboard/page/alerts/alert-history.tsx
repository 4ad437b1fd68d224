import { useEffect, useState } from "preact/hooks";
import type { AlertTransition } from "../../../alert/alert-view.js";
import type { RuleView } from "../../../alert/rule-view.js";
import { comparisonText } from "../../../alert/watched.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { HistoryView } from "../../api/history-view.js";
import { apiPath } from "../api-path.js";
import { ask } from "../connection.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { choose, chosen } from "../route.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";
import { Told } from "./alert-active.js";
import { LabelValues, SeverityBadge, StateBadge } from "./alert-badges.js";
import { withNewest, withOlder } from "./alert-history-list.js";
import { REASON_TEXT, SEVERITY_TEXT } from "./alert-words.js";

const PAGE_SIZE = 50;
const HOUR_S = 3600;

const RANGES: readonly { value: string; s: number; label: BilingualText }[] = [
  { value: "1h", s: HOUR_S, label: { en: "Last hour", zh: "最近 1 小时" } },
  { value: "24h", s: 24 * HOUR_S, label: { en: "Last 24 hours", zh: "最近 24 小时" } },
  { value: "7d", s: 7 * 24 * HOUR_S, label: { en: "Last 7 days", zh: "最近 7 天" } },
  { value: "30d", s: 30 * 24 * HOUR_S, label: { en: "Last 30 days", zh: "最近 30 天" } },
];

const COLUMNS: readonly Column<AlertTransition>[] = [
  { title: { en: "Time", zh: "时间" }, class: "quiet", cell: ({ at }) => formatTime(at, language.value) },
  { title: { en: "State", zh: "状态" }, cell: ({ to }) => <StateBadge state={to} /> },
  { title: { en: "Severity", zh: "级别" }, cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  {
    title: { en: "Rule", zh: "规则" },
    class: "name",
    header: true,
    cell: (transition) => (
      <>
        {say(transition.name)} <LabelValues labels={transition.labels} />
      </>
    ),
  },
  {
    title: { en: "Value and threshold", zh: "数值与阈值" },
    cell: (transition) => <code>{comparisonText(transition, language.value)}</code>,
  },
  { title: { en: "Why", zh: "原因" }, class: "quiet", cell: ({ reason }) => say(REASON_TEXT[reason]) },
  { title: { en: "Told", zh: "通知" }, class: "name", cell: (transition) => <Told alert={transition} /> },
  {
    title: { en: "Trace", zh: "链路" },
    cell: ({ trace_id }) => trace_id && <a href={`/traces/${trace_id}`}>{trace_id.slice(0, 8)}…</a>,
  },
];

/** Every change of state, newest first, a page at a time. */
export function AlertHistory({ rules }: { rules: readonly RuleView[] }) {
  const [rule, severity] = [chosen("rule"), chosen("severity")];
  const range = RANGES.find(({ value }) => value === chosen("range"));
  return (
    <section class="card" aria-label={say({ en: "History", zh: "历史" })}>
      <search class="filters alert-filters">
        <select
          aria-label={say({ en: "Rule", zh: "规则" })}
          value={rule ?? ""}
          onChange={(event) => choose("rule", event.currentTarget.value)}
        >
          <option value="">{say({ en: "Any rule", zh: "任何规则" })}</option>
          {rule !== undefined && rules.every(({ id }) => id !== rule) && <option value={rule}>{rule}</option>}
          {rules.map(({ id, name }) => (
            <option key={id} value={id}>
              {say(name)}
            </option>
          ))}
        </select>
        <select
          aria-label={say({ en: "Severity", zh: "级别" })}
          value={severity ?? ""}
          onChange={(event) => choose("severity", event.currentTarget.value)}
        >
          <option value="">{say({ en: "Any severity", zh: "任何级别" })}</option>
          {Object.entries(SEVERITY_TEXT).map(([value, text]) => (
            <option key={value} value={value}>
              {say(text)}
            </option>
          ))}
        </select>
        <select
          aria-label={say({ en: "Time", zh: "时间" })}
          value={range?.value ?? ""}
          onChange={(event) => choose("range", event.currentTarget.value)}
        >
          <option value="">{say({ en: "Any time", zh: "任何时间" })}</option>
          {RANGES.map(({ value, label }) => (
            <option key={value} value={value}>
              {say(label)}
            </option>
          ))}
        </select>
      </search>
      <Transitions key={JSON.stringify([rule, severity, range?.value])} filter={{ rule, severity }} rangeS={range?.s} />
    </section>
  );
}

interface TransitionsProps {
  filter: { rule: string | undefined; severity: string | undefined };
  rangeS: number | undefined;
}

function Transitions({ filter, rangeS }: TransitionsProps) {
  // Where the range began when the reader chose it: a path that moved on would be another question each time.
  const [from] = useState(() =>
    rangeS === undefined ? undefined : new Date(Date.now() - rangeS * 1000).toISOString(),
  );
  const question = { ...filter, from, limit: PAGE_SIZE };
  const newest = useLive<HistoryView>(apiPath("/api/alerts/history", question), ["alerts"]);
  const [known, setKnown] = useState<readonly AlertTransition[]>([]);
  /** Of the next older page; null: there is none. */
  const [cursor, setCursor] = useState<string | null>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (newest.data === undefined) return;
    const { transitions, next_cursor: next = null } = newest.data;
    const merged = withNewest(known, transitions);
    setKnown(merged);
    // Older pages that are shown stay, and so does where they end.
    if (cursor === undefined || merged.length === transitions.length) setCursor(next);
  }, [newest.data]);

  async function older(): Promise<void> {
    if (busy || !cursor) return;
    setBusy(true);
    const answer = await ask<HistoryView>(
      apiPath("/api/alerts/history", { ...question, cursor }),
      new AbortController().signal,
    );
    setBusy(false);
    if (!("data" in answer)) return setFailure(answer.failure);
    setFailure(undefined);
    setKnown((shown) => withOlder(shown, answer.data.transitions));
    setCursor(answer.data.next_cursor ?? null);
  }

  const refused = failure ?? newest.failure;
  return (
    <>
      {refused && <p class="notice error-text">{refused}</p>}
      {newest.data === undefined && !refused && <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>}
      {newest.data && known.length === 0 && (
        <NoHistory isFiltered={Object.values(question).filter(Boolean).length > 1} />
      )}
      {known.length > 0 && (
        <Table
          class="alert-rows"
          columns={COLUMNS}
          rows={known}
          rowKey={({ id }) => id}
          label={{ en: "History", zh: "历史" }}
        />
      )}
      {cursor && (
        <button type="button" class="plain older" aria-busy={busy} onClick={older}>
          {say({ en: "Older", zh: "更早" })}
        </button>
      )}
    </>
  );
}

function NoHistory({ isFiltered }: { isFiltered: boolean }) {
  return (
    <p class="quiet">
      {isFiltered
        ? say({ en: "No change of state fits this filter.", zh: "没有符合条件的状态变化。" })
        : say({
            en: "No rule has changed its state yet. Test one against the past to see what it would have told.",
            zh: "尚无状态变化。可以回测规则，看看它过去会触发什么。",
          })}
    </p>
  );
}
