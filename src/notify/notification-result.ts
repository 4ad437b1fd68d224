import type { NotificationResult, ReceiverResult } from "../alert/alert-view.js";
import type { Decision } from "./decide.js";

/**
 * What the history says of a transition, with a new decision about it.
 *
 * @param receiver whose alert it is; undefined: nobody's
 * @param at ISO 8601 in UTC
 */
export function withDecision(
  before: NotificationResult | undefined,
  receiver: string | undefined,
  { send, reason, inhibitedBy, silencedBy }: Decision,
  at: string,
): NotificationResult {
  const receivers = { ...before?.receivers };
  // What a receiver refused may be told it anew.
  const isOpen = receiver !== undefined && (receivers[receiver]?.result ?? "failed") === "failed";
  if (send && isOpen) receivers[receiver] = { result: "waiting", at };
  if (receiver !== undefined && !send && receivers[receiver]?.result === "waiting") delete receivers[receiver];
  // What one receiver was told is not undone by another's not being told.
  const isKnown = before !== undefined && !send && Object.keys(receivers).length > 0;
  return withReceivers(
    {
      result: "not_sent",
      reason: isKnown ? before.reason : reason,
      ...(inhibitedBy !== undefined && { inhibited_by: inhibitedBy }),
      ...(silencedBy !== undefined && { silenced_by: silencedBy }),
      at,
    },
    receivers,
  );
}

/** What the history says of a transition, with what became of a message to a receiver. */
export function withReceiverResult(
  before: NotificationResult,
  receiver: string,
  result: ReceiverResult,
): NotificationResult {
  return withReceivers(before, { ...before.receivers, [receiver]: result });
}

function withReceivers(result: NotificationResult, receivers: Record<string, ReceiverResult>): NotificationResult {
  const { receivers: _, ...rest } = result;
  if (Object.keys(receivers).length === 0) return rest;
  return { ...rest, result: overall(Object.values(receivers)), receivers };
}

function overall(receivers: readonly ReceiverResult[]): NotificationResult["result"] {
  const has = (wanted: ReceiverResult["result"]): boolean => receivers.some(({ result }) => result === wanted);
  if (has("waiting")) return "waiting";
  if (!has("failed")) return "sent";
  return has("sent") ? "partly_sent" : "failed";
}
