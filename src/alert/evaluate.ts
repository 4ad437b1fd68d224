import { createHash } from "node:crypto";
import type { AlertInstance } from "./alert-instance.js";
import type { AlertLabels, AlertState, AlertTransition, TransitionReason } from "./alert-view.js";
import { labelsKey, type Rule, subjectKey } from "./rule.js";
import { withRuleFacts } from "./rule-facts.js";
import type { RuleSample } from "./rule-sample.js";
import { holds } from "./threshold.js";
import { watchedBy, watchedText } from "./watched.js";

/** What the source said: the samples, or why there are none to be had. */
export type Answer = { samples: readonly RuleSample[] } | { error: string };

export interface Evaluation {
  /** The rule's alerts after it; what is not here is inactive. */
  instances: AlertInstance[];
  transitions: AlertTransition[];
  /** The worst value of the answer; absent without data. */
  value?: number;
  /** Why some or all of the answer could not be used; the state of what it concerns is kept. */
  error?: string;
}

/** What one evaluation says about one alert. */
type Evidence =
  | { kind: "value"; value: number }
  /** No finite number, of an `expr` that compares by itself: being in the answer is what counts. */
  | { kind: "returned" }
  /** No longer in the answer of an `expr` that compares by itself. */
  | { kind: "not_returned" }
  /** A value that rests on too few events to mean anything. */
  | { kind: "below_min_requests"; value: number }
  | { kind: "no_data" }
  /** NaN, an infinity, two answers to one question. */
  | { kind: "unusable"; problem: string };

type UsableEvidence = Exclude<Evidence, { kind: "unusable" }>;

interface Step {
  instance: AlertInstance;
  transition?: AlertTransition;
}

/**
 * What a rule's newest answer does to its alerts. A pure function: equal input gives equal output.
 *
 * - The condition holds: inactive → pending → firing once it was seen to hold for `forS`; straight to firing when
 *   that is 0.
 * - It does not: pending → inactive at once; firing → resolved once it was over for `keepFiringForS`. With
 *   `resolveWhen`, a firing alert's condition is over only when that holds.
 * - No sample (no data), or one that rests on fewer than `minRequests` events, is no information: the state is kept
 *   and the age of the condition stands still. Nothing fires on it. After `noDataForS` of it a pending or firing
 *   alert ends, with the reason. `noData: "ok"` takes both for "the condition does not hold"; `"alert"` fires when
 *   there was no data for `noDataForS`.
 * - An error, or a value that is no finite number, changes nothing at all.
 *
 * @param instances the rule's alerts, as the previous evaluation returned them
 * @param atMs the evaluation's time, Unix time in milliseconds
 */
export function evaluateRule(
  rule: Rule,
  instances: readonly AlertInstance[],
  answer: Answer,
  atMs: number,
): Evaluation {
  if ("error" in answer) return { instances: [...instances], transitions: [], error: answer.error };

  const known = new Map(instances.map((instance) => [labelsKey(instance.labels), instance]));
  const evidence = evidenceOf(rule, answer.samples);
  const next: AlertInstance[] = [];
  const transitions: AlertTransition[] = [];
  for (const { labels } of alertsConcerned(rule, instances, answer.samples)) {
    const key = labelsKey(labels);
    const before = known.get(key) ?? newInstance(rule, labels, atMs);
    const { instance, transition } = step(rule, before, evidence.get(key) ?? absenceIn(rule), atMs);
    if (instance.state !== "inactive" || rule.noData === "alert") next.push(instance);
    if (transition !== undefined) transitions.push(transition);
  }

  const evaluation: Evaluation = { instances: next, transitions };
  const value = worstValue(rule, evidence.values());
  if (value !== undefined) evaluation.value = value;
  const problem = [...evidence.values()].find((found) => found.kind === "unusable");
  if (problem !== undefined) evaluation.error = problem.problem;
  return evaluation;
}

