import { base64Of, booleanOf, doubleOf, integerOf, listOf, messageOf, textOf, type WireMessage } from "./otlp-value.js";
import type { Attributes, AttributeValue } from "./telemetry-batch.js";

/** Bounds on what one span, point, record or resource may carry. What is beyond them is cut off and counted. */
export interface AttributeLimits {
  /** Attributes of one item. */
  attributes: number;
  /** Values inside lists and maps of one item. */
  nestedValues: number;
  /** Lists and maps inside each other. */
  depth: number;
  /** UTF-16 units of one string. */
  stringLength: number;
}

export const DEFAULT_ATTRIBUTE_LIMITS: AttributeLimits = {
  attributes: 1_000,
  nestedValues: 10_000,
  depth: 16,
  stringLength: 262_144,
};

/** Decodes attributes within limits; one reader a request, so that its counts are the request's. */
export class AttributeReader {
  /** Attributes, list entries and map entries left out. */
  dropped = 0;
  /** Strings cut to the longest length kept. */
  cutStrings = 0;
  #nestedLeft = 0;

  constructor(private readonly limits: AttributeLimits = DEFAULT_ATTRIBUTE_LIMITS) {}

  /** The attributes of one item, in an object without prototype; of a key given twice the last counts. */
  read(value: unknown, field: string): Attributes {
    const entries = listOf(value, field);
    const attributes: Attributes = Object.create(null);
    this.#nestedLeft = this.limits.nestedValues;
    this.#readEntries(attributes, entries, this.limits.attributes, field, 1);
    return attributes;
  }

  /** One value, such as a log record's body; absent is null. */
  readValue(value: unknown, field: string): AttributeValue {
    this.#nestedLeft = this.limits.nestedValues;
    return this.#value(value, field, 1);
  }

  /** A string of the item itself (name, message), within the length limit. */
  readText(value: unknown, field: string): string {
    return this.#cut(textOf(value, field));
  }

  #readEntries(into: Attributes, entries: readonly unknown[], most: number, field: string, depth: number): void {
    for (const entry of entries.slice(0, most)) {
      const { key, value } = messageOf(entry, field);
      into[this.#cut(textOf(key, `${field}.key`))] = this.#value(value, field, depth);
    }
    this.dropped += Math.max(0, entries.length - most);
  }

  #value(value: unknown, field: string, depth: number): AttributeValue {
    if (value === undefined || value === null) return null;
    const any = messageOf(value, `${field}.value`);
    if (has(any, "stringValue")) return this.#cut(textOf(any.stringValue, `${field}.stringValue`));
    if (has(any, "intValue")) return integerOf(any.intValue, `${field}.intValue`);
    if (has(any, "doubleValue")) return storable(doubleOf(any.doubleValue, `${field}.doubleValue`));
    if (has(any, "boolValue")) return booleanOf(any.boolValue, `${field}.boolValue`);
    if (has(any, "bytesValue")) return this.#cut(base64Of(any.bytesValue, `${field}.bytesValue`));
    if (has(any, "arrayValue")) {
      const values = listOf(messageOf(any.arrayValue, `${field}.arrayValue`).values, `${field}.arrayValue.values`);
      return values.slice(0, this.#admit(values.length, depth)).map((item) => this.#value(item, field, depth + 1));
    }
    if (has(any, "kvlistValue")) {
      const entries = listOf(messageOf(any.kvlistValue, `${field}.kvlistValue`).values, `${field}.kvlistValue.values`);
      const map: Attributes = Object.create(null);
      const admitted = this.#admit(entries.length, depth);
      this.#readEntries(map, entries.slice(0, admitted), admitted, field, depth + 1);
      return map;
    }
    return null;
  }

  /** How many of a list's entries fit in what is left of the item's depth and number of values. */
  #admit(entries: number, depth: number): number {
    const admitted = depth >= this.limits.depth ? 0 : Math.min(entries, this.#nestedLeft);
    this.#nestedLeft -= admitted;
    this.dropped += entries - admitted;
    return admitted;
  }

  #cut(sent: string): string {
    // SQLite, like everything written in C, takes NUL for the end of a text.
    const text = sent.includes("\0") ? sent.replaceAll("\0", "\uFFFD") : sent;
    if (text.length <= this.limits.stringLength) return text;
    this.cutStrings += 1;
    const cut = text.slice(0, this.limits.stringLength);
    // Half of a surrogate pair is no character.
    return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  }
}

const has = (any: WireMessage, name: string): boolean =>
  Object.hasOwn(any, name) && any[name] !== undefined && any[name] !== null;

/** NaN and the infinities in the form that OTLP/JSON gives them, because JSON, which keeps attributes, has none. */
const storable = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
