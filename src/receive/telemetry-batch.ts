/** A decoded attribute value. 64-bit integers beyond 2^53 arrive as decimal strings, bytes as base64 strings. */
export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** Decoded attributes. The object has no prototype, so a `__proto__` key is a key like any other. */
export type Attributes = Record<string, AttributeValue>;

export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

export type SpanStatus = "unset" | "ok" | "error";

export interface SpanEvent {
  name: string;
  /** Unix time, microseconds. */
  timeUs: number;
  attributes: Attributes;
}

export interface SpanRow {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits. */
  spanId: string;
  /** 16 lower-case hex digits; undefined on a root. */
  parentSpanId: string | undefined;
  name: string;
  kind: SpanKind;
  /** Unix time, microseconds. */
  startTimeUs: number;
  /** Unix time, microseconds. */
  endTimeUs: number;
  status: SpanStatus;
  statusMessage: string;
  attributes: Attributes;
  events: SpanEvent[];
  resource: Attributes;
  scopeName: string;
}

/** Base-2 exponential histogram, as in OTLP: bucket i of a side counts values in (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale). */
export interface ExponentialHistogram {
  type: "exponential";
  count: number;
  sum: number;
  min: number | undefined;
  max: number | undefined;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: { offset: number; counts: number[] };
  negative: { offset: number; counts: number[] };
}

/** Explicit-bucket histogram: `counts` has one entry more than `bounds`; bucket i counts values in (bounds[i-1], bounds[i]]. */
export interface ExplicitHistogram {
  type: "explicit";
  count: number;
  sum: number;
  min: number | undefined;
  max: number | undefined;
  bounds: number[];
  counts: number[];
}

export type Histogram = ExponentialHistogram | ExplicitHistogram;

export type PointKind = "counter" | "up_down_counter" | "gauge" | "histogram";

export interface MetricPointRow {
  metric: string;
  unit: string;
  kind: PointKind;
  /** "none" for gauges. */
  temporality: "cumulative" | "delta" | "none";
  attributes: Attributes;
  resource: Attributes;
  /** Unix time, microseconds; 0 when the sender gave none. A later start than before means that the counter began anew. */
  startTimeUs: number;
  /** Unix time, microseconds. */
  timeUs: number;
  /** A number for counters and gauges, a histogram for kind "histogram". */
  value: number | Histogram;
}

export interface LogRow {
  /** Unix time, microseconds. */
  timeUs: number;
  eventName: string;
  severityText: string;
  body: AttributeValue;
  attributes: Attributes;
  /** 32 lower-case hex digits, or "". */
  traceId: string;
  /** 16 lower-case hex digits, or "". */
  spanId: string;
  resource: Attributes;
}

/** What one OTLP request carried, decoded and checked. */
export interface TelemetryBatch {
  spans: SpanRow[];
  points: MetricPointRow[];
  logs: LogRow[];
}
