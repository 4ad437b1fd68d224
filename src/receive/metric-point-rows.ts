import type { AttributeReader } from "./attribute-reader.js";
import {
  booleanOf,
  countOf,
  doubleOf,
  enumOf,
  integerOf,
  listOf,
  messageOf,
  optionalDouble,
  optionalMessage,
  timeUsOf,
  type WireMessage,
} from "./otlp-value.js";
import { RejectedItem } from "./rejected-item.js";
import type { RejectionTally } from "./rejection-tally.js";
import type {
  Attributes,
  ExplicitHistogram,
  ExponentialHistogram,
  Histogram,
  MetricPointRow,
  PointKind,
} from "./telemetry-batch.js";

const TEMPORALITIES = ["unspecified", "delta", "cumulative"] as const;

/** DataPointFlags: the series has no value at this time. */
const NO_RECORDED_VALUE = 1;

/** The SDKs send at most 160 or 320; more would make one point expensive to merge. */
const MAX_BUCKETS = 10_000;
/** The range that SDKs use; OTLP sets none, and outside it every bucket boundary is 1 or infinite. */
const MIN_SCALE = -10;
const MAX_SCALE = 20;

type Shape = Pick<MetricPointRow, "metric" | "unit" | "kind" | "temporality" | "resource">;

/** The rows of an ExportMetricsServiceRequest. */
export function metricPointRows(
  request: WireMessage,
  reader: AttributeReader,
  tally: RejectionTally,
): MetricPointRow[] {
  const rows: MetricPointRow[] = [];
  for (const group of listOf(request.resourceMetrics, "resourceMetrics")) {
    const { resource, scopeMetrics } = messageOf(group, "resourceMetrics");
    const resourceAttributes = reader.read(optionalMessage(resource, "resource")?.attributes, "resource.attributes");
    for (const scoped of listOf(scopeMetrics, "scopeMetrics")) {
      for (const metric of listOf(messageOf(scoped, "scopeMetrics").metrics, "metrics")) {
        readMetric(messageOf(metric, "metrics"), resourceAttributes, reader, tally, rows);
      }
    }
  }
  return rows;
}

function readMetric(
  metric: WireMessage,
  resource: Attributes,
  reader: AttributeReader,
  tally: RejectionTally,
  rows: MetricPointRow[],
): void {
  const name = reader.readText(metric.name, "metric.name");
  const shape = { metric: name, unit: reader.readText(metric.unit, "metric.unit"), resource };
  const gauge = optionalMessage(metric.gauge, "metric.gauge");
  if (gauge !== undefined) {
    readPoints(gauge, { ...shape, kind: "gauge", temporality: "none" }, numberValue, reader, tally, rows);
  }
  for (const [field, readValue] of Object.entries(AGGREGATES)) {
    const aggregate = optionalMessage(metric[field], `metric.${field}`);
    if (aggregate === undefined) continue;
    const temporality = enumOf(
      aggregate.aggregationTemporality,
      "AGGREGATION_TEMPORALITY_",
      TEMPORALITIES,
      `metric.${field}.aggregationTemporality`,
    );
    if (temporality === "unspecified") {
      tally.reject(
        `${field} ${name}: aggregationTemporality is missing; delta or cumulative is needed`,
        listOf(aggregate.dataPoints, `${field}.dataPoints`).length,
      );
      continue;
    }
    const sumKind: PointKind = booleanOf(aggregate.isMonotonic, "sum.isMonotonic") ? "counter" : "up_down_counter";
    const kind = field === "sum" ? sumKind : "histogram";
    readPoints(aggregate, { ...shape, kind, temporality }, readValue, reader, tally, rows);
  }
  const summary = optionalMessage(metric.summary, "metric.summary");
  if (summary !== undefined) {
    tally.reject(
      `summary ${name}: summaries cannot be merged; send a histogram`,
      listOf(summary.dataPoints, "summary.dataPoints").length,
    );
  }
}

function readPoints(
  data: WireMessage,
  shape: Shape,
  readValue: (point: WireMessage) => number | Histogram,
  reader: AttributeReader,
  tally: RejectionTally,
  rows: MetricPointRow[],
): void {
  for (const value of listOf(data.dataPoints, "dataPoints")) {
    const point = messageOf(value, "dataPoints");
    if ((countOf(point.flags, "dataPoint.flags") & NO_RECORDED_VALUE) !== 0) continue;
    const row = tally.admit(() => ({
      ...shape,
      attributes: reader.read(point.attributes, "dataPoint.attributes"),
      startTimeUs: timeUsOf(point.startTimeUnixNano, "dataPoint.startTimeUnixNano"),
      timeUs: pointTime(point, shape.metric),
      value: readValue(point),
    }));
    if (row !== undefined) rows.push(row);
  }
}

