import type { AlertTransition, NotificationResult } from "../alert/alert-view.js";
import type { Rule } from "../alert/rule.js";

/** Whether to send, and why. */
export interface Decision {
  send: boolean;
  reason: NotificationResult["reason"];
  inhibitedBy?: string;
}

/**
 * Whether people hear of a transition to firing or resolved. A pure function.
 *
 * @param active the transitions of what is pending or firing now
 * @param before what became of the transition that this one follows: for a resolved one, of its firing; for a firing
 * one that is decided again, of itself
 */
export function decide(
  transition: AlertTransition,
  active: readonly AlertTransition[],
  rules: readonly Rule[],
  before: NotificationResult | undefined,
): Decision {
  if (transition.to === "resolved") {
    return before?.result === "not_sent"
      ? { send: false, reason: "firing_was_not_sent" }
      : { send: true, reason: "resolved" };
  }
  const inhibitor = active.find(
    (other) => other.to === "firing" && inhibits(rules, other, transition) && agree(other, transition),
  );
  if (inhibitor !== undefined) return { send: false, reason: "inhibited", inhibitedBy: inhibitor.rule };
  return { send: true, reason: before?.reason === "inhibited" ? "no_longer_inhibited" : "firing" };
}

function inhibits(rules: readonly Rule[], by: AlertTransition, transition: AlertTransition): boolean {
  return rules.some((rule) => rule.id === by.rule && rule.inhibits.includes(transition.rule));
}

/** Alerts about different models (services, …) do not inhibit each other. */
function agree(one: AlertTransition, other: AlertTransition): boolean {
  const others = new Map(Object.entries(other.labels));
  return Object.entries(one.labels).every(([name, value]) => (others.get(name) ?? value) === value);
}
