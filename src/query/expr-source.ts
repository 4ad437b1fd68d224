import type { SeriesTimes } from "./series-source.js";

/** A question in PromQL, for one moment. */
export interface ExprQuery {
  expr: string;
  /** Unix time in milliseconds. */
  atMs: number;
}

/** A series of the answer; a scalar is one without labels. */
export interface ExprSample {
  /** As the source gives them, `__name__` too. */
  labels: Readonly<Record<string, string>>;
  /** Also NaN and the infinities. */
  value: number;
}

/** Answers PromQL: sources with the Prometheus query API. */
export interface ExprSource {
  /** Shown in messages and on the page. */
  readonly name: string;
  /** @throws {QueryError} when there is no answer; an empty answer is one. */
  queryExpr(question: ExprQuery, signal?: AbortSignal): Promise<ExprSample[]>;
}

/** An expression's value over time for one set of labels. */
export interface ExprSeries {
  labels: Readonly<Record<string, string>>;
  /** Oldest first; values also NaN and the infinities. A time that is missing was not in the answer. */
  points: { atMs: number; value: number }[];
}

/** Answers PromQL at many times at once. */
export interface ExprSeriesSource extends ExprSource {
  /** @throws {QueryError} as `queryExpr` does */
  queryExprSeries(expr: string, times: SeriesTimes, signal?: AbortSignal): Promise<ExprSeries[]>;
}
