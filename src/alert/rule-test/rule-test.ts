import type { AlertLabels, AlertState, CompareTo, TransitionReason } from "../alert-view.js";
import type { Rule } from "../rule.js";
import type { SequenceValue } from "./value-sequence.js";

/** Which question an input series answers. */
export type AnsweredQuestion =
  /** `windowS` absent: with any window. */
  { indicator: string; compareTo?: CompareTo; windowS?: number } | { expr: string };

/** One series of the answer to a question, a value an interval. */
export interface AnswerSeries {
  question: AnsweredQuestion;
  labels: AlertLabels;
  /** In the rule's unit. */
  values: readonly SequenceValue[];
  /** How many events each value rests on; absent: as many as a rule may want. */
  counts?: readonly SequenceValue[];
}

/** A pending or firing alert as a test expects it; what is absent may be anything. */
export interface ExpectedAlert {
  labels: AlertLabels;
  state: Extract<AlertState, "pending" | "firing">;
  /** As it was told when the alert came to its state. */
  value?: number;
  reason?: TransitionReason;
  annotations?: Readonly<Record<string, string>>;
}

/** How one rule stands at one time. */
export interface Expectation {
  rule: Rule;
  /** Seconds since the start of the test. */
  evalTimeS: number;
  /** The worst state among the rule's alerts. */
  state?: Exclude<AlertState, "resolved">;
  /** All of them that are pending or firing, in any order. */
  alerts?: readonly ExpectedAlert[];
}

export interface RuleTest {
  name: string;
  /** Seconds from one value of a series to the next. */
  intervalS: number;
  series: readonly AnswerSeries[];
  expectations: readonly Expectation[];
}
