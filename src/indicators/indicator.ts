import type { Dimension } from "./dimension.js";
import type { BilingualText } from "./language.js";
import type { MetricQuestion } from "./metric-question.js";
import type { RecordQuestion } from "./record-question.js";

/** `telemetry`: how far the other figures can be relied on. */
export type IndicatorGroup = "performance" | "quality" | "resources" | "business" | "telemetry";

/** `s` seconds, `%` 0 to 100, `USD` US dollars, `req/s` requests per second; the others count things. */
export type IndicatorUnit =
  | "s"
  | "%"
  | "USD"
  | "req/s"
  | "requests"
  | "calls"
  | "retries"
  | "tokens"
  | "users"
  | "items";

/** A question that can be asked of the figures, with its unit (指标, SLI). */
export interface Indicator {
  /** As rules name it, e.g. `response_time.p95`. */
  id: string;
  name: BilingualText;
  /** What exactly is measured, in one or two sentences. */
  description: BilingualText;
  unit: IndicatorUnit;
  group: IndicatorGroup;
  /** How metric points answer it; absent: only records can. */
  metricQuestion?: MetricQuestion;
  /** How request records answer it; absent: only metrics can. */
  recordQuestion?: RecordQuestion;
  /**
   * What it can be split by and filtered on. One question is answered from one side, so not every combination is
   * possible: see `metricDimensions` and `RECORD_DIMENSIONS`.
   */
  dimensions: readonly Dimension[];
  /** True: the answer is a list (a sample for each value of a field), not one figure. */
  list: boolean;
}
