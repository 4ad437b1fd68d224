import { addsUp } from "../../indicators/adds-up.js";
import { CATALOGUE, findIndicator } from "../../indicators/catalogue.js";
import type { Dimension, DimensionValues } from "../../indicators/dimension.js";
import type { Indicator, IndicatorUnit } from "../../indicators/indicator.js";
import type { BilingualText } from "../../indicators/language.js";
import { type BoardFigures, boardFigures } from "../../query/board-figures.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../query/metric-source.js";
import { LONGEST_WINDOW_S } from "../../query/query-window.js";
import {
  type SampleSeries,
  type SeriesQuery,
  type SeriesSource,
  type SeriesTimes,
  timesOf,
} from "../../query/series-source.js";
import { answered } from "./answered.js";
import { ApiError } from "./api-error.js";
import type { QueryParameters } from "./query-parameters.js";

/** The answer of `/api/indicators/:id`. */
export interface SamplesView {
  indicator: string;
  name: BilingualText;
  unit: IndicatorUnit;
  window_s: number;
  /** The end of the window, ISO 8601 in UTC. */
  at: string;
  /** Empty: no data. */
  samples: Sample[];
}

/** The answer of `/api/samples`: several indicators over one window, without the counts of their samples. */
export interface SamplesListView {
  /** With a limit: of the values of the split that have the most of the first indicator. */
  indicators: SamplesView[];
  /** How many values of the split are left out. */
  others: number;
  /** The first indicator's sum over all values, also those that are left out; absent where values do not add up. */
  total?: number;
}

/** No value means no data in the window that ended then, which is not zero. */
export interface SeriesPoint {
  /** ISO 8601 in UTC. */
  at: string;
  value?: number;
}

interface SeriesHead {
  indicator: string;
  unit: IndicatorUnit;
  window_s: number;
  step_s: number;
}

/** The answer of `/api/indicators/:id/series` without `by`. */
export interface SeriesView extends SeriesHead {
  /** Oldest first. */
  points: SeriesPoint[];
}

/** The answer of `/api/indicators/:id/series` with `by`. */
export interface SplitSeriesView extends SeriesHead {
  /** The largest first, by their sum where values add up, else by their mean. All have the same times. */
  series: { labels: DimensionValues; points: SeriesPoint[] }[];
  /** How many smaller ones are left out. */
  others: number;
}

/** The answer of `/api/series`: several indicators at the same times. */
export interface SeriesListView {
  indicators: SeriesView[];
}

interface Question {
  windowS: number;
  atMs: number;
  by: Dimension[];
  where: DimensionValues;
}

const WINDOW = { least: 1, most: LONGEST_WINDOW_S, whole: false } as const;

function question(query: QueryParameters, nowMs: number): Question {
  return {
    windowS: query.number("window", WINDOW) ?? 300,
    atMs: query.timeMs("at") ?? nowMs,
    by: query.dimensions("by"),
    where: query.dimensionValues("where"),
  };
}

/** Every indicator that is one figure. A filter that some of them cannot answer is refused as a whole. */
export async function indicatorsView(
  source: MetricSource,
  query: QueryParameters,
  nowMs: number,
): Promise<BoardFigures> {
  const { by, where, ...window } = question(query, nowMs);
  const compare = query.oneOf("compare", ["hour"]);
  query.end();
  if (by.length > 0) {
    throw new ApiError(400, "the board has one figure an indicator; split one at /api/indicators/:id?by=…");
  }
  const filtered: MetricSource = {
    name: source.name,
    query: (asked, signal) => source.query({ ...asked, where }, signal),
  };
  return answered(boardFigures(filtered, { ...window, compare }));
}

/** @throws {ApiError} 404 for an unknown indicator, 400 for what it cannot be asked */
export async function samplesView(
  source: MetricSource,
  id: string,
  query: QueryParameters,
  nowMs: number,
): Promise<SamplesView> {
  known(id);
  const asked = question(query, nowMs);
  query.end();
  return answered(askSamples(source, { indicator: id, ...asked }));
}

/** @throws {QueryError} */
export async function askSamples(source: MetricSource, asked: IndicatorQuery): Promise<SamplesView> {
  const { id, name, unit } = known(asked.indicator);
  const samples = await source.query(asked);
  return { indicator: id, name, unit, window_s: asked.windowS, at: new Date(asked.atMs).toISOString(), samples };
}

/** Several indicators over one window and split, for pages that show them side by side. */
export async function samplesListView(
  source: MetricSource,
  query: QueryParameters,
  nowMs: number,
): Promise<SamplesListView> {
  const ids = knownIds(query);
  const asked = question(query, nowMs);
  const limit = query.number("limit", { least: 1, most: 1_000, whole: true });
  query.end();
  const indicators = await answered(
    Promise.all(ids.map((indicator) => askSamples(source, { indicator, ...asked, counts: false }))),
  );
  // What is said to be nothing is as what is not said.
  const splitValue = ({ labels }: Sample): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([, value]) => value !== "")
        .sort(),
    );
  const ranked = (indicators[0]?.samples ?? []).toSorted((a, b) => b.value - a.value);
  const values = new Set([...ranked, ...indicators.flatMap(({ samples }) => samples)].map(splitValue));
  const shown = new Set([...values].slice(0, limit));
  return {
    indicators: indicators.map((each) => ({
      ...each,
      samples: each.samples.filter((sample) => shown.has(splitValue(sample))),
    })),
    others: values.size - shown.size,
    ...(addsUp(known(ids[0] as string)) && { total: ranked.reduce((sum, { value }) => sum + value, 0) }),
  };
}

