import type { Dimension, DimensionValues } from "../../indicators/dimension.js";
import { attributePlaces, questionMetrics } from "../../indicators/metric-attribute.js";
import type { MetricQuestion } from "../../indicators/metric-question.js";
import { answerInTime } from "../answer-in-time.js";
import { answeringSide, indicatorOf } from "../answering-side.js";
import type { ExprQuery, ExprSample, ExprSeries, ExprSeriesSource } from "../expr-source.js";
import type { IndicatorQuery, Sample } from "../metric-source.js";
import { QueryError } from "../query-error.js";
import { queryWindow } from "../query-window.js";
import {
  type SampleSeries,
  type SeriesQuery,
  type SeriesSource,
  type SeriesTimes,
  seriesByQueries,
  timesOf,
} from "../series-source.js";
import { bucketQuantiles, vmrangeBuckets } from "./bucket-quantile.js";
import {
  compileGrownBuckets,
  compilePromQl,
  compileVmrangeBuckets,
  type PromQlOptions,
  type PromQlQueries,
} from "./compile-promql.js";
import { type Dialects, probeDialects } from "./dialect-probe.js";
import { metricName, PROMETHEUS_NAMING } from "./metric-naming.js";
import {
  type BucketSample,
  type PrometheusBackend,
  PrometheusClient,
  type PrometheusClientOptions,
  type VectorSample,
} from "./prometheus-client.js";
import type { HistogramSeries, PromQlDialect } from "./promql-dialect.js";
import { dimensionLabel, literal, matcher } from "./promql-selector.js";

/** How old a look at the backend's metrics may be: new apps may keep their histograms in another way. */
const LOOK_VALID_MS = 15_000;
/** A look over days costs as much as the chart that needs it, and what is new is seen by shorter ones. */
const LOOK_VALID_SHARE = 0.01;
/** Questions about now, its charts and what it is compared with take turns. */
const MOST_LOOKS = 8;
/** A shorter window may lie between two reports of an app. */
const SHORTEST_LOOK_S = 300;
/** Chainwatch sends these of every process, so series without them have lost them. */
const ALWAYS_SENT: readonly Dimension[] = ["service", "instance"];

type Asked = SeriesQuery;
type DialectOf = (metric: string) => PromQlDialect;
type Quantile = Extract<MetricQuestion, { ask: "quantile" }>;

/** A question and the times that its answer rests on. */
interface Inquiry {
  question: MetricQuestion;
  asked: Asked;
  toMs: number;
  reachS: number;
  signal: AbortSignal | undefined;
}

interface Look {
  toMs: number;
  reachS: number;
  done: Promise<Dialects>;
  /** Once it is done. */
  found?: Dialects;
}

/**
 * Answers indicators from a backend with the Prometheus query API, by the growth formula of `compilePromQl`. It finds
 * out by itself how the backend names metrics and keeps histograms.
 */
export class PrometheusSource implements SeriesSource, ExprSeriesSource {
  readonly name: string;
  readonly #client: PrometheusClient;
  /** The newest first. */
  #looks: readonly Look[] = [];

  constructor(backend: PrometheusBackend, options: PrometheusClientOptions = {}) {
    this.#client = new PrometheusClient(backend, options);
    this.name = this.#client.name;
  }

  async query(asked: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    queryWindow(asked);
    const { windowS: reachS, atMs: toMs, counts = true } = asked;
    const inquiry = { question: metricQuestionOf(asked), asked: { ...asked, counts }, toMs, reachS, signal };
    return answerInTime(
      asked.indicator,
      this.#answer(inquiry, (dialectOf) => this.#samples(inquiry, dialectOf)),
      signal,
    );
  }

