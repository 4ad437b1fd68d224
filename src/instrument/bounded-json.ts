import { isList, property } from "./property.js";

/** Marks a value that holds text of the app or the model: every string in it goes through the redaction. */
export class Content {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** @returns The text to send in place of `text`. */
export type TextFilter = (text: string) => string;

/**
 * JSON of any value, valid and at most `maxChars` long.
 *
 * Too much is left out in steps, until it fits: long strings are cut (`…[120 more]`), then the middle of long lists
 * (`{"type":"truncated","left_out":12}`), then everything. Cycles, getters that throw, big integers and bytes are
 * shown as short notes; functions and `undefined` are left out, as `JSON.stringify` does.
 *
 * @param filter Applied to every string and key inside a {@link Content} before it is cut. Must not throw.
 */
export function boundedJson(value: unknown, maxChars: number, filter?: TextFilter): string {
  const filtered = filter === undefined ? undefined : remembered(filter);
  for (const step of STEPS) {
    const writer = new JsonWriter(maxChars, Math.ceil(maxChars * step.share), step.items, filtered);
    if (writer.value(value, 0, false, "")) return writer.json;
  }
  return ['"[truncated]"', "{}", "0"].find((json) => json.length <= maxChars) ?? "";
}

/** What a try may keep: the longest string as a share of the limit, and how many items of a list or object. */
const STEPS = [
  { share: 1, items: Number.POSITIVE_INFINITY },
  { share: 1 / 4, items: Number.POSITIVE_INFINITY },
  { share: 1 / 16, items: 256 },
  { share: 1 / 32, items: 64 },
  { share: 1 / 64, items: 16 },
  { share: 1 / 128, items: 4 },
];

const DEEPEST = 48;
/** Bounds the time spent on one value, for huge lists of things that write nothing. */
const MOST_VALUES = 50_000;

/** The steps may ask for the same text again, and the user's redaction may be slow. */
function remembered(filter: TextFilter): TextFilter {
  const known = new Map<string, string>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) {
      result = filter(text);
      known.set(text, result);
    }
    return result;
  };
}

/** Writes one value; every method answers `false` once the limit is passed. */
class JsonWriter {
  json = "";
  readonly #maxChars: number;
  readonly #maxString: number;
  readonly #maxItems: number;
  readonly #filter: TextFilter | undefined;
  readonly #open: unknown[] = [];
  #values = 0;

  constructor(maxChars: number, maxString: number, maxItems: number, filter: TextFilter | undefined) {
    this.#maxChars = maxChars;
    this.#maxString = maxString;
    this.#maxItems = maxItems;
    this.#filter = filter;
  }

  /** @param isContent Whether the value lies inside a {@link Content}. */
  value(value: unknown, depth: number, isContent: boolean, key: string): boolean {
    this.#values++;
    if (this.#values > MOST_VALUES) return false;
    switch (typeof value) {
      case "string":
        return this.#string(value, isContent);
      case "number":
        return this.#write(Number.isFinite(value) ? String(value) : "null");
      case "boolean":
        return this.#write(String(value));
      case "bigint":
        return this.#write(`"${value}"`);
      case "object":
        return value === null ? this.#write("null") : this.#object(value, depth, isContent, key);
      default:
        return this.#write("null");
    }
  }

  #write(text: string): boolean {
    this.json += text;
    return this.json.length <= this.#maxChars;
  }

  #string(text: string, isContent: boolean): boolean {
    return this.#write(JSON.stringify(this.#cut(isContent ? this.#filtered(text) : text)));
  }

  #filtered(text: string): string {
    return this.#filter === undefined ? text : this.#filter(text);
  }

  #cut(text: string): string {
    if (text.length <= this.#maxString) return text;
    // A character outside the basic plane is two units: it is not cut in two.
    const kept = text.slice(0, this.#maxString).replace(/[\uD800-\uDBFF]$/, "");
    return `${kept}…[${text.length - kept.length} more]`;
  }

  #object(value: object, depth: number, isContent: boolean, key: string): boolean {
    if (isContentMark(value)) return this.value(value.value, depth, true, key);
    if (depth >= DEEPEST) return this.#write('"[too deep]"');
    if (this.#open.includes(value)) return this.#write('"[circular]"');
    this.#open.push(value);
    const written = this.#container(value, depth, isContent, key);
    this.#open.pop();
    return written;
  }

  #container(value: object, depth: number, isContent: boolean, key: string): boolean {
    if (isList(value)) return this.#list(value as readonly unknown[], depth, isContent);
    const size = byteSize(value);
    if (size !== undefined) return this.#write(`"[${size} bytes]"`);
    const toJson = property(value, "toJSON");
    if (typeof toJson === "function") {
      let plain: unknown;
      try {
        plain = toJson.call(value, key);
      } catch {
        return this.#write('"[unreadable]"');
      }
      if (plain === null || typeof plain !== "object") return this.value(plain, depth, isContent, key);
      return isList(plain)
        ? this.#list(plain as readonly unknown[], depth, isContent)
        : this.#entries(plain, depth, isContent);
    }
    return this.#entries(value, depth, isContent);
  }

  #list(list: readonly unknown[], depth: number, isContent: boolean): boolean {
    const length = Number(property(list, "length")) || 0;
    const head = length > this.#maxItems ? Math.ceil(this.#maxItems / 2) : length;
    const tail = length > this.#maxItems ? Math.floor(this.#maxItems / 2) : 0;
    if (!this.#write("[")) return false;
    for (let index = 0; index < length; index++) {
      if (index > 0 && !this.#write(",")) return false;
      if (index === head) {
        const leftOut = length - head - tail;
        if (!this.#write(`{"type":"truncated","left_out":${leftOut}}${tail > 0 ? "," : ""}`)) return false;
        index += leftOut;
        if (index >= length) break;
      }
      if (!this.value(property(list, String(index)), depth + 1, isContent, String(index))) return false;
    }
    return this.#write("]");
  }

  #entries(value: object, depth: number, isContent: boolean): boolean {
    const keys = keysOf(value);
    if (keys === undefined) return this.#write('"[unreadable]"');
    if (!this.#write("{")) return false;
    let count = 0;
    for (const key of keys) {
      if (count >= this.#maxItems) {
        if (!this.#write(`,"…":"${keys.length - count} more"`)) return false;
        break;
      }
      const item = readOrNote(value, key);
      if (item === undefined || typeof item === "function" || typeof item === "symbol") {
        this.#values++;
        if (this.#values > MOST_VALUES) return false;
        continue;
      }
      const name = JSON.stringify(this.#cut(isContent ? this.#filtered(key) : key));
      if (!this.#write(`${count > 0 ? "," : ""}${name}:`)) return false;
      if (!this.value(item, depth + 1, isContent, key)) return false;
      count++;
    }
    return this.#write("}");
  }
}

/** Not `instanceof`: the value may be a revoked proxy, on which it throws. */
function isContentMark(value: object): value is Content {
  try {
    return Object.getPrototypeOf(value) === Content.prototype;
  } catch {
    return false;
  }
}

function byteSize(value: object): number | undefined {
  try {
    return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : undefined;
  } catch {
    return undefined;
  }
}

function keysOf(value: object): string[] | undefined {
  try {
    return Object.keys(value);
  } catch {
    return undefined;
  }
}

function readOrNote(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return "[unreadable]";
  }
}