/** The indicator at evenly spaced times. */
export async function seriesView(
  source: SeriesSource,
  id: string,
  query: QueryParameters,
  nowMs: number,
): Promise<SeriesView | SplitSeriesView> {
  const indicator = known(id);
  const { times, ...asked } = seriesQuestion(query, nowMs);
  const by = query.dimensions("by");
  const limit = query.number("limit", { least: 1, most: 50, whole: true }) ?? 8;
  query.end();
  refuseList(indicator);
  if (by.length === 0) return answered(seriesAt(source, { indicator: id, ...asked }, times));
  return answered(splitSeriesAt(source, { indicator: id, ...asked, by }, times, limit));
}

/** Several indicators at the same times: a source that shares equal calls reads each instrument once. */
export async function seriesListView(
  source: SeriesSource,
  query: QueryParameters,
  nowMs: number,
): Promise<SeriesListView> {
  const ids = knownIds(query);
  const { times, ...asked } = seriesQuestion(query, nowMs);
  query.end();
  for (const id of ids) refuseList(known(id));
  const indicators = ids.map((indicator) => seriesAt(source, { indicator, ...asked }, times));
  return { indicators: await answered(Promise.all(indicators)) };
}

/** The most points of a series. */
const MOST_POINTS = 400;

/**
 * With `from` and `to`, the first window begins at `from` and the last ends at `to` or less than a step before. Else
 * the newest points, at multiples of the step, so that two readers see the same ones.
 */
function seriesQuestion(
  query: QueryParameters,
  nowMs: number,
): { windowS: number; where: DimensionValues; times: SeriesTimes } {
  const stepS = query.number("step", { least: 5, most: 86_400, whole: true }) ?? 60;
  const count = query.number("points", { least: 1, most: MOST_POINTS, whole: true });
  const fromMs = query.timeMs("from");
  const toMs = query.timeMs("to");
  const windowS = query.number("window", WINDOW) ?? stepS;
  const where = query.dimensionValues("where");
  if (fromMs === undefined && toMs === undefined) {
    return { windowS, where, times: newestTimes({ stepS, count: count ?? 30, nowMs }) };
  }
  if (fromMs === undefined || toMs === undefined || count !== undefined) {
    throw new ApiError(400, "expected from and to together, or points, not both");
  }
  const steps = Math.floor((toMs - fromMs) / (stepS * 1000));
  if (steps < 1 || steps > MOST_POINTS) {
    const expected = `a step of which from 1 to ${MOST_POINTS} lie between from and to`;
    throw new ApiError(400, `parameter "step": expected ${expected}, found ${steps} of ${stepS} s`);
  }
  const stepMs = stepS * 1000;
  return { windowS, where, times: { fromMs: fromMs + stepMs, toMs: fromMs + steps * stepMs, stepMs } };
}

function newestTimes({ stepS, count, nowMs }: NewestPoints): SeriesTimes {
  const stepMs = stepS * 1000;
  const lastMs = Math.floor(nowMs / stepMs) * stepMs;
  return { fromMs: lastMs - (count - 1) * stepMs, toMs: lastMs, stepMs };
}

interface NewestPoints {
  stepS: number;
  count: number;
  nowMs: number;
}

/**
 * The newest points of an indicator, the last at the last multiple of the step.
 *
 * @throws {QueryError}
 */
export async function askSeries(source: SeriesSource, asked: SeriesQuery, newest: NewestPoints): Promise<SeriesView> {
  return seriesAt(source, asked, newestTimes(newest));
}

async function seriesAt(source: SeriesSource, asked: SeriesQuery, times: SeriesTimes): Promise<SeriesView> {
  const [series] = await source.querySeries(asked, times);
  return { ...headOf(asked, times), points: pointsAt(times, series) };
}

async function splitSeriesAt(
  source: SeriesSource,
  asked: SeriesQuery,
  times: SeriesTimes,
  limit: number,
): Promise<SplitSeriesView> {
  const all = await source.querySeries(asked, times);
  const largest = all
    .map((series) => ({ series, size: sizeOf(series, asked.indicator) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, limit);
  return {
    ...headOf(asked, times),
    series: largest.map(({ series }) => ({ labels: series.labels, points: pointsAt(times, series) })),
    others: all.length - largest.length,
  };
}

function headOf({ indicator, windowS }: SeriesQuery, { stepMs }: SeriesTimes): SeriesHead {
  return { indicator, unit: known(indicator).unit, window_s: windowS, step_s: stepMs / 1000 };
}

function pointsAt(times: SeriesTimes, series: SampleSeries | undefined): SeriesPoint[] {
  const values = new Map(series?.points.map(({ atMs, value }) => [atMs, value]));
  return timesOf(times).map((atMs) => {
    const value = values.get(atMs);
    return { at: new Date(atMs).toISOString(), ...(value !== undefined && { value }) };
  });
}

function sizeOf({ points }: SampleSeries, id: string): number {
  const sum = points.reduce((total, { value }) => total + value, 0);
  return addsUp(known(id)) ? sum : sum / points.length;
}

/** The comma-separated `ids`. */
function knownIds(query: QueryParameters): string[] {
  const ids = query.text("ids")?.split(",") ?? [];
  if (ids.length === 0) throw new ApiError(400, 'parameter "ids": expected indicators, separated by commas');
  return [...new Set(ids.map((id) => known(id, 400).id))];
}

function refuseList({ id, list }: Indicator): void {
  if (list) throw new ApiError(400, `${id} answers with a list, which has no series: ask /api/indicators/${id}`);
}

function known(id: string, status: 400 | 404 = 404): Indicator {
  const indicator = findIndicator(id);
  if (indicator) return indicator;
  const ids = CATALOGUE.map((each) => each.id).join(", ");
  throw new ApiError(status, `no indicator ${JSON.stringify(id.slice(0, 80))}`, {
    expected: `one of ${ids}`,
    found: id.slice(0, 80),
  });
}
