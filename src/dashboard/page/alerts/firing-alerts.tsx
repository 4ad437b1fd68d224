import type { ActiveAlertView, AlertsView } from "../../../alert/alert-view.js";
import { unansweredText } from "../../../alert/unanswered.js";
import { comparisonText } from "../../../alert/watched.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import { useAlertActions } from "./alert-actions.js";
import { AlertMarks, LabelValues } from "./alert-badges.js";
import { withValueNow, worstFirst } from "./alert-order.js";
import { SEVERITY_TEXT } from "./alert-words.js";

/** On top of the board: what is wrong now, the worst first. */
export function FiringAlerts({ alerts }: { alerts: AlertsView | undefined }) {
  const { acknowledge, dialog } = useAlertActions(alerts);
  return (
    <>
      {alerts && <FiringList alerts={alerts} onAcknowledge={acknowledge} />}
      {dialog}
    </>
  );
}

function FiringList({ alerts, onAcknowledge }: { alerts: AlertsView; onAcknowledge(alert: ActiveAlertView): void }) {
  const firing = worstFirst(alerts.active.filter((alert) => alert.to === "firing"));
  const trouble = unansweredText(alerts, language.value);
  if (firing.length === 0 && trouble === undefined) return null;
  return (
    <ul class="firing" aria-label={say({ en: "Firing alerts", zh: "触发中的告警" })}>
      {trouble && (
        <li class="error">
          <a href={viewPath("alerts", { tab: "rules" })}>{trouble}</a>
        </li>
      )}
      {firing.map((alert) => (
        <li key={alert.id} class={alert.severity}>
          <strong>{say(SEVERITY_TEXT[alert.severity])}</strong>
          <a href={viewPath("alerts")}>{say(alert.name)}</a>
          <span>{comparisonText(withValueNow(alert), language.value)}</span>
          <LabelValues labels={alert.labels} />
          <span class="quiet">
            {say({ en: "since", zh: "始于" })} {formatTime(alert.since, language.value)}
          </span>
          <AlertMarks alert={alert} rule={alerts.rules.find(({ id }) => id === alert.rule)} />
          {alert.trace_id && (
            <a href={`/traces/${alert.trace_id}`}>{say({ en: "a trace that shows it", zh: "相关链路" })}</a>
          )}
          {alert.acknowledged === undefined && (
            <button type="button" class="plain" onClick={() => onAcknowledge(alert)}>
              {say({ en: "Acknowledge", zh: "确认" })}
              <span class="sr-only"> {say(alert.name)}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
