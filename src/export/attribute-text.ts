import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

function attributesText(attributes: object | undefined): number {
  let characters = 0;
  for (const value of Object.values(attributes ?? {})) {
    if (typeof value === "string") characters += value.length;
    else if (Array.isArray(value)) for (const item of value) if (typeof item === "string") characters += item.length;
  }
  return characters;
}

/** Text that a span holds in its attributes and events, characters. */
export function spanText(span: ReadableSpan): number {
  let characters = attributesText(span.attributes);
  for (const { attributes } of span.events) characters += attributesText(attributes);
  return characters;
}

/** Text that a log record holds in its attributes and its body, characters. */
export function recordText(record: ReadableLogRecord): number {
  const body = typeof record.body === "string" ? record.body.length : 0;
  return body + attributesText(record.attributes);
}
