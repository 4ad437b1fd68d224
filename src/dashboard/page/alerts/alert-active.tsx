import type { ActiveAlertView, AlertsView, RuleStatus } from "../../../alert/alert-view.js";
import { formatDuration } from "../../../alert/duration.js";
import type { RuleView } from "../../../alert/rule-view.js";
import { comparisonText, watchedFigure, watchedText } from "../../../alert/watched.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import type { AlertActions } from "./alert-actions.js";
import { AlertMarks, LabelValues, SeverityBadge, StateBadge } from "./alert-badges.js";
import { AlertMeter } from "./alert-meter.js";
import { isKept, worstFirst } from "./alert-order.js";
import { toldLines } from "./alert-told.js";
import { matchersOf } from "./silence-draft.js";

interface AlertActiveProps {
  alerts: AlertsView;
  /** With the parts that a rule's status lacks; empty until they are there. */
  rules: readonly RuleView[];
  actions: AlertActions;
}

/** What fires and what is about to, the worst first, with all that is needed to begin. */
export function AlertActive({ alerts, rules, actions }: AlertActiveProps) {
  const firing = worstFirst(alerts.active.filter(({ to }) => to === "firing"));
  const pending = worstFirst(alerts.active.filter(({ to }) => to === "pending"));
  const cards = (shown: readonly ActiveAlertView[]) =>
    shown.map((alert) => (
      <ActiveAlert
        key={alert.id}
        alert={alert}
        status={alerts.rules.find(({ id }) => id === alert.rule)}
        rule={rules.find(({ id }) => id === alert.rule)}
        actions={actions}
      />
    ));
  return (
    <>
      {firing.length === 0 && (
        <p class="card all-well">
          ✓ {say({ en: "Nothing is firing", zh: "无告警触发" })}
          {alerts.evaluated_at === undefined && say({ en: "; no rule was evaluated yet", zh: "；尚未评估任何规则" })}
          {". "}
          <a href={viewPath("alerts", { tab: "rules" })}>
            {say({ en: "How far each rule is from firing", zh: "查看各规则距触发还有多远" })}
          </a>
        </p>
      )}
      {firing.length > 0 && (
        <ul class="alert-list" aria-label={say({ en: "Firing alerts", zh: "触发中的告警" })}>
          {cards(firing)}
        </ul>
      )}
      {pending.length > 0 && (
        <>
          <h2>
            {say({ en: "Pending: the condition holds, but not long enough yet", zh: "待定：条件成立但持续时间不足" })}
          </h2>
          <ul class="alert-list" aria-label={say({ en: "Pending alerts", zh: "待定的告警" })}>
            {cards(pending)}
          </ul>
        </>
      )}
    </>
  );
}

interface ActiveAlertProps {
  alert: ActiveAlertView;
  status: RuleStatus | undefined;
  rule: RuleView | undefined;
  actions: AlertActions;
}

