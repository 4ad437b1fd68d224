import type { LogRow, MetricPointRow, SpanRow, TelemetryBatch } from "../../src/receive/telemetry-batch.js";

/** 2026-11-24T12:00:00Z. */
export const NOON_MS = Date.UTC(2026, 10, 24, 12);
export const NOON_US = NOON_MS * 1_000;
export const DAY_MS = 86_400_000;
export const SECOND_US = 1_000_000;

export const RESOURCE = {
  "service.name": "bot",
  "service.instance.id": "i-1",
  "service.version": "1.2.3",
  "deployment.environment.name": "test",
};

export const batch = (rows: Partial<TelemetryBatch>): TelemetryBatch => ({ spans: [], points: [], logs: [], ...rows });

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
export const traceId = (value: number): string => hex(value, 32);
export const spanId = (value: number): string => hex(value, 16);

export function span(row: Partial<SpanRow> = {}): SpanRow {
  return {
    traceId: traceId(1),
    spanId: spanId(1),
    parentSpanId: undefined,
    name: "invoke_workflow chain",
    kind: "internal",
    startTimeUs: NOON_US,
    endTimeUs: NOON_US + SECOND_US,
    status: "unset",
    statusMessage: "",
    attributes: {},
    events: [],
    resource: RESOURCE,
    scopeName: "chainwatch",
    ...row,
  };
}

export function point(row: Partial<MetricPointRow> = {}): MetricPointRow {
  return {
    metric: "chainwatch.llm.tokens",
    unit: "{token}",
    kind: "counter",
    temporality: "cumulative",
    attributes: { model: "gpt-4o" },
    resource: RESOURCE,
    startTimeUs: NOON_US - 3_600 * SECOND_US,
    timeUs: NOON_US,
    value: 1,
    ...row,
  };
}

/** The log record that the instrumentation sends for a request. */
export function requestLog(id: string, attributes: LogRow["attributes"] = {}, row: Partial<LogRow> = {}): LogRow {
  return {
    timeUs: NOON_US,
    eventName: "chainwatch.request",
    severityText: "INFO",
    body: null,
    attributes: { "chainwatch.request.id": id, outcome: "success", "chainwatch.request.type": "chat", ...attributes },
    traceId: traceId(1),
    spanId: spanId(1),
    resource: RESOURCE,
    ...row,
  };
}