function pointTime(point: WireMessage, metric: string): number {
  const timeUs = timeUsOf(point.timeUnixNano, "dataPoint.timeUnixNano");
  if (timeUs === 0) throw new RejectedItem(`data point of ${metric}: timeUnixNano is missing`);
  return timeUs;
}

function numberValue(point: WireMessage): number {
  const value =
    optionalDouble(point, "asDouble", "dataPoint.asDouble") ??
    (Object.hasOwn(point, "asInt") && point.asInt !== null ? Number(integerOf(point.asInt, "dataPoint.asInt")) : NaN);
  if (!Number.isFinite(value)) throw new RejectedItem("data point: expected a finite value, found none");
  return value;
}

function explicitHistogram(point: WireMessage): ExplicitHistogram {
  const bounds = listOf(point.explicitBounds, "explicitBounds").map((bound) => doubleOf(bound, "explicitBounds"));
  const listed = listOf(point.bucketCounts, "bucketCounts").map((count) => countOf(count, "bucketCounts"));
  const common = distribution(point);
  // A histogram may leave its buckets out: then everything is in one.
  const counts = listed.length === 0 && bounds.length === 0 ? [common.count] : listed;
  if (counts.length !== bounds.length + 1 || counts.length > MAX_BUCKETS) {
    throw new RejectedItem(
      `histogram: expected one bucket more than the ${bounds.length} bounds, found ${counts.length}`,
    );
  }
  if (bounds.some((bound, i) => !Number.isFinite(bound) || bound <= (bounds[i - 1] ?? -Infinity))) {
    throw new RejectedItem("histogram: expected finite bounds in rising order");
  }
  if (counts.reduce((sum, count) => sum + count, 0) !== common.count) {
    throw new RejectedItem(`histogram: its bucket counts do not add up to its count of ${common.count}`);
  }
  return { type: "explicit", ...common, bounds, counts };
}

function exponentialHistogram(point: WireMessage): ExponentialHistogram {
  const scale = point.scale === undefined || point.scale === null ? 0 : doubleOf(point.scale, "scale");
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) {
    throw new RejectedItem(`exponential histogram: expected a scale from ${MIN_SCALE} to ${MAX_SCALE}, found ${scale}`);
  }
  const histogram: ExponentialHistogram = {
    type: "exponential",
    ...distribution(point),
    scale,
    zeroCount: countOf(point.zeroCount, "zeroCount"),
    zeroThreshold: optionalDouble(point, "zeroThreshold", "zeroThreshold") ?? 0,
    positive: buckets(point.positive, "positive"),
    negative: buckets(point.negative, "negative"),
  };
  const total = [histogram.zeroCount, ...histogram.positive.counts, ...histogram.negative.counts];
  if (total.reduce((sum, count) => sum + count, 0) !== histogram.count) {
    throw new RejectedItem(`exponential histogram: its bucket counts do not add up to its count of ${histogram.count}`);
  }
  return histogram;
}

function buckets(value: unknown, field: string): ExponentialHistogram["positive"] {
  const side = optionalMessage(value, field);
  const counts = listOf(side?.bucketCounts, `${field}.bucketCounts`).map((count) =>
    countOf(count, `${field}.bucketCounts`),
  );
  if (counts.length > MAX_BUCKETS) {
    throw new RejectedItem(`exponential histogram: expected at most ${MAX_BUCKETS} buckets, found ${counts.length}`);
  }
  const offset = side?.offset === undefined || side.offset === null ? 0 : doubleOf(side.offset, `${field}.offset`);
  if (!Number.isInteger(offset) || Math.abs(offset) > 2 ** 31) {
    throw new RejectedItem(`exponential histogram: expected a 32-bit offset, found ${offset}`);
  }
  return { offset, counts };
}

function distribution(point: WireMessage): Pick<Histogram, "count" | "sum" | "min" | "max"> {
  const sum = optionalDouble(point, "sum", "sum") ?? 0;
  const min = optionalDouble(point, "min", "min");
  const max = optionalDouble(point, "max", "max");
  for (const value of [sum, min ?? 0, max ?? 0]) {
    if (!Number.isFinite(value)) throw new RejectedItem("histogram: expected a finite sum, min and max");
  }
  return { count: countOf(point.count, "count"), sum, min, max };
}

const AGGREGATES = {
  sum: numberValue,
  histogram: explicitHistogram,
  exponentialHistogram,
} as const satisfies Record<string, (point: WireMessage) => number | Histogram>;
