import type { Language } from "../../indicators/language.js";
import {
  type AlertmanagerAlert,
  alertmanagerAlert,
  fingerprintOf,
  labelSet,
} from "../alertmanager/alertmanager-alert.js";
import { isFiring, type Notification } from "../notification.js";

type Status = "firing" | "resolved";

/** One alert of a {@link WebhookMessage}. */
export interface WebhookAlert extends Required<AlertmanagerAlert> {
  status: Status;
  /** ISO 8601 in UTC; of a firing alert Go's zero time, as Alertmanager has it. */
  endsAt: string;
  /** The same that an Alertmanager gives an alert with these labels. */
  fingerprint: string;
}

/**
 * What Alertmanager posts to webhooks, version 4, so that whatever takes its requests takes ours:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export interface WebhookMessage {
  version: "4";
  /** The same from the group's first message to its last. */
  groupKey: string;
  /** How many more alerts there are than `alerts` has. */
  truncatedAlerts: number;
  status: Status;
  receiver: string;
  groupLabels: Record<string, string>;
  commonLabels: Record<string, string>;
  commonAnnotations: Record<string, string>;
  /** Base address of the page; empty when people cannot open it. */
  externalURL: string;
  alerts: WebhookAlert[];
}

const NO_END = "0001-01-01T00:00:00Z";

/** @param maxAlerts the most severe are kept */
export function webhookMessage(
  notification: Notification,
  {
    receiver,
    language,
    maxAlerts = Number.POSITIVE_INFINITY,
  }: {
    receiver: string;
    language: Language;
    maxAlerts?: number | undefined;
  },
): WebhookMessage {
  const { groupId, groupLabels, pageUrl = "" } = notification;
  const alerts = notification.alerts.slice(0, maxAlerts).map((alert): WebhookAlert => {
    const shown = { generatorURL: "", ...alertmanagerAlert(alert, notification, language) };
    const resolved = alert.to === "resolved";
    return {
      status: resolved ? "resolved" : "firing",
      ...shown,
      endsAt: resolved ? alert.at : NO_END,
      fingerprint: fingerprintOf(shown.labels),
    };
  });
  return {
    version: "4",
    groupKey: groupId,
    truncatedAlerts: notification.alerts.length - alerts.length,
    status: isFiring(notification) ? "firing" : "resolved",
    receiver,
    groupLabels: labelSet(groupLabels),
    commonLabels: inCommon(alerts.map(({ labels }) => labels)),
    commonAnnotations: inCommon(alerts.map(({ annotations }) => annotations)),
    externalURL: pageUrl,
    alerts,
  };
}

/** What all have with the same value. */
function inCommon([first = {}, ...others]: readonly Record<string, string>[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}
