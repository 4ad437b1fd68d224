import type { Dimension, DimensionValues } from "../indicators/dimension.js";
import type { IndicatorUnit } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { Severity } from "./alert-view.js";
import type { Threshold } from "./threshold.js";

/**
 * What no data means to a rule. `keep`: the state stays for `noDataForS`, then ends. `ok`: the condition is false.
 * `alert`: no data for `noDataForS` fires.
 */
export type NoDataPolicy = "keep" | "ok" | "alert";

/** One question that is asked again and again, and the answer that is bad. Durations in seconds. */
export interface Rule {
  id: string;
  name: BilingualText;
  /** Id in the catalogue. */
  indicator: string;
  unit: IndicatorUnit;
  /** Only what has exactly these values. */
  where: DimensionValues;
  /** One alert for each combination of values of these. */
  by: readonly Dimension[];
  windowS: number;
  intervalS: number;
  /** The condition. */
  when: Threshold;
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
  /** The rule's own labels and annotations, handed on in its transitions. */
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

const sorted = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** One text for equal labels, whatever their order. */
export function labelsKey(labels: DimensionValues): string {
  return JSON.stringify(sorted(labels));
}

/** What a rule watches. While it is the same, an alert goes on when the rule's window or threshold is edited. */
export function subjectKey(rule: Pick<Rule, "indicator" | "where" | "by">): string {
  return JSON.stringify([rule.indicator, sorted(rule.where), [...rule.by].sort()]);
}
