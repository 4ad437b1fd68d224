import type { AlertsView, AlertTransition, Severity } from "../../alert/alert-view.js";
import { unansweredText } from "../../alert/unanswered.js";
import { comparisonText } from "../../alert/watched.js";
import type { BilingualText } from "../../indicators/language.js";
import { alertMarks } from "../alert-marks.js";
import { formatTime } from "./format.js";
import { language, say } from "./language.js";

export const SEVERITY_TEXT: Record<Severity, BilingualText> = {
  warning: { en: "Warning", zh: "警告" },
  error: { en: "Error", zh: "错误" },
  critical: { en: "Critical", zh: "严重" },
};

const WORST_FIRST: readonly Severity[] = ["critical", "error", "warning"];

/** On top of the board: what is wrong now, the worst first. */
export function FiringAlerts({ alerts }: { alerts: AlertsView | undefined }) {
  if (!alerts) return null;
  const firing = alerts.active
    .filter((alert) => alert.to === "firing")
    .sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity));
  const trouble = unansweredText(alerts, language.value);
  if (firing.length === 0 && trouble === undefined) return null;
  return (
    <ul class="firing" aria-label={say({ en: "Firing alerts", zh: "触发中的告警" })}>
      {trouble && (
        <li class="error">
          <a href="/alerts">{trouble}</a>
        </li>
      )}
      {firing.map((alert) => (
        <li key={alert.id} class={alert.severity}>
          <strong>{say(SEVERITY_TEXT[alert.severity])}</strong>
          <a href="/alerts">{say(alert.name)}</a>
          <span>{comparisonText(withValueNow(alert, alerts), language.value)}</span>
          <LabelValues alert={alert} />
          <span class="quiet">
            {say({ en: "since", zh: "始于" })} {formatTime(alert.since, language.value)}
          </span>
          {alertMarks(
            alert,
            alerts.rules.find(({ id }) => id === alert.rule),
            language.value,
            (iso) => formatTime(iso, language.value),
          ).map((mark) => (
            <span key={mark} class="badge">
              {mark}
            </span>
          ))}
          {alert.trace_id && (
            <a href={`/traces/${alert.trace_id}`}>{say({ en: "a trace that shows it", zh: "相关链路" })}</a>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A rule that is not split has one alert, so the rule's newest value is the alert's. */
function withValueNow(alert: AlertTransition, { rules }: AlertsView): AlertTransition {
  const value = rules.find(({ id }) => id === alert.rule)?.value;
  return value === undefined || Object.keys(alert.labels).length > 0 ? alert : { ...alert, value };
}

export function LabelValues({ alert }: { alert: AlertTransition }) {
  return (
    <>
      {Object.entries(alert.labels).map(([name, value]) => (
        <code key={name}>
          {name}={value}
        </code>
      ))}
    </>
  );
}
