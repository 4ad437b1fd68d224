import { createHash } from "node:crypto";
import type { AlertJournal } from "../alert/alert-journal.js";
import type { AlertTransition, NotificationResult } from "../alert/alert-view.js";
import type { Rule } from "../alert/rule.js";
import type { Silence } from "../alert/silence.js";
import type { Channel } from "./channel.js";
import { type Decision, decide } from "./decide.js";
import type { Notification } from "./notification.js";

export interface NotifyOptions {
  /** As they are now. */
  rules(): readonly Rule[];
  silences(): readonly Silence[];
  journal: Pick<AlertJournal, "notification" | "recordNotification">;
  channels: readonly Channel[];
  log(message: string): void;
  /** Unix time in milliseconds. */
  now?: () => number;
}

/**
 * Tells people of transitions, and of what fires on and no longer has a reason to be kept from them; `active` is what
 * is pending or firing at that time.
 */
export type Notify = (transitions: readonly AlertTransition[], active: readonly AlertTransition[]) => Promise<void>;

/**
 * The way of a transition to people: decide → send → record. What is not sent is in the history with the reason. The
 * record comes last, so a process that is killed in between sends again with the same id after its restart.
 */
export function createNotify({ rules, silences, journal, channels, log, now = Date.now }: NotifyOptions): Notify {
  return async (transitions, active) => {
    const notable = transitions.filter(({ to }) => to === "firing" || to === "resolved");
    const waiting = await keptBackBefore(active, notable, journal);
    for (const transition of [...notable, ...waiting]) {
      const earlier = transition.to === "resolved" ? transition.previous_id : transition.id;
      const before = earlier === undefined ? undefined : await journal.notification(earlier);
      const circumstances = { active, rules: rules(), silences: silences(), atMs: now() };
      const decision = decide(transition, circumstances, before);
      if (!decision.send && before?.reason === decision.reason) continue;
      const errors = decision.send ? await sendToAll(channels, transition) : {};
      for (const [channel, error] of Object.entries(errors)) {
        log(`Alert ${transition.rule} (${transition.to}) did not arrive at ${channel}: ${error}`);
      }
      await journal.recordNotification(transition.id, resultOf(decision, errors, channels.length, now()));
    }
  };
}

/** Alerts that fire on, and of which nobody was told because something inhibited or silenced them. */
async function keptBackBefore(
  active: readonly AlertTransition[],
  notable: readonly AlertTransition[],
  journal: NotifyOptions["journal"],
): Promise<AlertTransition[]> {
  const waiting: AlertTransition[] = [];
  for (const transition of active) {
    if (transition.to !== "firing" || notable.some(({ id }) => id === transition.id)) continue;
    const notification = await journal.notification(transition.id);
    if (notification?.result === "not_sent") waiting.push(transition);
  }
  return waiting;
}

/** One channel's failure keeps no other from its message. */
async function sendToAll(channels: readonly Channel[], transition: AlertTransition): Promise<Record<string, string>> {
  const errors: Record<string, string> = {};
  await Promise.all(
    channels.map(async (channel) => {
      try {
        const delivery = await channel.deliver(notificationOf(transition), new AbortController().signal);
        if (!delivery.delivered) errors[channel.name] = delivery.message;
      } catch (error) {
        errors[channel.name] = error instanceof Error ? error.message : String(error);
      }
    }),
  );
  return errors;
}

function notificationOf(transition: AlertTransition): Notification {
  const { id, rule, labels } = transition;
  const groupId = createHash("sha256")
    .update(JSON.stringify([rule, labels]))
    .digest("hex")
    .slice(0, 32);
  return { id, groupId, groupLabels: labels, alerts: [transition] };
}

function resultOf(
  { send, reason, inhibitedBy, silencedBy }: Decision,
  errors: Record<string, string>,
  channels: number,
  nowMs: number,
): NotificationResult {
  const failed = Object.keys(errors).length;
  const sent = failed === 0 ? "sent" : failed < channels ? "partly_sent" : "failed";
  const result: NotificationResult = {
    result: send ? sent : "not_sent",
    reason,
    at: new Date(nowMs).toISOString(),
  };
  if (inhibitedBy !== undefined) result.inhibited_by = inhibitedBy;
  if (silencedBy !== undefined) result.silenced_by = silencedBy;
  if (failed > 0) result.errors = errors;
  return result;
}
