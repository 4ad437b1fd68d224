import { createHash } from "node:crypto";
import type { Attributes, AttributeValue } from "../receive/telemetry-batch.js";

/** Attributes from the JSON text they are kept as. Objects have no prototype, as when they were received. */
export function parseAttributes(json: string): Attributes {
  return withoutPrototype(JSON.parse(json) as Attributes);
}

/**
 * A copy of attributes in objects without prototype: neither `JSON.parse` nor the passage between threads keeps
 * that. Nesting is bounded by what the receiver admits.
 */
export function withoutPrototype(attributes: Attributes): Attributes {
  const bare: Attributes = Object.create(null);
  for (const [key, value] of Object.entries(attributes)) bare[key] = bareValue(value);
  return bare;
}

function bareValue(value: AttributeValue): AttributeValue {
  if (Array.isArray(value)) return value.map(bareValue);
  return typeof value === "object" && value !== null ? withoutPrototype(value) : value;
}

/** One text for equal attributes in whatever order they came. */
export const canonicalJson = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");
