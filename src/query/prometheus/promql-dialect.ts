import { type MetricNaming, PLAIN_NAMING, PROMETHEUS_NAMING, UNDERSCORE_NAMING } from "./metric-naming.js";

/**
 * In which series a backend keeps a histogram.
 *
 * - `native`: one series, its samples are histograms (Prometheus, Mimir)
 * - `vmrange`: `_bucket` by `vmrange`, each counting its own events, `_count` and `_sum` (VictoriaMetrics, exponential)
 * - `classic`: `_bucket` by `le`, each counting the events up to it, `_count` and `_sum` (explicit bounds)
 */
export type HistogramSeries = "native" | "vmrange" | "classic";

/** What a query must know of the backend that gets it. */
export interface PromQlDialect {
  naming: MetricNaming;
  /** Several where apps aggregate differently (`histogramBuckets`). No series is kept in two ways. */
  histograms: readonly [HistogramSeries, ...HistogramSeries[]];
}

/** Prometheus 3 as it comes, with exponential histograms. */
export const PROMETHEUS_DIALECT: PromQlDialect = { naming: PROMETHEUS_NAMING, histograms: ["native"] };
/** VictoriaMetrics as it comes, with exponential histograms. */
export const VICTORIAMETRICS_DIALECT: PromQlDialect = { naming: PLAIN_NAMING, histograms: ["vmrange"] };
/** Mimir as it comes, with exponential histograms. */
export const MIMIR_DIALECT: PromQlDialect = { naming: UNDERSCORE_NAMING, histograms: ["native"] };
