import { answeringSides } from "../query/answering-side.js";
import type { ExprSeriesSource } from "../query/expr-source.js";
import type { MetricSource } from "../query/metric-source.js";
import { PrefetchedSource } from "../query/prefetched-source.js";
import type { SeriesSource } from "../query/series-source.js";
import { QuestionAsker } from "./question-asker.js";
import type { Rule } from "./rule.js";

/** Who answers the questions of rules about the past. */
export interface PastSources {
  source: MetricSource;
  /** What answers metrics and PromQL at many times at once; absent: nothing here does. */
  backend?: (SeriesSource & ExprSeriesSource) | undefined;
}

/** An asker for one rule at many times, in few queries where a backend allows that. */
export function pastAsker({ source, backend }: PastSources, { question, intervalS }: Rule): QuestionAsker {
  const isOfRecords = question.kind === "indicator" && answeringSides(question)[0] === "records";
  if (backend === undefined || isOfRecords) return new QuestionAsker(source, backend);
  const stepMs = intervalS * 1000;
  const prefetched = new PrefetchedSource({ source: backend, exprSource: backend, question, stepMs });
  return new QuestionAsker(prefetched, prefetched);
}
