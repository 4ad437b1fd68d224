import type { Dimension } from "../../indicators/dimension.js";
import type { AlertLabels } from "../alert-view.js";
import type { Answer } from "../evaluate.js";
import type { Rule } from "../rule.js";
import type { RuleSample } from "../rule-sample.js";
import type { AnswerSeries } from "./rule-test.js";

/**
 * Whether a series is part of the answer to a rule's question: the same indicator or expression, and no label that the
 * rule neither splits by nor filters on. Labels that the rule filters on may be left out.
 */
export function answers({ question: answered, labels }: AnswerSeries, { question }: Rule): boolean {
  if (question.kind === "expr") return "expr" in answered && plain(answered.expr) === plain(question.expr);
  if (!("indicator" in answered) || answered.indicator !== question.indicator) return false;
  if (answered.compareTo !== question.compareTo) return false;
  if (answered.windowS !== undefined && answered.windowS !== question.windowS) return false;
  const { by, where } = question;
  return Object.entries(labels).every(([name, value]) => {
    const filter = where[name as Dimension];
    return filter === undefined ? by.some((dimension) => dimension === name) : filter === value;
  });
}

/** What the source would say at the values' place `index`, from 0. A failed query has no answer at all. */
export function answerAt(series: readonly AnswerSeries[], rule: Rule, index: number): Answer {
  const samples: RuleSample[] = [];
  for (const one of series.filter((found) => answers(found, rule))) {
    const value = one.values[index] ?? "no_data";
    const count = one.counts?.[index];
    if (value === "error" || count === "error") return { error: "the test lets the query fail" };
    if (value === "no_data") continue;
    const sample: RuleSample = { labels: splitLabels(one.labels, rule), value };
    // Counts that end before the values: nothing is known of how many there were.
    if (one.counts !== undefined) sample.count = typeof count === "number" ? count : 0;
    samples.push(sample);
  }
  return { samples };
}

function splitLabels(labels: AlertLabels, { question }: Rule): AlertLabels {
  if (question.kind === "expr") return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => question.by.some((by) => by === name)));
}

function plain(expr: string): string {
  return expr.replace(/\s+/g, " ").trim();
}
