/** A span in OTLP/JSON; times are milliseconds before now. */
export interface ExampleSpan {
  name: string;
  spanId: string;
  parentSpanId?: string;
  startedMsAgo: number;
  durationMs: number;
  failed?: boolean;
  attributes?: Record<string, string | number | boolean>;
}

const RESOURCE = {
  attributes: [
    { key: "service.name", value: { stringValue: "shop" } },
    { key: "service.instance.id", value: { stringValue: "shop-1" } },
  ],
};

const nanoseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1000)}000`;

function keyValues(attributes: Record<string, string | number | boolean>): object[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === "string") return { key, value: { stringValue: value } };
    if (typeof value === "boolean") return { key, value: { boolValue: value } };
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
  });
}

/** Body of `POST /v1/traces`. */
export function tracesBody(traceId: string, spans: readonly ExampleSpan[]): string {
  const now = Date.now();
  const rows = spans.map((span) => ({
    traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: 1,
    startTimeUnixNano: nanoseconds(now - span.startedMsAgo),
    endTimeUnixNano: nanoseconds(now - span.startedMsAgo + span.durationMs),
    status: span.failed ? { code: 2, message: "it failed" } : {},
    attributes: keyValues(span.attributes ?? {}),
  }));
  return JSON.stringify({
    resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: { name: "test" }, spans: rows }] }],
  });
}

/** Body of `POST /v1/logs` with one request record. */
export function requestRecordBody(request: {
  requestId: string;
  traceId: string;
  userId: string;
  outcome: "success" | "error";
  durationS: number;
  /** In place of those below, or beside them. */
  attributes?: Record<string, string | number | boolean>;
}): string {
  // The record carries the request's beginning.
  const time = nanoseconds(Date.now() - request.durationS * 1000 - 10);
  const record = {
    timeUnixNano: time,
    eventName: "chainwatch.request",
    traceId: request.traceId,
    spanId: "00000000000000f1",
    body: { stringValue: "chainwatch.request" },
    attributes: keyValues({
      "chainwatch.request.id": request.requestId,
      "chainwatch.request.type": "chat",
      "chainwatch.request.duration": request.durationS,
      "chainwatch.request.llm_calls": 1,
      "chainwatch.request.llm_time": request.durationS,
      "chainwatch.request.tokens.input": 30,
      "chainwatch.request.tokens.output": 8,
      "chainwatch.request.tokens.total": 38,
      "chainwatch.request.trace_sampled": true,
      "user.id": request.userId,
      outcome: request.outcome,
      ...request.attributes,
    }),
  };
  return JSON.stringify({
    resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: "test" }, logRecords: [record] }] }],
  });
}

/** Body of `POST /v1/metrics` with the request durations of one export, as deltas. */
export function requestDurationsBody(
  outcomes: Readonly<Record<string, number>>,
  { msAgo = 0, release }: { msAgo?: number; release?: string } = {},
): string {
  const now = Date.now() - msAgo;
  const dataPoints = Object.entries(outcomes).map(([outcome, count]) => ({
    attributes: keyValues({
      "chainwatch.request.type": "chat",
      outcome,
      ...(release !== undefined && { "service.version": release }),
    }),
    startTimeUnixNano: nanoseconds(now - 1000),
    timeUnixNano: nanoseconds(now - 1),
    count: String(count),
    sum: count * 0.5,
    min: 0.5,
    max: 0.5,
    explicitBounds: [1],
    bucketCounts: [String(count), "0"],
  }));
  const metric = {
    name: "chainwatch.request.duration",
    unit: "s",
    histogram: { aggregationTemporality: 1, dataPoints },
  };
  return JSON.stringify({
    resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ scope: { name: "test" }, metrics: [metric] }] }],
  });
}
