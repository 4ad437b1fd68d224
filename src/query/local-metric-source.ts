import type { MetricQuestion, MetricSelection } from "../indicators/metric-question.js";
import type { GrowthQuery, PointsQuery, SeriesGrowth, SeriesPoints, TelemetryStore } from "../store/telemetry-store.js";
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
  seriesOf,
  timesOf,
} from "./series-source.js";
import { shareCalls } from "./shared-calls.js";
import { sumHistograms } from "./sum-histograms.js";
import { toldAttributes } from "./told-attributes.js";

/** A question without its time. */
type Asked = Omit<IndicatorQuery, "atMs">;
type GrowthGroup = SeriesGroup<SeriesGrowth>;
type Groups = Map<string, GrowthGroup>;

/**
 * Answers indicators from the metric points of the local store, by the growth formula: what every series grew by in
 * `(at − window, at]`, added up. Exact at any traffic, since the store keeps deltas. All times of a series are asked
 * of the store in one go.
 */
export class LocalMetricSource implements SeriesSource {
  readonly name = "local";
  readonly #growth: (query: GrowthQuery) => Promise<SeriesGrowth[][]>;
  readonly #points: (query: PointsQuery) => Promise<SeriesPoints[][]>;

  constructor(store: Pick<TelemetryStore, "growth" | "points">) {
    this.#growth = shareCalls((query) => store.growth(query));
    this.#points = shareCalls((query) => store.points(query));
  }

  async query(asked: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    const [samples = []] = await this.#answers(asked, [asked.atMs], signal);
    return samples;
  }

  async querySeries(asked: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]> {
    return seriesOf(await this.#answers(asked, timesOf(times), signal), times, asked);
  }

  /** A list of samples for each time. */
  async #answers(asked: Asked, timesMs: readonly number[], signal: AbortSignal | undefined): Promise<Sample[][]> {
    answeringSide(asked, ["metrics"]);
    const { metricQuestion } = indicatorOf(asked);
    if (metricQuestion === undefined) return [];
    const windows = timesMs.map((atMs) => queryWindow({ ...asked, atMs }));
    return answerInTime(asked.indicator, this.#answer(metricQuestion, asked, windows), signal);
  }

  #answer(question: MetricQuestion, asked: Asked, windows: readonly QueryWindow[]): Promise<Sample[][]> {
    switch (question.ask) {
      case "current":
      case "peak":
        return this.#concurrency(question, asked, windows);
      case "peak_rate":
        return this.#peakRate(question, asked, windows);
      case "growth":
        return this.#counterGrowth(question, asked, windows);
      case "share":
        return this.#counterShare(question, asked, windows);
      default:
        return this.#fromEvents(question, asked, windows);
    }
  }

  /** The groups of each window. */
  async #groups(metric: string, { by = [], where = {} }: Asked, windows: readonly QueryWindow[]): Promise<Groups[]> {
    const attributes = toldAttributes(metric, { by, where });
    const growths = await this.#growth({ metric, windows, attributes });
    return growths.map((series) => groupSeries(metric, series, by, where));
  }

  async #fromEvents(
    question: Extract<MetricQuestion, { ask: "count" | "rate" | "sum" | "mean" | "quantile" | "percentage" }>,
    asked: Asked,
    windows: readonly QueryWindow[],
  ): Promise<Sample[][]> {
    const answers = await this.#groups(question.of.metric, asked, windows);
    return answers.map((groups) =>
      [...groups.values()].flatMap(({ labels, series }) => {
        const selected = series.filter((one) => passesAll(one, question.of.where));
        const count = eventsOf(selected);
        const value = evaluate(question, selected, count, asked.windowS);
        return value === undefined ? [] : [{ labels, value, count }];
      }),
    );
  }

  async #peakRate(
    { of, slotS }: Extract<MetricQuestion, { ask: "peak_rate" }>,
    asked: Asked,
    windows: readonly QueryWindow[],
  ): Promise<Sample[][]> {
    const length = slotLengthS(asked.windowS, slotS);
    const slots = windows.map((window) => clockSlots(window, length));
    const answers = await this.#groups(of.metric, asked, slots.flat());
    let first = 0;
    return slots.map(({ length: count }) => {
      first += count;
      return busiest(answers.slice(first - count, first), of, length);
    });
  }

  async #counterGrowth(
    { of, events, zeroWhere }: Extract<MetricQuestion, { ask: "growth" }>,
    asked: Asked,
    windows: readonly QueryWindow[],
  ): Promise<Sample[][]> {
    const [grown, calls, zeros] = await Promise.all([
      this.#groups(of.metric, asked, windows),
      events === undefined ? [] : this.#groups(events.metric, asked, windows),
      zeroWhere === undefined ? [] : this.#groups(zeroWhere.metric, asked, windows),
    ]);
    return windows.map((_, i) => {
      const known = new Map([...(zeros[i] ?? []), ...(grown[i] ?? [])]);
      return [...known].map(([key, { labels }]) => {
        const value = sumOf(selected(grown[i]?.get(key), of));
        const count = events === undefined ? value : eventsOf(selected(calls[i]?.get(key), events));
        return { labels, value, count };
      });
    });
  }

  async #counterShare(
    { of, others }: Extract<MetricQuestion, { ask: "share" }>,
    asked: Asked,
    windows: readonly QueryWindow[],
  ): Promise<Sample[][]> {
    const [grown, rest] = await Promise.all([
      this.#groups(of.metric, asked, windows),
      this.#groups(others.metric, asked, windows),
    ]);
    return windows.map((_, i) => {
      const known = new Map([...(rest[i] ?? []), ...(grown[i] ?? [])]);
      return [...known].flatMap(([key, { labels }]) => {
        const part = sumOf(selected(grown[i]?.get(key), of));
        const count = part + eventsOf(selected(rest[i]?.get(key), others));
        return count === 0 ? [] : [{ labels, value: (100 * part) / count, count }];
      });
    });
  }

  async #concurrency(
    question: Extract<MetricQuestion, { ask: "current" | "peak" }>,
    { by = [], where = {} }: Asked,
    windows: readonly QueryWindow[],
  ): Promise<Sample[][]> {
    const { metric } = question.of;
    const isCurrent = question.ask === "current";
    const read = windows.map(({ fromUs, toUs }) => ({ fromUs: isCurrent ? toUs - REPORT_REACH_US : fromUs, toUs }));
    const answers = await this.#points({ metric, windows: read });
    return answers.map((all, i) =>
      [...groupSeries(metric, all, by, where).values()].flatMap(({ labels, series }) => {
        const value = isCurrent ? currentlyActive(series, (read[i] as QueryWindow).toUs) : highestActive(series);
        return value === undefined ? [] : [{ labels, value, count: value }];
      }),
    );
  }
}

/** The highest rate of each group, of slots of so many seconds. */
function busiest(slots: readonly Groups[], of: MetricSelection, slotS: number): Sample[] {
  const best = new Map<string, Sample>();
  for (const groups of slots) {
    for (const [key, { labels, series }] of groups) {
      const count = eventsOf(series.filter((one) => passesAll(one, of.where)));
      const known = best.get(key);
      best.set(key, {
        labels,
        value: Math.max(known?.value ?? 0, count / slotS),
        count: (known?.count ?? 0) + count,
      });
    }
  }
  return [...best.values()];
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
