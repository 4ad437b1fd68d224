import type { Language } from "../../indicators/language.js";
import type { Notification } from "../notification.js";
import { type AlertmanagerAlert, alertmanagerAlert } from "./alertmanager-alert.js";

/** One of the alerts that `POST /api/v2/alerts` takes. */
export interface PostableAlert extends AlertmanagerAlert {
  /** ISO 8601 in UTC. From then on Alertmanager takes the alert for resolved. */
  endsAt: string;
}

/**
 * The body of `POST /api/v2/alerts`: https://prometheus.io/docs/alerting/latest/alerts_api
 *
 * @param holdsUntilMs what fires is taken for resolved then, unless it is sent again before. Unix time in milliseconds
 */
export function alertmanagerMessage(
  notification: Notification,
  language: Language,
  holdsUntilMs: number,
): PostableAlert[] {
  return notification.alerts.map((alert) => ({
    ...alertmanagerAlert(alert, notification, language),
    endsAt: alert.to === "resolved" ? alert.at : new Date(holdsUntilMs).toISOString(),
  }));
}
