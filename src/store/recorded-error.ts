import * as semconv from "../instrument/semconv.js";
import type { LogRow } from "../receive/telemetry-batch.js";
import { textField } from "./attribute-field.js";
import type { ErrorRecord } from "./telemetry-store.js";
import { isoTime } from "./utc-day.js";

/** The error that a `chainwatch.error` log record tells of; undefined for another log record. */
export function recordedError(row: LogRow): ErrorRecord | undefined {
  if (row.eventName !== semconv.EVENT_ERROR) return undefined;
  const { attributes, resource } = row;
  const requestId = textField(attributes, semconv.ATTR_REQUEST_ID);
  const stack = textField(attributes, semconv.ATTR_EXCEPTION_STACKTRACE);
  return {
    timestamp: isoTime(row.timeUs),
    service: textField(resource, semconv.RESOURCE_SERVICE_NAME) ?? "unknown_service",
    error_type: textField(attributes, semconv.ATTR_ERROR_TYPE) ?? "other",
    exception_type: textField(attributes, semconv.ATTR_EXCEPTION_TYPE) ?? "Error",
    message:
      textField(attributes, semconv.ATTR_EXCEPTION_MESSAGE) ?? textField(attributes, semconv.ATTR_ERROR_MESSAGE) ?? "",
    ...(stack === undefined ? {} : { stack }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    trace_id: row.traceId,
    span_id: row.spanId,
  };
}
