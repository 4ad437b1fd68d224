import type { ExprSource } from "../query/expr-source.js";
import type { IndicatorQuery, MetricSource } from "../query/metric-source.js";
import { QueryError } from "../query/query-error.js";
import { COMPARED_BEFORE_S, changesOf } from "./comparison.js";
import { ReleaseHistory } from "./release-history.js";
import type { IndicatorQuestion, RuleQuestion } from "./rule.js";
import type { RuleSample } from "./rule-sample.js";

export interface AskOptions {
  signal?: AbortSignal | undefined;
  /** Whether a rule holds the counts of the answer against its `minRequests`; default true. */
  counts?: boolean;
}

/** Asks the questions of rules, each in the way of its kind. */
export class QuestionAsker {
  private readonly releases: ReleaseHistory;

  /** @param exprSource absent: no source here speaks PromQL */
  constructor(
    private readonly source: MetricSource,
    private readonly exprSource: ExprSource | undefined,
  ) {
    this.releases = new ReleaseHistory(source);
  }

  /**
   * @param atMs Unix time in milliseconds
   * @returns the answer in the rule's unit; what is missing in it is no data
   * @throws {QueryError}
   */
  async ask(question: RuleQuestion, atMs: number, options: AskOptions = {}): Promise<RuleSample[]> {
    if (question.kind === "indicator") return this.askIndicator(question, atMs, options);
    if (this.exprSource === undefined) {
      throw new QueryError(
        "invalid_question",
        `expr: expected a source that speaks PromQL, found ${this.source.name}; ask an indicator, or use a Prometheus-compatible source`,
      );
    }
    const samples = await this.exprSource.queryExpr({ expr: question.expr, atMs }, options.signal);
    // As in Prometheus: the metric's name is no label of the alert.
    return samples.map(({ labels: { __name__: _, ...labels }, value }) => ({ labels, value }));
  }

  private async askIndicator(
    question: IndicatorQuestion,
    atMs: number,
    { signal, counts = true }: AskOptions,
  ): Promise<RuleSample[]> {
    const { compareTo } = question;
    const now = indicatorQuery(question, atMs, counts);
    if (compareTo === undefined) return this.source.query(now, signal);
    if (compareTo !== "previous_release") {
      const before = { ...now, atMs: atMs - COMPARED_BEFORE_S[compareTo] * 1000 };
      const [after, base] = await Promise.all([this.source.query(now, signal), this.source.query(before, signal)]);
      return changesOf(after, base);
    }
    const pair = await this.releases.newestTwo(question, atMs, signal);
    if (pair === undefined) return [];
    const ofRelease = (release: string, endMs: number): IndicatorQuery => ({
      ...now,
      where: { ...question.where, release },
      atMs: endMs,
    });
    const [after, base] = await Promise.all([
      this.source.query(ofRelease(pair.newest, atMs), signal),
      this.source.query(ofRelease(pair.previous, pair.beganMs), signal),
    ]);
    return changesOf(after, base);
  }
}

function indicatorQuery(
  { indicator, windowS, by, where }: IndicatorQuestion,
  atMs: number,
  counts: boolean,
): IndicatorQuery {
  const query: IndicatorQuery = { indicator, windowS, atMs };
  if (by.length > 0) query.by = by;
  if (Object.keys(where).length > 0) query.where = where;
  if (!counts) query.counts = false;
  return query;
}