function ActiveAlert({ alert, status, rule, actions }: ActiveAlertProps) {
  const { name, severity, labels, to, since, value_now: now = alert.value } = alert;
  const heldS = Math.round(Math.max(0, Date.now() - Date.parse(since)) / 1000);
  // Who is told, or why not, stands on a line of its own.
  const { notification: _, ...unmarked } = alert;
  const summary = alert.annotations?.summary ?? alert.annotations?.description;
  return (
    <li class={`card alert-card ${severity}`}>
      <div class="alert-head">
        <SeverityBadge severity={severity} />
        {to === "pending" && <StateBadge state={to} />}
        <h3>{say(name)}</h3>
        <LabelValues labels={labels} />
      </div>
      <p class="alert-figure">
        {now !== undefined && <strong>{watchedFigure(alert, now, language.value)}</strong>}
        <code>{conditionText(alert)}</code>
        <AlertMeter
          of={{ ...alert, value: now, state: to, ...(rule?.resolve_when && { resolveWhen: rule.resolve_when }) }}
        />
      </p>
      {summary && <p>{summary}</p>}
      <dl class="alert-facts">
        <dt>{say({ en: "Since", zh: "始于" })}</dt>
        <dd>
          {formatTime(since, language.value)}{" "}
          <span class="quiet">
            {say({ en: `for ${roughly(heldS)}`, zh: `已 ${roughly(heldS)}` })}
            {alert.value !== undefined &&
              alert.value !== now &&
              say({
                en: `, ${watchedFigure(alert, alert.value, "en")} when it began to be ${to}`,
                zh: `，状态变化时为 ${watchedFigure(alert, alert.value, "zh")}`,
              })}
          </span>
        </dd>
        {alert.changed && alert.changed.length > 0 && (
          <>
            <dt>{say({ en: "What changed", zh: "变化" })}</dt>
            <dd>
              <ul>
                {alert.changed.map((change) => (
                  <li key={change.en}>{say(change)}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {to === "firing" && (
          <>
            <dt>{say({ en: "Told", zh: "通知" })}</dt>
            <dd>
              <Told alert={alert} />
            </dd>
          </>
        )}
      </dl>
      <div class="alert-marks">
        <AlertMarks alert={unmarked} rule={status} />
      </div>
      <div class="alert-links">
        <AlertLinks alert={alert} />
        <span class="alert-buttons">
          {to === "firing" && (
            <button
              type="button"
              class={alert.acknowledged || isKept(alert) ? "plain" : "primary"}
              onClick={() => actions.acknowledge(alert)}
            >
              {alert.acknowledged ? say({ en: "Take over", zh: "接手" }) : say({ en: "Acknowledge", zh: "确认" })}
              <span class="sr-only"> {say(name)}</span>
            </button>
          )}
          <button type="button" class="plain" onClick={() => actions.silence(matchersOf(alert))}>
            {say({ en: "Silence", zh: "静默" })}
            <span class="sr-only"> {say(name)}</span>
          </button>
        </span>
      </div>
    </li>
  );
}

/** `success_rate < 90 %` */
function conditionText({ value: _, ...condition }: ActiveAlertView): string {
  return condition.op === undefined
    ? watchedText(condition, language.value)
    : comparisonText(condition, language.value);
}

/** From an hour on without the seconds, from a day on without the minutes. */
function roughly(seconds: number): string {
  const unit = seconds < 3600 ? 1 : seconds < 86_400 ? 60 : 3600;
  return formatDuration(Math.floor(seconds / unit) * unit);
}

export function Told({ alert }: { alert: Pick<ActiveAlertView, "to" | "notification"> }) {
  const lines = toldLines(alert, language.value, (iso) => formatTime(iso, language.value));
  return (
    <ul class="told">
      {lines.map(({ mark, text }) => (
        <li key={text} class={`told-${mark}`}>
          {text}
        </li>
      ))}
    </ul>
  );
}

export function AlertLinks({
  alert,
}: {
  alert: Pick<ActiveAlertView, "rule" | "trace_id" | "requests_url" | "annotations">;
}) {
  const { trace_id: traceId, requests_url: requests, annotations } = alert;
  const runbook = annotations?.runbook_url;
  return (
    <>
      {traceId && <a href={`/traces/${traceId}`}>{say({ en: "Example trace", zh: "示例链路" })}</a>}
      {requests && <a href={pathOf(requests)}>{say({ en: "Its requests", zh: "相关请求" })}</a>}
      {runbook && isWebAddress(runbook) && (
        <a href={runbook} target="_blank" rel="noopener">
          {say({ en: "Runbook", zh: "处理手册" })}
        </a>
      )}
      <a href={viewPath("alerts", { tab: "backtest", rule: alert.rule })}>
        {say({ en: "Test its rule", zh: "回测规则" })}
      </a>
    </>
  );
}

/** It begins with the address that people outside use, which this reader need not. */
function pathOf(pageUrl: string): string {
  const { pathname, search } = new URL(pageUrl, location.origin);
  return pathname + search;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
