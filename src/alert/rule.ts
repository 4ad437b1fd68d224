import type { Dimension, DimensionValues } from "../indicators/dimension.js";
import type { IndicatorUnit } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { CompareTo, Severity } from "./alert-view.js";
import type { Threshold } from "./threshold.js";

/**
 * What no data means to a rule. `keep`: the state stays for `noDataForS`, then ends. `ok`: the condition is false.
 * `alert`: no data for `noDataForS` fires.
 */
export type NoDataPolicy = "keep" | "ok" | "alert";

/** A question of the catalogue, which every source can answer. */
export interface IndicatorQuestion {
  kind: "indicator";
  /** Id in the catalogue. */
  indicator: string;
  /** Only what has exactly these values. */
  where: DimensionValues;
  /** One alert for each combination of values of these. */
  by: readonly Dimension[];
  /** Seconds. */
  windowS: number;
  /** The answer is then the change against that, in percent, and no longer in the indicator's unit. */
  compareTo?: CompareTo;
}

/** A question in PromQL, which only Prometheus-compatible sources can answer. One alert for each series. */
export interface ExprQuestion {
  kind: "expr";
  expr: string;
}

/** What a rule asks. Rules with equal questions share one query. */
export type RuleQuestion = IndicatorQuestion | ExprQuestion;

/** One question that is asked again and again, and the answer that is bad. Durations in seconds. */
export interface Rule {
  id: string;
  name: BilingualText;
  question: RuleQuestion;
  /** Of the answer: the indicator's, `%` for a change, none for an `expr`. */
  unit: IndicatorUnit | "";
  intervalS: number;
  /**
   * The condition. Absent only beside an `expr` that compares by itself, as in Prometheus: it holds for the series that
   * are in the answer, and is over for those that no longer are.
   */
  when?: Threshold;
  /** A firing alert ends when this holds; absent: when the condition no longer holds. */
  resolveWhen?: Threshold;
  /** How long the condition must hold before the alert fires. */
  forS: number;
  /** How long the alert fires on after the condition ended. */
  keepFiringForS: number;
  severity: Severity;
  /** An answer that rests on fewer events is no information. 0: any will do. */
  minRequests: number;
  noData: NoDataPolicy;
  noDataForS: number;
  /** Ids of rules whose alerts are not sent while this one fires. */
  inhibits: readonly string[];
  /** Names of those who are told; none: as the file's routes say. */
  receivers: readonly string[];
  /** The rule's own labels, handed on in its transitions. */
  labels: Readonly<Record<string, string>>;
  /** Texts for people, with `{{ value }}` and the like still in them: `renderAnnotations`. */
  annotations: Readonly<Record<string, string>>;
}

const sorted = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** Asked again and again for each sample of an answer, by each rule that shares it. */
const labelKeys = new WeakMap<object, string>();
const subjectKeys = new WeakMap<RuleQuestion, string>();

/** One text for equal labels, whatever their order. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  const known = labelKeys.get(labels);
  if (known !== undefined) return known;
  const key = JSON.stringify(sorted(labels));
  labelKeys.set(labels, key);
  return key;
}

/** What a rule watches. While it is the same, an alert goes on when the rule's window or threshold is edited. */
export function subjectKey({ question }: Pick<Rule, "question">): string {
  const known = subjectKeys.get(question);
  if (known !== undefined) return known;
  const key = JSON.stringify(subjectOf(question));
  subjectKeys.set(question, key);
  return key;
}

function subjectOf(question: RuleQuestion): unknown[] {
  if (question.kind === "expr") return ["expr", question.expr];
  const { indicator, where, by, compareTo } = question;
  const subject = [indicator, sorted(where), [...by].sort()];
  return compareTo === undefined ? subject : [...subject, compareTo];
}

/** The same for rules whose question one query answers. */
export function questionKey(rule: Pick<Rule, "question">): string {
  const { question } = rule;
  return question.kind === "expr" ? subjectKey(rule) : JSON.stringify([subjectKey(rule), question.windowS]);
}

/** What an expr is taken to look back; its own ranges are its own business. */
const EXPR_WINDOW_S = 300;

/** How far back an answer reaches, seconds. */
export function windowOf(question: RuleQuestion): number {
  return question.kind === "expr" ? EXPR_WINDOW_S : question.windowS;
}
