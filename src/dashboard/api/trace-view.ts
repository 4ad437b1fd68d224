import { RESOURCE_SERVICE_NAME } from "../../instrument/semconv.js";
import type { Attributes, SpanKind, SpanRow, SpanStatus } from "../../receive/telemetry-batch.js";
import type { RequestRecord } from "../../store/request-record.js";
import type { ErrorRecord, TelemetryStore } from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";

export interface SpanView {
  /** 16 hex digits. */
  span_id: string;
  /** Absent on a root. */
  parent_span_id?: string;
  name: string;
  kind: SpanKind;
  service: string;
  /** ISO 8601 in UTC, microseconds. */
  start: string;
  /** The same, Unix time in microseconds. */
  start_us: number;
  /** Seconds. */
  duration: number;
  status: SpanStatus;
  status_message?: string;
  attributes: Attributes;
  events: { name: string; time: string; attributes: Attributes }[];
  /** Where its resource stands in the trace's `resources`. */
  resource: number;
  scope: string;
}

/** The answer of `/api/traces/:id`. */
export interface TraceView {
  /** 32 hex digits. */
  trace_id: string;
  /** By start. */
  spans: SpanView[];
  /** Each once: thousands of spans share one. */
  resources: Attributes[];
  errors: ErrorRecord[];
  /** The requests that the trace shows: one, unless an outer trace holds several. */
  requests: RequestRecord[];
}

/** @throws {ApiError} 400 for an id that cannot be one, 404 for a trace that is not stored. */
export async function traceView(
  store: Pick<TelemetryStore, "trace" | "errors" | "requests">,
  id: string,
): Promise<TraceView> {
  const traceId = id.toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(traceId)) {
    const found = JSON.stringify(id.slice(0, 80));
    throw new ApiError(400, `trace id: expected 32 hex digits, found ${found}`, { expected: "32 hex digits", found });
  }
  const [rows, errors, requests] = await Promise.all([
    store.trace(traceId),
    store.errors({ traceId }),
    store.requests({ traceId }),
  ]);
  // A request whose trace was not sampled has a record and no spans.
  if (rows.length === 0 && requests.length === 0) {
    throw new ApiError(
      404,
      `no trace ${traceId} here: it has not arrived yet, was not sampled, or is older than the retention`,
    );
  }
  const resources = new Map<Attributes, number>();
  const spans = rows.map((row) => {
    const resource = resources.get(row.resource) ?? resources.size;
    resources.set(row.resource, resource);
    return spanView(row, resource);
  });
  return { trace_id: traceId, spans, resources: [...resources.keys()], errors, requests };
}

function spanView(row: SpanRow, resource: number): SpanView {
  return {
    span_id: row.spanId,
    ...(row.parentSpanId !== undefined && { parent_span_id: row.parentSpanId }),
    name: row.name,
    kind: row.kind,
    service: String(row.resource[RESOURCE_SERVICE_NAME] ?? "unknown_service"),
    start: isoMicroseconds(row.startTimeUs),
    start_us: row.startTimeUs,
    duration: Math.max(0, row.endTimeUs - row.startTimeUs) / 1e6,
    status: row.status,
    ...(row.statusMessage !== "" && { status_message: row.statusMessage }),
    attributes: row.attributes,
    events: row.events.map((event) => ({
      name: event.name,
      time: isoMicroseconds(event.timeUs),
      attributes: event.attributes,
    })),
    resource,
    scope: row.scopeName,
  };
}

function isoMicroseconds(timeUs: number): string {
  const milliseconds = Math.floor(timeUs / 1000);
  const rest = String(timeUs - milliseconds * 1000).padStart(3, "0");
  return new Date(milliseconds).toISOString().replace("Z", `${rest}Z`);
}
