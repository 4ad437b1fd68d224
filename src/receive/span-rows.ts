import type { AttributeReader } from "./attribute-reader.js";
import { enumOf, idOf, listOf, messageOf, optionalMessage, timeUsOf, type WireMessage } from "./otlp-value.js";
import { RejectedItem } from "./rejected-item.js";
import type { RejectionTally } from "./rejection-tally.js";
import type { Attributes, SpanEvent, SpanRow } from "./telemetry-batch.js";

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUSES = ["unset", "ok", "error"] as const;

/** Events of one span beyond this many are left out and counted. */
const MAX_EVENTS = 1_000;

/** The rows of an ExportTraceServiceRequest. */
export function spanRows(request: WireMessage, reader: AttributeReader, tally: RejectionTally): SpanRow[] {
  const rows: SpanRow[] = [];
  for (const group of listOf(request.resourceSpans, "resourceSpans")) {
    const { resource, scopeSpans } = messageOf(group, "resourceSpans");
    const resourceAttributes = reader.read(optionalMessage(resource, "resource")?.attributes, "resource.attributes");
    for (const scoped of listOf(scopeSpans, "scopeSpans")) {
      const { scope, spans } = messageOf(scoped, "scopeSpans");
      const scopeName = reader.readText(optionalMessage(scope, "scope")?.name, "scope.name");
      for (const value of listOf(spans, "spans")) {
        const span = messageOf(value, "spans");
        const row = tally.admit(() => spanRow(span, resourceAttributes, scopeName, reader));
        if (row !== undefined) rows.push(row);
      }
    }
  }
  return rows;
}

function spanRow(span: WireMessage, resource: Attributes, scopeName: string, reader: AttributeReader): SpanRow {
  const traceId = idOf(span.traceId, 16, "span.traceId");
  if (traceId === undefined) throw new RejectedItem("span.traceId: missing or all zeros");
  const spanId = idOf(span.spanId, 8, "span.spanId");
  if (spanId === undefined) throw new RejectedItem("span.spanId: missing or all zeros");
  const status = optionalMessage(span.status, "span.status");
  return {
    traceId,
    spanId,
    parentSpanId: idOf(span.parentSpanId, 8, "span.parentSpanId"),
    name: reader.readText(span.name, "span.name"),
    kind: enumOf(span.kind, "SPAN_KIND_", KINDS, "span.kind"),
    startTimeUs: timeUsOf(span.startTimeUnixNano, "span.startTimeUnixNano"),
    endTimeUs: timeUsOf(span.endTimeUnixNano, "span.endTimeUnixNano"),
    status: enumOf(status?.code, "STATUS_CODE_", STATUSES, "span.status.code"),
    statusMessage: reader.readText(status?.message, "span.status.message"),
    attributes: reader.read(span.attributes, "span.attributes"),
    events: spanEvents(span, reader),
    resource,
    scopeName,
  };
}

function spanEvents(span: WireMessage, reader: AttributeReader): SpanEvent[] {
  const events = listOf(span.events, "span.events");
  reader.dropped += Math.max(0, events.length - MAX_EVENTS);
  return events.slice(0, MAX_EVENTS).map((value) => {
    const event = messageOf(value, "span.events");
    return {
      name: reader.readText(event.name, "span.events.name"),
      timeUs: timeUsOf(event.timeUnixNano, "span.events.timeUnixNano"),
      attributes: reader.read(event.attributes, "span.events.attributes"),
    };
  });
}
