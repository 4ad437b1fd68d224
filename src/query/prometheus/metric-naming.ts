import {
  METRIC_LLM_COST,
  METRIC_LLM_RETRIES,
  METRIC_LLM_TOKENS,
  METRIC_OPERATION_DURATION,
  METRIC_PRICE_UNKNOWN,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_ACTIVE_PEAK,
  METRIC_REQUEST_COST,
  METRIC_REQUEST_DURATION,
  METRIC_REQUEST_TOKENS,
  METRIC_TELEMETRY_DROPPED,
  METRIC_TELEMETRY_ERRORS,
  METRIC_TIME_TO_FIRST_CHUNK,
  METRIC_TOOL_DURATION,
} from "../../instrument/semconv.js";

/** How a backend writes OpenTelemetry's names of metrics and attributes. */
export interface MetricNaming {
  /** What stands between the words of a name, in metrics and labels alike. */
  separator: "_" | ".";
  /** Whether the unit and a counter's `total` are part of a metric's name. */
  suffixes: boolean;
}

/** As Prometheus 3 translates OTLP unless told otherwise; VictoriaMetrics does with `-opentelemetry.usePrometheusNaming`. */
export const PROMETHEUS_NAMING: MetricNaming = { separator: "_", suffixes: true };
/** As Mimir does unless told otherwise; `UnderscoreEscapingWithoutSuffixes` in Prometheus. */
export const UNDERSCORE_NAMING: MetricNaming = { separator: "_", suffixes: false };
/** Names as they are: VictoriaMetrics unless told otherwise; `NoTranslation` in Prometheus. */
export const PLAIN_NAMING: MetricNaming = { separator: ".", suffixes: false };
/** `NoUTF8EscapingWithSuffixes` in Prometheus. */
const PLAIN_WITH_SUFFIXES: MetricNaming = { separator: ".", suffixes: true };

/** Every naming that is known, the likelier first. */
export const METRIC_NAMINGS: readonly MetricNaming[] = [
  PROMETHEUS_NAMING,
  UNDERSCORE_NAMING,
  PLAIN_NAMING,
  PLAIN_WITH_SUFFIXES,
];

interface InstrumentKind {
  histogram: boolean;
  /** As the naming with suffixes appends it; units in braces, such as `{USD}`, leave no trace. */
  suffix?: "seconds" | "total";
}

const SECONDS: InstrumentKind = { histogram: true, suffix: "seconds" };
const AMOUNTS: InstrumentKind = { histogram: true };
const COUNTER: InstrumentKind = { histogram: false, suffix: "total" };
const LEVEL: InstrumentKind = { histogram: false };

/** The instruments that indicators ask. */
const INSTRUMENTS: Readonly<Record<string, InstrumentKind>> = {
  [METRIC_REQUEST_DURATION]: SECONDS,
  [METRIC_REQUEST_COST]: AMOUNTS,
  [METRIC_REQUEST_TOKENS]: AMOUNTS,
  [METRIC_REQUEST_ACTIVE]: LEVEL,
  [METRIC_REQUEST_ACTIVE_PEAK]: LEVEL,
  [METRIC_OPERATION_DURATION]: SECONDS,
  [METRIC_TIME_TO_FIRST_CHUNK]: SECONDS,
  [METRIC_TOOL_DURATION]: SECONDS,
  [METRIC_LLM_TOKENS]: COUNTER,
  [METRIC_LLM_RETRIES]: COUNTER,
  [METRIC_LLM_COST]: AMOUNTS,
  [METRIC_PRICE_UNKNOWN]: COUNTER,
  [METRIC_TELEMETRY_DROPPED]: COUNTER,
  [METRIC_TELEMETRY_ERRORS]: COUNTER,
};

export const INSTRUMENT_NAMES: readonly string[] = Object.keys(INSTRUMENTS);

export function isHistogram(instrument: string): boolean {
  return INSTRUMENTS[instrument]?.histogram ?? false;
}

/** The name of an instrument's metric; a histogram in buckets has `_bucket`, `_count` and `_sum` behind it. */
export function metricName(instrument: string, naming: MetricNaming): string {
  const suffix = naming.suffixes ? INSTRUMENTS[instrument]?.suffix : undefined;
  const name = separated(instrument, naming);
  return suffix === undefined ? name : `${name}_${suffix}`;
}

/** The label that has an attribute's value. */
export function labelName(attribute: string, naming: MetricNaming): string {
  return separated(attribute, naming);
}

function separated(name: string, { separator }: MetricNaming): string {
  return separator === "." ? name : name.replace(/\W/g, "_");
}
