import { CATALOGUE, findIndicator } from "../../indicators/catalogue.js";
import type { Dimension, DimensionValues } from "../../indicators/dimension.js";
import type { Indicator, IndicatorUnit } from "../../indicators/indicator.js";
import type { BilingualText } from "../../indicators/language.js";
import { type BoardFigures, boardFigures } from "../../query/board-figures.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../query/metric-source.js";
import { QueryError } from "../../query/query-error.js";
import { LONGEST_WINDOW_S } from "../../query/query-window.js";
import { type SeriesQuery, type SeriesSource, type SeriesTimes, timesOf } from "../../query/series-source.js";
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

/** The answer of `/api/indicators/:id/series`. */
export interface SeriesView {
  indicator: string;
  unit: IndicatorUnit;
  window_s: number;
  step_s: number;
  /** Oldest first. No value means no data in the window that ended then. */
  points: { at: string; value?: number }[];
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

/** The indicator at evenly spaced times that are multiples of the step, so that two readers see the same points. */
export async function seriesView(
  source: SeriesSource,
  id: string,
  query: QueryParameters,
  nowMs: number,
): Promise<SeriesView> {
  const indicator = known(id);
  const stepS = query.number("step", { least: 5, most: 86_400, whole: true }) ?? 60;
  const count = query.number("points", { least: 1, most: 120, whole: true }) ?? 30;
  const windowS = query.number("window", WINDOW) ?? stepS;
  const where = query.dimensionValues("where");
  query.end();
  if (indicator.list) {
    throw new ApiError(400, `${id} answers with a list, which has no series: ask /api/indicators/${id}`);
  }
  return answered(askSeries(source, { indicator: id, windowS, where }, { stepS, count, nowMs }));
}

/**
 * The newest points of an indicator, the last at the last multiple of the step.
 *
 * @throws {QueryError}
 */
export async function askSeries(
  source: SeriesSource,
  asked: SeriesQuery,
  { stepS, count, nowMs }: { stepS: number; count: number; nowMs: number },
): Promise<SeriesView> {
  const { id, unit } = known(asked.indicator);
  const stepMs = stepS * 1000;
  const lastMs = Math.floor(nowMs / stepMs) * stepMs;
  const times: SeriesTimes = { fromMs: lastMs - (count - 1) * stepMs, toMs: lastMs, stepMs };
  const [series] = await source.querySeries(asked, times);
  const values = new Map(series?.points.map(({ atMs, value }) => [atMs, value]));
  const points = timesOf(times).map((atMs) => {
    const value = values.get(atMs);
    return { at: new Date(atMs).toISOString(), ...(value !== undefined && { value }) };
  });
  return { indicator: id, unit, window_s: asked.windowS, step_s: stepS, points };
}

function known(id: string): Indicator {
  const indicator = findIndicator(id);
  if (indicator) return indicator;
  const ids = CATALOGUE.map((each) => each.id).join(", ");
  throw new ApiError(404, `no indicator ${JSON.stringify(id.slice(0, 80))}`, {
    expected: `one of ${ids}`,
    found: id.slice(0, 80),
  });
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const down = error.reason === "timeout" || error.reason === "source_failed";
    throw new ApiError(down ? 503 : 400, error.message);
  }
}
