import type { ActiveAlert } from "../alert/alert-instance.js";
import type { AlertTransition, NotificationResult } from "../alert/alert-view.js";
import type { Rule } from "../alert/rule.js";
import { type Silence, silenceOf } from "../alert/silence.js";
import type { GroupMember } from "./alert-group.js";

/** Whether to send, and why. */
export interface Decision {
  send: boolean;
  reason: NotificationResult["reason"];
  inhibitedBy?: string;
  silencedBy?: string;
}

/** What a decision depends on beside the alert itself. */
export interface Circumstances {
  /** What is pending or firing now. */
  active: readonly ActiveAlert[];
  rules: readonly Rule[];
  silences: readonly Silence[];
  /** Unix time in milliseconds. */
  nowMs: number;
}

/**
 * Whether a receiver hears now of an alert's newest transition: inhibit → silence → changes too often. A pure
 * function. The end of what was told is told whatever inhibits or silences it by then, or people would wait for it.
 *
 * @returns undefined when there is nothing to decide: it was told, or nothing new is known of what was kept back
 */
export function decide(member: GroupMember, circumstances: Circumstances): Decision | undefined {
  const { transition, told, keptBy, releasedMs, flapping } = member;
  const tellsFlapping = flapping === true && told?.flapping === true;
  if (transition.to === "resolved") {
    if (told?.to === "resolved") return undefined;
    if (told === undefined || told.failed) return { send: false, reason: "firing_was_not_sent" };
    return tellsFlapping ? { send: false, reason: "flapping" } : { send: true, reason: "resolved" };
  }
  if (told?.to === "firing" && told.id === transition.id) return undefined;
  const kept = keptBack(transition, circumstances);
  if (kept !== undefined) return kept;
  if (keptBy !== undefined && !isFoundAgain(transition, circumstances, releasedMs)) return undefined;
  if (tellsFlapping) return { send: false, reason: "flapping" };
  return { send: true, reason: keptBy === undefined ? "firing" : `no_longer_${keptBy}` };
}

/** What keeps a firing alert from everybody: another that inhibits it, else a silence. */
export function keptBack(
  transition: AlertTransition,
  { active, rules, silences, nowMs }: Circumstances,
): (Decision & { reason: "inhibited" | "silenced" }) | undefined {
  const inhibiting = new Set(rules.filter((rule) => rule.inhibits.includes(transition.rule)).map(({ id }) => id));
  const inhibitor =
    inhibiting.size === 0
      ? undefined
      : active.find((other) => other.to === "firing" && inhibiting.has(other.rule) && agree(other, transition));
  if (inhibitor !== undefined) return { send: false, reason: "inhibited", inhibitedBy: inhibitor.rule };
  const silence = silenceOf(transition, silences, nowMs);
  return silence && { send: false, reason: "silenced", silencedBy: silence.id };
}

/**
 * What was kept back is told once an evaluation after its release finds it again, with the value of then: as its critical
 * resolves, a warning is often about to resolve too.
 */
function isFoundAgain({ id }: AlertTransition, { active }: Circumstances, releasedMs: number | undefined): boolean {
  const latest = active.find((alert) => alert.id === id)?.latest;
  return latest !== undefined && releasedMs !== undefined && latest.atMs > releasedMs;
}

/** Alerts about different models (services, …) do not inhibit each other, whether split by them or narrowed to them. */
function agree(one: AlertTransition, other: AlertTransition): boolean {
  const others = new Map(Object.entries({ ...other.where, ...other.labels }));
  return Object.entries({ ...one.where, ...one.labels }).every(
    ([name, value]) => (others.get(name) ?? value) === value,
  );
}
