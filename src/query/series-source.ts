import type { DimensionValues } from "../indicators/dimension.js";
import type { IndicatorQuery, MetricSource, Sample } from "./metric-source.js";

/** Evenly spaced ends of windows, the first and the last included; Unix times in milliseconds. */
export interface SeriesTimes {
  fromMs: number;
  toMs: number;
  stepMs: number;
}

/** An indicator's values over time in one combination of split values. A time that is missing means no data. */
export interface SampleSeries {
  labels: DimensionValues;
  /** Oldest first; values in the indicator's unit, counts as in `Sample`. */
  points: { atMs: number; value: number; count?: number }[];
}

/** A question without its time. */
export interface SeriesQuery extends Omit<IndicatorQuery, "atMs" | "counts"> {
  /** With how many events each value rests on; charts need not know. Default false. */
  counts?: boolean;
}

/** Answers indicator questions at many times at once. */
export interface SeriesSource extends MetricSource {
  /** @throws {QueryError} as `query` does */
  querySeries(question: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]>;
}

export function timesOf({ fromMs, toMs, stepMs }: SeriesTimes): number[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, index) => fromMs + index * stepMs);
}

/** The series of a source that answers one time a question. */
export async function seriesByQueries(
  query: (atMs: number) => Promise<Sample[]>,
  times: SeriesTimes,
  asked: Pick<SeriesQuery, "counts"> = {},
): Promise<SampleSeries[]> {
  return seriesOf(await Promise.all(timesOf(times).map(query)), times, asked);
}

/** @param answers one for each of the times */
export function seriesOf(
  answers: readonly Sample[][],
  times: SeriesTimes,
  { counts = false }: Pick<SeriesQuery, "counts"> = {},
): SampleSeries[] {
  const found = new Map<string, SampleSeries>();
  for (const [i, atMs] of timesOf(times).entries()) {
    for (const { labels, value, count } of answers[i] ?? []) {
      const key = JSON.stringify(Object.entries(labels).sort());
      const series = found.get(key) ?? { labels, points: [] };
      found.set(key, series);
      series.points.push({ atMs, value, ...(counts && { count }) });
    }
  }
  return [...found.values()];
}
