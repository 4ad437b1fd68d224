import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type MetricReaderOptions,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import type { ExportSettings } from "./export-settings.js";

/** Buckets of an exponential histogram: P50 and P95 within 1 % over four decades. */
const MAX_BUCKETS = 160;

/**
 * How metrics are aggregated and from when they count. What an exporter of the app's own asks for wins; one that asks
 * for nothing, as most do, gets what the settings say.
 */
export function metricPreferences(
  { explicitBuckets, temporality }: Pick<ExportSettings, "explicitBuckets" | "temporality">,
  exporter: PushMetricExporter | undefined,
): Required<Pick<MetricReaderOptions, "aggregationSelector" | "aggregationTemporalitySelector">> {
  return {
    aggregationSelector: (instrument) => {
      const asked = exporter?.selectAggregation?.(instrument);
      if (asked !== undefined && asked.type !== AggregationType.DEFAULT) return asked;
      return instrument === InstrumentType.HISTOGRAM && !explicitBuckets ? EXPONENTIAL : DEFAULT;
    },
    aggregationTemporalitySelector: (instrument) =>
      exporter?.selectAggregationTemporality?.(instrument) ??
      (DELTA_INSTRUMENTS[temporality].has(instrument)
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE),
  };
}

const EXPONENTIAL: AggregationOption = {
  type: AggregationType.EXPONENTIAL_HISTOGRAM,
  options: { maxSize: MAX_BUCKETS, recordMinMax: true },
};
const DEFAULT: AggregationOption = { type: AggregationType.DEFAULT };

const { COUNTER, HISTOGRAM, OBSERVABLE_COUNTER } = InstrumentType;
const DELTA_INSTRUMENTS: Readonly<Record<ExportSettings["temporality"], ReadonlySet<InstrumentType>>> = {
  cumulative: new Set(),
  delta: new Set([COUNTER, HISTOGRAM, OBSERVABLE_COUNTER]),
  lowmemory: new Set([COUNTER, HISTOGRAM]),
};
