import type { MetricQuestion, MetricSelection } from "../indicators/metric-question.js";
import type { GrowthQuery, SeriesGrowth, SeriesPoints, TelemetryStore } from "../store/telemetry-store.js";
import { answerInTime } from "./answer-in-time.js";
import { answeringSide, indicatorOf } from "./answering-side.js";
import { clockSlots, slotLengthS } from "./clock-slots.js";
import { currentlyActive, highestActive, REPORT_REACH_US } from "./concurrency.js";
import { histogramQuantile } from "./histogram-quantile.js";
import type { IndicatorQuery, Sample } from "./metric-source.js";
import { type QueryWindow, queryWindow } from "./query-window.js";
import { groupSeries, passesAll, type SeriesGroup } from "./series-group.js";
import {
  type SampleSeries,
  type SeriesQuery,
  type SeriesSource,
  type SeriesTimes,
  seriesByQueries,
} from "./series-source.js";
import { shareCalls } from "./shared-calls.js";
import { sumHistograms } from "./sum-histograms.js";

type GrowthGroup = SeriesGroup<SeriesGrowth>;
type Groups = Map<string, GrowthGroup>;

/**
 * Answers indicators from the metric points of the local store, by the growth formula: what every series grew by in
 * `(at − window, at]`, added up. Exact at any traffic, since the store keeps deltas.
 */
export class LocalMetricSource implements SeriesSource {
  readonly name = "local";
  readonly #growth: (query: GrowthQuery) => Promise<SeriesGrowth[]>;
  readonly #points: (query: GrowthQuery) => Promise<SeriesPoints[]>;

  constructor(store: Pick<TelemetryStore, "growth" | "points">) {
    this.#growth = shareCalls((query) => store.growth(query));
    this.#points = shareCalls((query) => store.points(query));
  }

  async query(asked: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    answeringSide(asked, ["metrics"]);
    const { metricQuestion } = indicatorOf(asked);
    if (metricQuestion === undefined) return [];
    return answerInTime(asked.indicator, this.#answer(metricQuestion, asked, queryWindow(asked)), signal);
  }

  querySeries(asked: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]> {
    return seriesByQueries((atMs) => this.query({ ...asked, atMs }, signal), times, asked);
  }

  #answer(question: MetricQuestion, asked: IndicatorQuery, window: QueryWindow): Promise<Sample[]> {
    switch (question.ask) {
      case "current":
      case "peak":
        return this.#concurrency(question, asked, window);
      case "peak_rate":
        return this.#peakRate(question, asked, window);
      case "growth":
        return this.#counterGrowth(question, asked, window);
      default:
        return this.#fromEvents(question, asked, window);
    }
  }

  async #groups(metric: string, { by = [], where = {} }: IndicatorQuery, window: QueryWindow): Promise<Groups> {
    return groupSeries(metric, await this.#growth({ metric, ...window }), by, where);
  }

  async #fromEvents(
    question: Extract<MetricQuestion, { ask: "count" | "rate" | "sum" | "mean" | "quantile" | "percentage" }>,
    asked: IndicatorQuery,
    window: QueryWindow,
  ): Promise<Sample[]> {
    const groups = await this.#groups(question.of.metric, asked, window);
    return [...groups.values()].flatMap(({ labels, series }) => {
      const selected = series.filter((one) => passesAll(one, question.of.where));
      const count = eventsOf(selected);
      const value = evaluate(question, selected, count, asked.windowS);
      return value === undefined ? [] : [{ labels, value, count }];
    });
  }

  async #peakRate(
    { of, slotS }: Extract<MetricQuestion, { ask: "peak_rate" }>,
    asked: IndicatorQuery,
    window: QueryWindow,
  ): Promise<Sample[]> {
    const length = slotLengthS(asked.windowS, slotS);
    const slots = clockSlots(window, length);
    const best = new Map<string, Sample>();
    for (const groups of await Promise.all(slots.map((slot) => this.#groups(of.metric, asked, slot)))) {
      for (const [key, { labels, series }] of groups) {
        const count = eventsOf(series.filter((one) => passesAll(one, of.where)));
        const known = best.get(key);
        best.set(key, {
          labels,
          value: Math.max(known?.value ?? 0, count / length),
          count: (known?.count ?? 0) + count,
        });
      }
    }
    return [...best.values()];
  }

  async #counterGrowth(
    { of, events, zeroWhere }: Extract<MetricQuestion, { ask: "growth" }>,
    asked: IndicatorQuery,
    window: QueryWindow,
  ): Promise<Sample[]> {
    const none: Groups = new Map();
    const [grown, calls, zeros] = await Promise.all([
      this.#groups(of.metric, asked, window),
      this.#groups(events.metric, asked, window),
      zeroWhere === undefined ? none : this.#groups(zeroWhere.metric, asked, window),
    ]);
    return [...new Map([...zeros, ...grown])].map(([key, { labels }]) => ({
      labels,
      value: sumOf(selected(grown.get(key), of)),
      count: eventsOf(selected(calls.get(key), events)),
    }));
  }

  async #concurrency(
    question: Extract<MetricQuestion, { ask: "current" | "peak" }>,
    { by = [], where = {} }: IndicatorQuery,
    { fromUs, toUs }: QueryWindow,
  ): Promise<Sample[]> {
    const { metric } = question.of;
    const reach = question.ask === "current" ? toUs - REPORT_REACH_US : fromUs;
    const groups = groupSeries(metric, await this.#points({ metric, fromUs: reach, toUs }), by, where);
    return [...groups.values()].flatMap(({ labels, series }) => {
      const value = question.ask === "current" ? currentlyActive(series, toUs) : highestActive(series);
      return value === undefined ? [] : [{ labels, value, count: value }];
    });
  }
}

function evaluate(
  question: Extract<MetricQuestion, { ask: "count" | "rate" | "sum" | "mean" | "quantile" | "percentage" }>,
  series: SeriesGrowth[],
  count: number,
  windowS: number,
): number | undefined {
  switch (question.ask) {
    case "count":
      return count;
    case "rate":
      return count / windowS;
    case "sum":
      return sumOf(series);
    case "mean":
      return count > 0 ? sumOf(series) / count : undefined;
    case "quantile":
      return quantileOf(series, question.q);
    case "percentage":
      if (count === 0) return undefined;
      return (100 * eventsOf(series.filter((one) => passesAll(one, [question.matching])))) / count;
  }
}

function selected(group: GrowthGroup | undefined, { where }: MetricSelection): SeriesGrowth[] {
  return group?.series.filter((one) => passesAll(one, where)) ?? [];
}

function eventsOf(series: SeriesGrowth[]): number {
  return series.reduce((sum, { growth }) => sum + (typeof growth === "number" ? 0 : growth.count), 0);
}

function sumOf(series: SeriesGrowth[]): number {
  return series.reduce((sum, { growth }) => sum + (typeof growth === "number" ? growth : growth.sum), 0);
}

function quantileOf(series: SeriesGrowth[], q: number): number | undefined {
  const all = sumHistograms(series.flatMap(({ growth }) => (typeof growth === "number" ? [] : [growth])));
  return all && histogramQuantile(all, q);
}