/** The end of an alert whose rule is gone or now watches something else; none for an inactive one. */
export function endOfRemoved(instance: AlertInstance, atMs: number): AlertTransition | undefined {
  if (instance.entered === undefined || instance.state === "inactive") return undefined;
  const { value: _, notification: __, ...entered } = instance.entered;
  const to = instance.state === "firing" ? "resolved" : "inactive";
  return {
    ...entered,
    id: transitionId(instance, to, atMs),
    from: instance.state,
    to,
    reason: "rule_removed",
    at: new Date(atMs).toISOString(),
    previous_id: instance.entered.id,
  };
}

function evidenceOf(rule: Rule, samples: readonly RuleSample[]): Map<string, Evidence> {
  const evidence = new Map<string, Evidence>();
  const watched = watchedText(watchedBy(rule.question), "en");
  for (const { labels, value, count = Number.POSITIVE_INFINITY } of samples) {
    const key = labelsKey(labels);
    if (evidence.has(key)) {
      evidence.set(key, { kind: "unusable", problem: `${watched}: two samples with the labels ${key}` });
    } else if (Number.isFinite(value)) {
      evidence.set(key, { kind: count < rule.minRequests ? "below_min_requests" : "value", value });
    } else if (rule.when === undefined) {
      evidence.set(key, { kind: "returned" });
    } else {
      evidence.set(key, { kind: "unusable", problem: `${watched}: expected a number, found ${value}` });
    }
  }
  return evidence;
}

function absenceIn({ when }: Rule): Evidence {
  return { kind: when === undefined ? "not_returned" : "no_data" };
}

/** Those of the answer and those known already; a rule without split has one alert, with data or without. */
function alertsConcerned(
  rule: Rule,
  instances: readonly AlertInstance[],
  samples: readonly RuleSample[],
): { labels: AlertLabels }[] {
  const { question } = rule;
  const whole = question.kind === "indicator" && question.by.length === 0 ? [{ labels: {} }] : [];
  return [
    ...new Map([...whole, ...instances, ...samples].map(({ labels }) => [labelsKey(labels), { labels }])).values(),
  ];
}

function worstValue(rule: Rule, evidence: Iterable<Evidence>): number | undefined {
  const values = [...evidence].flatMap((found) => ("value" in found ? [found.value] : []));
  if (values.length === 0) return undefined;
  return rule.when?.op.startsWith("<") ? Math.min(...values) : Math.max(...values);
}

function newInstance(rule: Rule, labels: AlertLabels, atMs: number): AlertInstance {
  return {
    rule: rule.id,
    labels,
    subject: subjectKey(rule),
    state: "inactive",
    sinceMs: atMs,
    countedAtMs: atMs,
    heldMs: 0,
    unknownMs: 0,
  };
}

function step(rule: Rule, before: AlertInstance, evidence: Evidence, atMs: number): Step {
  if (evidence.kind === "unusable") return { instance: before };
  // At most an interval: what happened in a longer gap was not seen, and the wall clock may have jumped.
  const passedMs = Math.min(Math.max(atMs - before.countedAtMs, 0), rule.intervalS * 1000);
  const instance = { ...before, countedAtMs: atMs };
  const condition = conditionOf(rule, before, evidence);
  if (condition === undefined) return stepUnknown(rule, instance, evidence, passedMs, atMs);
  instance.unknownMs = 0;
  delete instance.noDataMs;
  if ("value" in evidence) instance.value = evidence.value;
  return condition
    ? stepHolding(rule, instance, evidence, passedMs, atMs)
    : stepOver(rule, instance, evidence, passedMs, atMs);
}

function conditionOf(rule: Rule, before: AlertInstance, evidence: UsableEvidence): boolean | undefined {
  if (evidence.kind === "value") {
    // An alert about missing data never met `when`, so there is nothing to wait out.
    const firesOnValue = before.state === "firing" && before.entered?.reason !== "no_data";
    return firesOnValue && rule.resolveWhen !== undefined
      ? !holds(rule.resolveWhen, evidence.value)
      : rule.when === undefined || holds(rule.when, evidence.value);
  }
  if (evidence.kind === "returned") return true;
  if (evidence.kind === "not_returned") return false;
  return rule.noData === "ok" ? false : undefined;
}

