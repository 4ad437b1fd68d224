import type { AlertTransition, NotificationResult } from "../alert/alert-view.js";
import type { Rule } from "../alert/rule.js";
import { type Silence, silenceOf } from "../alert/silence.js";

/** Whether to send, and why. */
export interface Decision {
  send: boolean;
  reason: NotificationResult["reason"];
  inhibitedBy?: string;
  silencedBy?: string;
}

/** What a decision depends on beside the transition itself. */
export interface Circumstances {
  /** The transitions of what is pending or firing now. */
  active: readonly AlertTransition[];
  rules: readonly Rule[];
  silences: readonly Silence[];
  /** Unix time in milliseconds. */
  atMs: number;
}

/**
 * Whether people hear of a transition to firing or resolved: inhibit → silence. A pure function. The end of what they
 * were told is told to them whatever inhibits or silences it by then, or they would wait for it.
 *
 * @param before what became of the transition that this one follows: for a resolved one, of its firing; for a firing
 * one that is decided again, of itself
 */
export function decide(
  transition: AlertTransition,
  { active, rules, silences, atMs }: Circumstances,
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
  const silence = silenceOf(transition, silences, atMs);
  if (silence !== undefined) return { send: false, reason: "silenced", silencedBy: silence.id };
  return { send: true, reason: sendReason(before) };
}

function sendReason(before: NotificationResult | undefined): Decision["reason"] {
  if (before?.reason === "inhibited") return "no_longer_inhibited";
  return before?.reason === "silenced" ? "no_longer_silenced" : "firing";
}

function inhibits(rules: readonly Rule[], by: AlertTransition, transition: AlertTransition): boolean {
  return rules.some((rule) => rule.id === by.rule && rule.inhibits.includes(transition.rule));
}

/** Alerts about different models (services, …) do not inhibit each other. */
function agree(one: AlertTransition, other: AlertTransition): boolean {
  const others = new Map(Object.entries(other.labels));
  return Object.entries(one.labels).every(([name, value]) => (others.get(name) ?? value) === value);
}
