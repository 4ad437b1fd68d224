import { findIndicator } from "../../indicators/catalogue.js";
import type { Dimension } from "../../indicators/dimension.js";
import { metricDimensions } from "../../indicators/metric-attribute.js";
import type { MetricQuestion } from "../../indicators/metric-question.js";
import { compilePromQl, type PromQlQueries } from "../../query/prometheus/compile-promql.js";
import type { PromQlDialect } from "../../query/prometheus/promql-dialect.js";
import { COMPARED_BEFORE_S } from "../comparison.js";
import { formatDuration } from "../duration.js";
import type { IndicatorQuestion } from "../rule.js";

export type DialectOf = (instrument: string) => PromQlDialect;

/** Why a question has no PromQL. */
export type Inexpressible = "records_only" | "previous_release";

/** How metric points answer a question; undefined: only request records can. */
export function metricQuestionOf({ indicator, by, where }: IndicatorQuestion): MetricQuestion | undefined {
  const question = findIndicator(indicator)?.metricQuestion;
  if (question === undefined) return undefined;
  const carried = metricDimensions(question);
  const asked = [...by, ...(Object.keys(where) as Dimension[])];
  return asked.every((dimension) => carried.includes(dimension)) ? question : undefined;
}

/**
 * What an evaluation asks, as PromQL that holds at any time: value and count of events, of the same combinations of
 * split values.
 */
export function ruleExpression(
  question: IndicatorQuestion,
  dialectOf: DialectOf,
): PromQlQueries | { cannot: Inexpressible } {
  const { compareTo, windowS: window, by, where } = question;
  const asked = metricQuestionOf(question);
  if (asked === undefined) return { cannot: "records_only" };
  if (compareTo === "previous_release") return { cannot: "previous_release" };
  const matchers = (Object.entries(where) as [Dimension, string][]).map(
    ([dimension, value]) => ({ dimension, operator: "=", value }) as const,
  );
  const { value, count } = compilePromQl(asked, { dialectOf, window, by, where: matchers });
  if (compareTo === undefined) return { value, count };
  // An `offset` goes with selectors and subqueries alone; this one has just the value of that second.
  const before = (promQl: string): string =>
    `last_over_time((${promQl})[1s:1s] offset ${formatDuration(COMPARED_BEFORE_S[compareTo])})`;
  return {
    value: `100 * ((${value}) - ${before(value)}) / (${before(value)} != 0)`,
    count: `(${count}) < ${before(count)} or ${before(count)}`,
  };
}
