import type { Dimension, DimensionValues } from "../indicators/dimension.js";

/** One question: an indicator over the window that ends at a given time. */
export interface IndicatorQuery {
  /** Id in the catalogue, e.g. `response_time.p95`. */
  indicator: string;
  /** Length of the window, seconds. */
  windowS: number;
  /** End of the window, Unix time in milliseconds. */
  atMs: number;
  /** One sample for each combination of values of these; none: one sample for everything. */
  by?: readonly Dimension[];
  /** Only what has exactly these values. */
  where?: DimensionValues;
  /** False: nobody needs to know on how many events the values rest, and some sources pay for it. Default true. */
  counts?: boolean;
}

/** One answer. A sample that is missing from the answer means no data, which is not zero. */
export interface Sample {
  labels: DimensionValues;
  /** In the indicator's unit. */
  value: number;
  /**
   * How many events (requests, calls, …) the value rests on; rules hold it against `min_requests`. Absent only where
   * it was not asked for.
   */
  count?: number;
}

/** Answers indicator questions from metric points. */
export interface MetricSource {
  /** Shown in messages and on the page, e.g. `local` or `prometheus http://…`. */
  readonly name: string;
  /** Of a source that is several: the name of the one that answers this question. Absent: it is one. */
  partFor?(question: Omit<IndicatorQuery, "atMs" | "windowS">): string;
  /**
   * @throws {QueryError} when the question cannot be answered now (source down, time-out) or ever (unknown
   * indicator, a dimension that metrics do not carry); `reason` says which.
   */
  query(question: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]>;
}
