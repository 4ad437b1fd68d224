import type { DimensionValues } from "../indicators/dimension.js";
import type { IndicatorQuery, Sample } from "./metric-source.js";
import type { SampleSeries, SeriesQuery, SeriesTimes } from "./series-source.js";

/** A sample of `queries.top` is labelled with the query's text, which is no dimension. */
export interface RecordSample extends Sample {
  labels: DimensionValues & { query?: string };
}

/** Answers from request records what metrics must not carry: users, sessions, tenants, types, queries. */
export interface RecordSource {
  /** Shown in messages and on the page. */
  readonly name: string;
  /**
   * A request belongs to the window in which it ended, as in metrics. The local source misses one that began more
   * than 15 minutes before the window.
   *
   * @throws {QueryError} when the question cannot be answered now or ever; `reason` says which.
   */
  query(question: IndicatorQuery, signal?: AbortSignal): Promise<RecordSample[]>;
  /** @throws {QueryError} as `query` does */
  querySeries(question: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]>;
}
