import { createHash } from "node:crypto";
import type { AlertLabels } from "../alert/alert-view.js";
import { alertKey, byWeight } from "./alert-group.js";
import type { Notification, NotifiedAlert } from "./notification.js";

/** A message that has not arrived yet, as the journal keeps it. Times are Unix times in milliseconds. */
export interface QueuedMessage {
  receiver: string;
  notification: Notification;
  /** The transitions of which the history says what becomes of the message; more than it shows, in a summary. */
  settles: readonly string[];
  queuedAtMs: number;
  failures: number;
  /** Of the next attempt. */
  notBeforeMs: number;
}

/** More than anybody reads; the rest is counted by `summarises` alone. */
const MOST_ALERTS = 500;

/**
 * One message in place of those that piled up; each alert as it is in the newest of them. A pure function.
 *
 * @param apart one for each group
 */
export function summarise(messages: readonly QueuedMessage[], apart: boolean): QueuedMessage[] {
  const byGroup = new Map<string, QueuedMessage[]>();
  for (const message of messages) {
    const key = apart ? message.notification.groupId : "";
    const group = byGroup.get(key);
    if (group === undefined) byGroup.set(key, [message]);
    else group.push(message);
  }
  return [...byGroup.values()].map(joined);
}

/**
 * The message without what only they understand who know that an alert fires: its end, and that somebody takes care of
 * it. Undefined when nothing is left.
 *
 * @param firingIds of those whose firing did not arrive
 */
export function withoutSequelsOf(message: QueuedMessage, firingIds: ReadonlySet<string>): QueuedMessage | undefined {
  const { notification } = message;
  const isSequel = ({ id, to, previous_id: firing }: NotifiedAlert): boolean =>
    to === "resolved" ? firing !== undefined && firingIds.has(firing) : firingIds.has(id);
  const alerts = notification.alerts.filter(
    (alert) => !isSequel(alert) || (alert.to === "firing" && !notification.acknowledgement),
  );
  if (alerts.length === notification.alerts.length) return message;
  if (alerts.length === 0) return undefined;
  const gone = new Set(notification.alerts.filter((alert) => !alerts.includes(alert)).map(({ id }) => id));
  const settles = message.settles.filter((id) => !gone.has(id));
  return { ...message, notification: { ...notification, alerts }, settles };
}

function joined(messages: readonly QueuedMessage[]): QueuedMessage {
  const [first] = messages;
  const newest = messages.at(-1);
  if (first === undefined || newest === undefined) throw new Error("expected messages to join, found none");
  if (messages.length === 1) return first;
  const alerts = new Map<string, NotifiedAlert>();
  for (const alert of messages.flatMap(({ notification }) => notification.alerts)) {
    const { known: _, ...unknown } = alert;
    const before = alerts.get(alertKey(alert));
    alerts.set(alertKey(alert), before !== undefined && !before.known ? unknown : alert);
  }
  const groupIds = new Set(messages.map(({ notification }) => notification.groupId));
  const { receiver } = first;
  return {
    ...newest,
    notification: {
      id: hash(messages.map(({ notification }) => notification.id)),
      groupId: groupIds.size === 1 ? first.notification.groupId : hash(["summary", receiver]),
      groupLabels: common(messages.map(({ notification }) => notification.groupLabels)),
      alerts: [...alerts.values()].sort(byWeight).slice(0, MOST_ALERTS),
      summarises: messages.reduce((sum, { notification }) => sum + (notification.summarises ?? 1), 0),
    },
    settles: [...new Set(messages.flatMap(({ settles }) => settles))],
    failures: 0,
    notBeforeMs: 0,
  };
}

function common([first = {}, ...others]: readonly AlertLabels[]): AlertLabels {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

const hash = (parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