  async querySeries(asked: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]> {
    const { fromMs, toMs } = times;
    queryWindow({ ...asked, atMs: toMs });
    const reachS = asked.windowS + (toMs - fromMs) / 1000;
    const inquiry = { question: metricQuestionOf(asked), asked, toMs, reachS, signal };
    return answerInTime(asked.indicator, this.#series(inquiry, times), signal);
  }

  queryExpr({ expr, atMs }: ExprQuery, signal?: AbortSignal): Promise<ExprSample[]> {
    return answerInTime(expr, this.#client.instant(expr, atMs, signal), signal);
  }

  queryExprSeries(expr: string, times: SeriesTimes, signal?: AbortSignal): Promise<ExprSeries[]> {
    return answerInTime(expr, this.#client.range(expr, times, signal), signal);
  }

  async #samples({ question, asked, toMs, signal }: Inquiry, dialectOf: DialectOf): Promise<Sample[]> {
    const options = compileOptions(asked, toMs, dialectOf);
    const [values, counts] = await Promise.all([
      this.#values(question, options, toMs, signal),
      asked.counts ? this.#client.instant(compilePromQl(question, options).count, toMs, signal) : [],
    ]);
    const { of } = question;
    const { metric } = eventsOf(question);
    const countOf = new Map(
      counts.map(({ labels, value }) => [keyOf(asked, splitValues(metric, asked, labels, dialectOf)), value]),
    );
    return values.filter(isNumber).map(({ labels: series, value }): Sample => {
      const labels = splitValues(of.metric, asked, series, dialectOf);
      return { labels, value, ...(asked.counts && { count: countOf.get(keyOf(asked, labels)) ?? 0 }) };
    });
  }

  async #values(
    question: MetricQuestion,
    options: PromQlOptions,
    atMs: number,
    signal: AbortSignal | undefined,
  ): Promise<VectorSample[]> {
    if (!isBucketQuantile(question, options.dialectOf)) {
      return this.#client.instant(compilePromQl(question, options).value, atMs, signal);
    }
    const { of, q } = question;
    const kinds = options.dialectOf(of.metric).histograms;
    const [exponential, classic] = await Promise.all([
      Promise.all(kinds.map((kind) => this.#exponentialBuckets(of, kind, options, atMs, signal))),
      kinds.includes("classic") ? this.#client.instant(compileGrownBuckets(of, "classic", options), atMs, signal) : [],
    ]);
    return bucketQuantiles(exponential.flat(), classic, q);
  }

  async #exponentialBuckets(
    of: Quantile["of"],
    kind: HistogramSeries,
    options: PromQlOptions,
    atMs: number,
    signal: AbortSignal | undefined,
  ): Promise<BucketSample[]> {
    if (kind === "classic") return [];
    if (kind === "native") return this.#client.buckets(compileGrownBuckets(of, kind, options), atMs, signal);
    const { last, before } = compileVmrangeBuckets(of, options);
    return vmrangeBuckets(
      ...(await Promise.all([this.#client.instant(last, atMs, signal), this.#client.instant(before, atMs, signal)])),
    );
  }

  #series(inquiry: Inquiry, times: SeriesTimes): Promise<SampleSeries[]> {
    return this.#answer(inquiry, async (dialectOf) => {
      const { question, asked, signal } = inquiry;
      const queriesAt = (atMs: number): PromQlQueries =>
        compilePromQl(question, compileOptions(asked, atMs, dialectOf));
      const [promQl = "", ...others] = new Set(timesOf(times).map((atMs) => queriesAt(atMs).value));
      // Clock slots that a window cuts are other pieces at other times, unless the step is a multiple of theirs.
      if (others.length > 0 || isBucketQuantile(question, dialectOf)) {
        return seriesByQueries((toMs) => this.#samples({ ...inquiry, toMs }, dialectOf), times, asked);
      }
      const [matrix, counts] = await Promise.all([
        this.#client.range(promQl, times, signal),
        // Where the question is the same at all times, so is what it counts.
        asked.counts ? this.#client.range(queriesAt(times.toMs).count, times, signal) : [],
      ]);
      const { metric } = eventsOf(question);
      const countsOf = new Map(
        counts.map(({ labels, points }) => [
          keyOf(asked, splitValues(metric, asked, labels, dialectOf)),
          new Map(points.map(({ atMs, value }) => [atMs, value])),
        ]),
      );
      return matrix
        .map(({ labels: series, points }) => {
          const labels = splitValues(question.of.metric, asked, series, dialectOf);
          const countAt = countsOf.get(keyOf(asked, labels));
          const withCount = (atMs: number) => (asked.counts ? { count: countAt?.get(atMs) ?? 0 } : {});
          return {
            labels,
            points: points.filter(isNumber).map((point) => ({ ...point, ...withCount(point.atMs) })),
          };
        })
        .filter(({ points }) => points.length > 0);
    });
  }

  /** Asks in the dialects that the backend has in the time that the answer rests on. */
  async #answer<Answer extends { labels: DimensionValues }>(
    inquiry: Inquiry,
    ask: (dialectOf: DialectOf) => Promise<Answer[]>,
  ): Promise<Answer[]> {
    const metrics = questionMetrics(inquiry.question);
    const own = await this.#look(inquiry);
    // A look over a long window is not made often. What is new since then is found by one that costs little.
    if (!metrics.some((metric) => own.has(metric))) await this.#look({ ...inquiry, reachS: SHORTEST_LOOK_S });
    inquiry.signal?.throwIfAborted();
    const dialects = mergeDialects([own, ...this.#looks.flatMap(({ found }) => found ?? [])]);
    if (!metrics.some((metric) => dialects.has(metric))) return [];
    const answer = await ask(dialectIn(dialects, metrics));
    await this.#requireLabels(inquiry, dialects.get(inquiry.question.of.metric), answer);
    return answer;
  }

  /**
   * Finds out what is there at that time, again and again: apps that start may keep their histograms in another way,
   * and a backend can be set up anew. Others' looks at the same time, or a moment ago, will do.
   */
  async #look({ question, toMs, reachS: askedS }: Inquiry): Promise<Dialects> {
    const reachS = Math.max(askedS, SHORTEST_LOOK_S);
    const costMs = reachS * 1000 * LOOK_VALID_SHARE;
    const metrics = questionMetrics(question);
    const validMs = ({ found }: Look): number => {
      const isEmpty = found !== undefined && !metrics.some((metric) => found.has(metric));
      // An app's first figures, and its first alert, should not wait for long.
      return isEmpty ? costMs : Math.max(LOOK_VALID_MS, costMs);
    };
    const valid = this.#looks.find((look) => Math.abs(toMs - look.toMs) < validMs(look) && look.reachS >= reachS);
    if (valid !== undefined) return valid.done;
    const look: Look = { toMs, reachS, done: probeDialects(this.#client, toMs, reachS) };
    this.#looks = [look, ...this.#looks].slice(0, MOST_LOOKS);
    try {
      look.found = await look.done;
      return look.found;
    } catch (error) {
      this.#looks = this.#looks.filter((other) => other !== look);
      throw error;
    }
  }

  /**
   * A backend that does not turn resource attributes into labels would find no data for a filter by one, and a single
   * group for a split.
   *
   * @throws {QueryError} `unsupported_dimension`
   */
  async #requireLabels(
    { question, asked, toMs, reachS, signal }: Inquiry,
    dialect: PromQlDialect | undefined,
    answer: readonly { labels: DimensionValues }[],
  ): Promise<void> {
    const { metric } = question.of;
    const { by = [], where = {} } = asked;
    const unanswered = [
      ...by.filter((dimension) => answer.some(({ labels }) => labels[dimension] === undefined)),
      ...(answer.length === 0 ? (Object.keys(where) as Dimension[]) : []),
    ].filter((dimension) => attributePlaces(metric, dimension)[0]?.on === "resource");
    if (unanswered.length === 0 || dialect === undefined) return;

    const times = { fromMs: toMs - reachS * 1000, toMs };
    const labelsOf = (name: string): Promise<string[]> =>
      this.#client.labelNames(`{${matcher("__name__", "=~", name)}}`, times, signal);
    const label = (dimension: Dimension): string => dimensionLabel(metric, dimension, dialect.naming) ?? dimension;
    const labels = await labelsOf(`${literal(metricName(metric, dialect.naming))}(_count)?`);
    const missing = unanswered.filter((dimension) => !labels.includes(label(dimension)));
    if (missing.length === 0 || labels.length === 0) return;
    // An app need not say its environment or release. Prometheus has what it did say on target_info.
    const targetLabels = labels.includes(label("service")) ? await labelsOf("target_info") : missing.map(label);
    const lost = missing.find(
      (dimension) => ALWAYS_SENT.includes(dimension) || targetLabels.includes(label(dimension)),
    );
    if (lost !== undefined) throw this.#lostLabel(metric, lost, label(lost));
  }

  #lostLabel(metric: string, dimension: Dimension, label: string): QueryError {
    const attribute = attributePlaces(metric, dimension)[0]?.attribute;
    return new QueryError(
      "unsupported_dimension",
      `${this.name}: ${metric} has no label ${label} there, so nothing can be split or filtered by ${dimension}. Let the backend turn the resource attribute ${attribute} into a label: in Prometheus list it in otlp.promote_resource_attributes, in VictoriaMetrics set -opentelemetry.promoteAllResourceAttributes`,
    );
  }
}

/** @throws {QueryError} for what metrics cannot answer */
function metricQuestionOf(asked: Asked): MetricQuestion {
  answeringSide(asked, ["metrics"]);
  const { metricQuestion } = indicatorOf(asked);
  if (metricQuestion !== undefined) return metricQuestion;
  throw new QueryError("unsupported_dimension", `${asked.indicator}: only request records can answer this`);
}

/** Whether no backend's function will do: that of VictoriaMetrics is too high, and none takes two kinds. */
function isBucketQuantile(question: MetricQuestion, dialectOf: DialectOf): question is Quantile {
  if (question.ask !== "quantile") return false;
  const { histograms } = dialectOf(question.of.metric);
  return histograms.length > 1 || histograms[0] === "vmrange";
}

/**
 * The naming is that of the first look that found the instrument. A kind of histogram that another look found costs an
 * empty selection; without it, events of its apps are left out.
 */
function mergeDialects(looks: readonly Dialects[]): Dialects {
  const merged = new Map<string, PromQlDialect>();
  for (const look of looks) {
    for (const [metric, { naming, histograms }] of look) {
      const known = merged.get(metric);
      if (known !== undefined && known.naming !== naming) continue;
      const [first, ...others] = known?.histograms ?? histograms;
      const more = new Set([...others, ...histograms].filter((kind) => kind !== first));
      merged.set(metric, { naming, histograms: [first, ...more] });
    }
  }
  return merged;
}

/** An instrument that the backend does not have is asked for by names that every backend can be asked for. */
function dialectIn(dialects: Dialects, metrics: readonly string[]): DialectOf {
  const neighbour = metrics.map((metric) => dialects.get(metric)).find((dialect) => dialect !== undefined);
  const unknown: PromQlDialect = { naming: neighbour?.naming ?? PROMETHEUS_NAMING, histograms: ["classic"] };
  return (metric) => dialects.get(metric) ?? unknown;
}

function compileOptions(
  { windowS: window, by = [], where = {} }: Asked,
  atMs: number,
  dialectOf: DialectOf,
): PromQlOptions {
  const matchers = (Object.entries(where) as [Dimension, string][]).map(
    ([dimension, value]) => ({ dimension, operator: "=", value }) as const,
  );
  return { dialectOf, window, atMs, by, where: matchers };
}

/** What `count` counts. */
function eventsOf(question: MetricQuestion): MetricQuestion["of"] {
  return question.ask === "growth" ? (question.events ?? question.of) : question.of;
}

function splitValues(
  metric: string,
  { by = [] }: Asked,
  labels: Readonly<Record<string, string>>,
  dialectOf: DialectOf,
): DimensionValues {
  const values: DimensionValues = {};
  for (const dimension of by) {
    const label = dimensionLabel(metric, dimension, dialectOf(metric).naming);
    const value = label === undefined ? undefined : labels[label];
    if (value) values[dimension] = value;
  }
  return values;
}

function keyOf({ by = [] }: Asked, values: DimensionValues): string {
  return JSON.stringify(by.map((dimension) => values[dimension] ?? null));
}

/** PromQL answers NaN for a percentile of nothing. */
function isNumber({ value }: { value: number }): boolean {
  return Number.isFinite(value);
}
