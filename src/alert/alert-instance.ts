import type { AlertLabels, AlertTransition } from "./alert-view.js";

/**
 * One alert of a rule: the rule's id and the values of its split labels are its identity. Resolved alerts are not
 * kept; `inactive` ones only where the rule must notice that their data ended.
 *
 * Ages are sums of the time between evaluations, each counted as one interval at most: a wall clock that jumps, a
 * suspended machine or missed evaluations never make a condition look older than it was seen to be.
 */
export interface AlertInstance {
  rule: string;
  labels: AlertLabels;
  /** What the rule watched when the alert began: `subjectKey`. */
  subject: string;
  state: "inactive" | "pending" | "firing";
  /** When the condition began to hold, Unix time in milliseconds. */
  sinceMs: number;
  /** The evaluation up to which the ages are counted, Unix time in milliseconds. */
  countedAtMs: number;
  /** How long the condition was seen to hold before the alert fired, milliseconds. */
  heldMs: number;
  /** How long a firing alert's condition has been over, milliseconds; absent while it holds. */
  clearMs?: number;
  /** How long there has been no information, milliseconds: no data, or too few events. */
  unknownMs: number;
  /** How long of that, up to now, there was no data at all, milliseconds; absent while there is some. */
  noDataMs?: number;
  /** What the newest evaluation with a value found; absent before one. */
  value?: number;
  /** The transition to the present state; absent while inactive. */
  entered?: AlertTransition;
}

/** A pending or firing alert: the transition to that state, and what was found since. */
export interface ActiveAlert extends AlertTransition {
  latest: {
    /** The newest evaluation that got an answer, Unix time in milliseconds. */
    atMs: number;
    /** Absent when no answer had one. */
    value?: number;
  };
}
