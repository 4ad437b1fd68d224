import type { AlertInstance } from "./alert-instance.js";
import { type AnswerKind, EVALUATION_FAULTS, type RuleStatus } from "./alert-view.js";
import type { FaultOf } from "./answer-report.js";
import type { Rule } from "./rule.js";
import { watchedBy } from "./watched.js";

/** What a rule's newest evaluation found. Unix times in milliseconds. */
export interface Standing {
  evaluatedAtMs: number;
  answer: AnswerKind;
  value?: number;
  error?: string;
  /** Of an error: whose fault it is; absent when it is ours. */
  faultOf?: FaultOf;
  /** The first of the evaluations without an answer to judge by. */
  noAnswerSinceMs?: number;
  /** The first of the empty answers, with nothing but failures in between. */
  noDataSinceMs?: number;
}

/** The evaluation that follows: whether it is known when data ended. */
export function noDataSince(before: Standing | undefined, answer: AnswerKind, atMs: number): number | undefined {
  if (answer === "empty") return before?.noDataSinceMs ?? atMs;
  return answer === "data" || answer === "unusable_value" ? undefined : before?.noDataSinceMs;
}

/** The evaluation that follows: since when there is no answer. */
export function noAnswerSince(before: Standing | undefined, answer: AnswerKind, atMs: number): number | undefined {
  const faults: readonly AnswerKind[] = EVALUATION_FAULTS;
  return faults.includes(answer) ? (before?.noAnswerSinceMs ?? atMs) : undefined;
}

/** How a rule stands, as the API shows it. */
export function ruleStatus(
  rule: Rule,
  instances: readonly AlertInstance[],
  standing: Standing | undefined,
): RuleStatus {
  const states = instances.map(({ state }) => state);
  const status: RuleStatus = {
    id: rule.id,
    name: rule.name,
    severity: rule.severity,
    ...watchedBy(rule.question),
    unit: rule.unit,
    ...(rule.when !== undefined && { op: rule.when.op, threshold: rule.when.value }),
    ...(rule.question.kind === "indicator" && { window_s: rule.question.windowS }),
    interval_s: rule.intervalS,
    state: states.includes("firing") ? "firing" : states.includes("pending") ? "pending" : "inactive",
  };
  if (standing === undefined) return status;
  status.evaluated_at = isoTime(standing.evaluatedAtMs);
  status.answer = standing.answer;
  if (standing.value !== undefined) status.value = standing.value;
  if (standing.error !== undefined) status.error = standing.error;
  if (standing.noAnswerSinceMs !== undefined) status.no_answer_since = isoTime(standing.noAnswerSinceMs);
  // Of an expression that compares by itself, an empty answer says that all is well.
  if (standing.noDataSinceMs !== undefined && rule.when !== undefined) {
    status.no_data_since = isoTime(standing.noDataSinceMs);
  }
  const vanished = instances.filter(({ labels, noDataMs }) => noDataMs !== undefined && Object.keys(labels).length > 0);
  if (vanished.length > 0) {
    status.vanished = vanished.map(({ labels, countedAtMs, noDataMs = 0 }) => ({
      labels,
      since: isoTime(countedAtMs - noDataMs),
    }));
  }
  return status;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
