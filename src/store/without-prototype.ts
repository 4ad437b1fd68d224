import type { Attributes, AttributeValue } from "../receive/telemetry-batch.js";

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