function stepHolding(
  rule: Rule,
  instance: AlertInstance,
  evidence: UsableEvidence,
  passedMs: number,
  atMs: number,
): Step {
  if (instance.state === "firing") {
    delete instance.clearMs;
    return { instance };
  }
  if (instance.state === "inactive") {
    instance.sinceMs = atMs;
    return enter(rule, instance, rule.forS === 0 ? "firing" : "pending", "condition_true", evidence, atMs);
  }
  instance.heldMs += passedMs;
  if (instance.heldMs < rule.forS * 1000) return { instance };
  return enter(rule, instance, "firing", "condition_held", evidence, atMs);
}

function stepOver(rule: Rule, instance: AlertInstance, evidence: UsableEvidence, passedMs: number, atMs: number): Step {
  if (instance.state === "inactive") return { instance };
  const noInformation = evidence.kind === "no_data" || evidence.kind === "below_min_requests";
  const reason = noInformation ? evidence.kind : "condition_false";
  if (instance.state === "pending") return enter(rule, instance, "inactive", reason, evidence, atMs);
  instance.clearMs = instance.clearMs === undefined ? 0 : instance.clearMs + passedMs;
  if (instance.clearMs < rule.keepFiringForS * 1000) return { instance };
  return enter(rule, instance, "resolved", reason, evidence, atMs);
}

function stepUnknown(
  rule: Rule,
  instance: AlertInstance,
  evidence: UsableEvidence,
  passedMs: number,
  atMs: number,
): Step {
  const noData = evidence.kind === "no_data";
  const noDataForMs = rule.noDataForS * 1000;
  instance.unknownMs += passedMs;
  if (!noData) delete instance.noDataMs;
  else instance.noDataMs = (instance.noDataMs ?? 0) + passedMs;

  if (rule.noData === "alert" && instance.noDataMs !== undefined) {
    if (instance.state === "firing" || instance.noDataMs < noDataForMs) return { instance };
    if (instance.state === "inactive") instance.sinceMs = atMs - instance.noDataMs;
    return enter(rule, instance, "firing", "no_data", evidence, atMs);
  }
  if (instance.state === "inactive" || instance.unknownMs < noDataForMs) return { instance };
  const to = instance.state === "firing" ? "resolved" : "inactive";
  return enter(rule, instance, to, noData ? "no_data_expired" : "below_min_requests", evidence, atMs);
}

function enter(
  rule: Rule,
  instance: AlertInstance,
  to: AlertState,
  reason: TransitionReason,
  evidence: UsableEvidence,
  atMs: number,
): Step {
  const transition = withRuleFacts(rule, {
    id: transitionId(instance, to, atMs),
    labels: instance.labels,
    from: instance.state,
    to,
    reason,
    at: new Date(atMs).toISOString(),
    since: new Date(instance.sinceMs).toISOString(),
    ...("value" in evidence && { value: evidence.value }),
    ...(instance.entered !== undefined && { previous_id: instance.entered.id }),
  });

  const { rule: id, labels, subject, sinceMs, heldMs } = instance;
  const ages = { sinceMs, countedAtMs: atMs, heldMs, unknownMs: 0 };
  if (to === "pending" || to === "firing") {
    const found = "value" in evidence ? { value: evidence.value } : {};
    return { instance: { rule: id, labels, subject, state: to, ...ages, ...found, entered: transition }, transition };
  }
  return { instance: newInstance(rule, labels, atMs), transition };
}

/**
 * The same for the same change however often it is computed, on every replica; so also where a clock that was set back
 * gives the same change at the same time again.
 */
function transitionId(instance: AlertInstance, to: AlertState, atMs: number): string {
  const change = JSON.stringify([instance.rule, labelsKey(instance.labels), to, instance.sinceMs, atMs]);
  return createHash("sha256").update(change).digest("hex").slice(0, 32);
}
