import type { AlertState, AlertsView, AlertTransition, RuleStatus, TransitionReason } from "../../alert/alert-view.js";
import { formatDuration } from "../../alert/duration.js";
import type { RulesFileView } from "../../alert/rule-view.js";
import { comparisonText, watchedFigure } from "../../alert/watched.js";
import type { BilingualText } from "../../indicators/language.js";
import { FiringAlerts, LabelValues, SEVERITY_TEXT } from "./firing-alerts.js";
import { formatTime } from "./format.js";
import { language, say } from "./language.js";
import { type Column, Table } from "./table.js";

const STATE_TEXT: Record<AlertState, BilingualText> = {
  inactive: { en: "inactive", zh: "正常" },
  pending: { en: "pending", zh: "待定" },
  firing: { en: "firing", zh: "触发中" },
  resolved: { en: "resolved", zh: "已恢复" },
};

const REASON_TEXT: Record<TransitionReason, BilingualText> = {
  condition_true: { en: "condition holds", zh: "条件成立" },
  condition_held: { en: "condition held long enough", zh: "条件持续成立" },
  condition_false: { en: "condition over", zh: "条件不再成立" },
  below_min_requests: { en: "too few requests to tell", zh: "请求数不足" },
  no_data_expired: { en: "no data for too long", zh: "长时间无数据" },
  no_data: { en: "no data", zh: "无数据" },
  rule_removed: { en: "rule removed", zh: "规则已移除" },
};

interface AlertsPageProps {
  alerts: AlertsView | undefined;
  rulesFile: RulesFileView | undefined;
}

export function AlertsPage({ alerts, rulesFile }: AlertsPageProps) {
  if (!alerts) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  const pending = alerts.active.filter((alert) => alert.to === "pending");
  const firing = alerts.active.filter((alert) => alert.to === "firing");
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Alerts", zh: "告警" })}</h1>
        {alerts.evaluated_at && (
          <p class="quiet">
            {say({ en: "Rules evaluated at", zh: "规则评估时间" })} {formatTime(alerts.evaluated_at, language.value)}
          </p>
        )}
      </div>
      {rulesFile?.error && (
        <p class="notice error-text" title={rulesFile.error.message}>
          {say({ en: "The rules file was changed and is refused since ", zh: "规则文件已修改但被拒绝，始于 " })}
          {formatTime(rulesFile.error.since, language.value)}
          {say({ en: "; the rules from before stay: ", zh: "，仍按之前的规则评估：" })}
          <code>{rulesFile.error.first}</code>
        </p>
      )}
      {firing.length === 0 && <p class="all-well">✓ {say({ en: "Nothing is firing", zh: "无告警触发" })}</p>}
      <FiringAlerts alerts={alerts} />
      {pending.length > 0 && (
        <p class="notice">
          {say({ en: "Pending: ", zh: "待定：" })}
          {pending.map((alert) => `${say(alert.name)} (${comparisonText(alert, language.value)})`).join(", ")}
        </p>
      )}
      <Rules rules={alerts.rules} />
      <History history={alerts.history} />
    </>
  );
}

/** `success_rate < 90 %` */
function conditionText({ value: _, ...condition }: RuleStatus): string {
  return comparisonText(condition, language.value);
}

const RULE_COLUMNS: readonly Column<RuleStatus>[] = [
  { title: { en: "State", zh: "状态" }, cell: ({ state }) => <StateBadge state={state} /> },
  {
    title: { en: "Rule", zh: "规则" },
    header: true,
    class: "name",
    cell: (rule) => (
      <>
        {say(rule.name)}
        <small>{rule.id}</small>
        {rule.error && <small class="error-text">{rule.error}</small>}
      </>
    ),
  },
  { title: { en: "Severity", zh: "级别" }, cell: ({ severity }) => say(SEVERITY_TEXT[severity]) },
  { title: { en: "Fires when", zh: "触发条件" }, cell: (rule) => <code>{conditionText(rule)}</code> },
  {
    title: { en: "Now", zh: "当前值" },
    number: true,
    cell: (rule) =>
      rule.value === undefined
        ? say({ en: "no data", zh: "暂无数据" })
        : watchedFigure(rule, rule.value, language.value),
  },
  {
    title: { en: "Window", zh: "窗口" },
    number: true,
    cell: ({ window_s }) => (window_s === undefined ? "–" : formatDuration(window_s)),
  },
];

function Rules({ rules }: { rules: readonly RuleStatus[] }) {
  return (
    <section class="card">
      <h2>{say({ en: "Rules", zh: "规则" })}</h2>
      <Table columns={RULE_COLUMNS} rows={rules} rowKey={({ id }) => id} label={{ en: "Rules", zh: "规则" }} />
    </section>
  );
}

const HISTORY_COLUMNS: readonly Column<AlertTransition>[] = [
  { title: { en: "Time", zh: "时间" }, class: "quiet", cell: ({ at }) => formatTime(at, language.value) },
  { title: { en: "State", zh: "状态" }, cell: ({ to }) => <StateBadge state={to} /> },
  {
    title: { en: "Rule", zh: "规则" },
    cell: (transition) => (
      <>
        {say(transition.name)} <LabelValues alert={transition} />
      </>
    ),
  },
  {
    title: { en: "Value and threshold", zh: "数值与阈值" },
    cell: (transition) => <code>{comparisonText(transition, language.value)}</code>,
  },
  { title: { en: "Why", zh: "原因" }, class: "quiet", cell: ({ reason }) => say(REASON_TEXT[reason]) },
  {
    title: { en: "Trace", zh: "链路" },
    cell: ({ trace_id }) => trace_id && <a href={`/traces/${trace_id}`}>{trace_id.slice(0, 8)}…</a>,
  },
];

function History({ history }: { history: readonly AlertTransition[] }) {
  return (
    <section class="card">
      <h2>{say({ en: "History", zh: "历史" })}</h2>
      {history.length === 0 ? (
        <p class="quiet">{say({ en: "No rule has changed its state yet.", zh: "尚无状态变化。" })}</p>
      ) : (
        <Table columns={HISTORY_COLUMNS} rows={history} rowKey={({ id }) => id} label={{ en: "History", zh: "历史" }} />
      )}
    </section>
  );
}

function StateBadge({ state }: { state: AlertState }) {
  return <span class={`badge state-${state}`}>{say(STATE_TEXT[state])}</span>;
}
