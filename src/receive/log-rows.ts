import type { AttributeReader } from "./attribute-reader.js";
import { idOf, listOf, messageOf, optionalMessage, timeUsOf, type WireMessage } from "./otlp-value.js";
import type { RejectionTally } from "./rejection-tally.js";
import type { Attributes, LogRow } from "./telemetry-batch.js";

/** Where the event name was before LogRecord had a field for it. */
const EVENT_NAME_ATTRIBUTE = "event.name";

/** The rows of an ExportLogsServiceRequest. */
export function logRows(request: WireMessage, reader: AttributeReader, tally: RejectionTally): LogRow[] {
  const rows: LogRow[] = [];
  for (const group of listOf(request.resourceLogs, "resourceLogs")) {
    const { resource, scopeLogs } = messageOf(group, "resourceLogs");
    const resourceAttributes = reader.read(optionalMessage(resource, "resource")?.attributes, "resource.attributes");
    for (const scoped of listOf(scopeLogs, "scopeLogs")) {
      for (const value of listOf(messageOf(scoped, "scopeLogs").logRecords, "logRecords")) {
        const record = messageOf(value, "logRecords");
        const row = tally.admit(() => logRow(record, resourceAttributes, reader));
        if (row !== undefined) rows.push(row);
      }
    }
  }
  return rows;
}

function logRow(record: WireMessage, resource: Attributes, reader: AttributeReader): LogRow {
  const attributes = reader.read(record.attributes, "logRecord.attributes");
  const named = attributes[EVENT_NAME_ATTRIBUTE];
  return {
    timeUs:
      timeUsOf(record.timeUnixNano, "logRecord.timeUnixNano") ||
      timeUsOf(record.observedTimeUnixNano, "logRecord.observedTimeUnixNano"),
    eventName: reader.readText(record.eventName, "logRecord.eventName") || (typeof named === "string" ? named : ""),
    severityText: reader.readText(record.severityText, "logRecord.severityText"),
    body: reader.readValue(record.body, "logRecord.body"),
    attributes,
    traceId: idOf(record.traceId, 16, "logRecord.traceId") ?? "",
    spanId: idOf(record.spanId, 8, "logRecord.spanId") ?? "",
    resource,
  };
}
