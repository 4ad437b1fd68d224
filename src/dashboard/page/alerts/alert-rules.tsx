import type { AlertsView, RuleStatus } from "../../../alert/alert-view.js";
import { formatDuration } from "../../../alert/duration.js";
import type { RulesFileView, RuleView } from "../../../alert/rule-view.js";
import { comparisonText, watchedFigure } from "../../../alert/watched.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import { type Column, Table } from "../table.js";
import type { AlertActions } from "./alert-actions.js";
import { SeverityBadge, StateBadge } from "./alert-badges.js";
import { AlertMeter } from "./alert-meter.js";

interface AlertRulesProps {
  alerts: AlertsView;
  /** With the parts that a rule's status lacks; empty until they are there. */
  rules: readonly RuleView[];
  /** Undefined: the default rules alone. */
  file: RulesFileView | undefined;
  actions: AlertActions;
}

/** Every rule: how it stands, and how far it is from firing. */
export function AlertRules({ alerts, rules, file, actions }: AlertRulesProps) {
  const viewOf = ({ id }: RuleStatus): RuleView | undefined => rules.find((rule) => rule.id === id);
  return (
    <section class="card" aria-label={say({ en: "Rules", zh: "规则" })}>
      <Table
        class="alert-rows"
        columns={columns(viewOf, actions)}
        rows={alerts.rules}
        rowKey={({ id }) => id}
        label={{ en: "Rules", zh: "规则" }}
      />
      <Origin file={file} />
    </section>
  );
}

function Origin({ file }: { file: RulesFileView | undefined }) {
  if (file === undefined) {
    return (
      <p class="quiet rules-origin">
        {say({ en: "No rules file is read. ", zh: "未使用规则文件。" })}
        <code>chainwatch init</code>
        {say({ en: " writes one to change them in.", zh: " 可生成一个，用于修改规则。" })}
      </p>
    );
  }
  return (
    <p class="quiet rules-origin">
      {say({ en: "From ", zh: "来自 " })}
      <code>{file.path}</code>
      {say({ en: ", read ", zh: "，读取于 " })}
      {formatTime(file.loaded_at, language.value)}
      {say({ en: "; read again when it changes.", zh: "；修改后自动重新读取。" })}
    </p>
  );
}

function columns(
  viewOf: (rule: RuleStatus) => RuleView | undefined,
  actions: AlertActions,
): readonly Column<RuleStatus>[] {
  return [
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
    { title: { en: "Severity", zh: "级别" }, cell: ({ severity }) => <SeverityBadge severity={severity} /> },
    {
      title: { en: "Now", zh: "当前值" },
      number: true,
      cell: (rule) =>
        rule.value === undefined ? (
          <span class="quiet">{noData(rule)}</span>
        ) : (
          <strong>{watchedFigure(rule, rule.value, language.value)}</strong>
        ),
    },
    {
      title: { en: "To its threshold", zh: "距阈值" },
      cell: (rule) =>
        rule.value === undefined ? "–" : <AlertMeter of={{ ...rule, resolveWhen: viewOf(rule)?.resolve_when }} />,
    },
    {
      title: { en: "Fires when", zh: "触发条件" },
      class: "name",
      cell: (rule) => (
        <>
          <code>{conditionText(rule)}</code>
          <small>{timesText(rule, viewOf(rule))}</small>
        </>
      ),
    },
    {
      title: { en: "Do", zh: "操作" },
      cell: (rule) => (
        <span class="alert-buttons">
          <a href={viewPath("alerts", { tab: "backtest", rule: rule.id })}>
            {say({ en: "Test", zh: "回测" })}
            <span class="sr-only"> {say(rule.name)}</span>
          </a>
          <a href={viewPath("alerts", { tab: "history", rule: rule.id })}>
            {say({ en: "History", zh: "历史" })}
            <span class="sr-only"> {say(rule.name)}</span>
          </a>
          <button
            type="button"
            class="plain"
            onClick={() => actions.silence([{ name: "rule", op: "=", value: rule.id }])}
          >
            {say({ en: "Silence", zh: "静默" })}
            <span class="sr-only"> {say(rule.name)}</span>
          </button>
        </span>
      ),
    },
  ];
}

function noData({ no_data_since: since }: RuleStatus): string {
  if (since === undefined) return say({ en: "no data", zh: "暂无数据" });
  const time = formatTime(since, language.value);
  return say({ en: `no data since ${time}`, zh: `自 ${time} 起无数据` });
}

/** `success_rate < 90 %` */
function conditionText({ value: _, ...condition }: RuleStatus): string {
  return comparisonText(condition, language.value);
}

/** `over 5m, for 1m, ends when < 4 s` */
function timesText(status: RuleStatus, rule: RuleView | undefined): string {
  const parts: string[] = [];
  const { window_s: window } = status;
  if (window !== undefined) {
    parts.push(say({ en: `over ${formatDuration(window)}`, zh: `窗口 ${formatDuration(window)}` }));
  }
  if (rule !== undefined && rule.for_s > 0) {
    parts.push(say({ en: `for ${formatDuration(rule.for_s)}`, zh: `持续 ${formatDuration(rule.for_s)}` }));
  }
  if (rule?.resolve_when !== undefined) {
    const end = `${rule.resolve_when.op} ${watchedFigure(status, rule.resolve_when.value, language.value)}`;
    parts.push(say({ en: `ends when ${end}`, zh: `${end} 时恢复` }));
  }
  return parts.join(say({ en: ", ", zh: "，" }));
}
