import { MalformedRequest } from "./malformed-request.js";
import { RejectedItem } from "./rejected-item.js";

/** A message of the request, as the protobuf decoder or `JSON.parse` gave it: nothing about its fields is known yet. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** A 64-bit integer as the protobuf decoder gives it. */
interface Long {
  low: number;
  high: number;
  unsigned: boolean;
}

const TWO_32 = 4_294_967_296;

const isLong = (value: unknown): value is Long =>
  typeof value === "object" && value !== null && "low" in value && "high" in value;

const found = (value: unknown): string =>
  Array.isArray(value)
    ? "an array"
    : typeof value === "string"
      ? JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value)
      : typeof value === "object" && value !== null
        ? "an object"
        : String(value);

/** The list in a repeated field; absent is empty. */
export function listOf(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new MalformedRequest(`${field}: expected an array, found ${found(value)}`);
}

/** The message in a field. */
export function messageOf(value: unknown, field: string): WireMessage {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as WireMessage;
  throw new MalformedRequest(`${field}: expected an object, found ${found(value)}`);
}

/** The message in a field, or undefined where the field is absent. */
export function optionalMessage(value: unknown, field: string): WireMessage | undefined {
  return value === undefined || value === null ? undefined : messageOf(value, field);
}

/** The text in a field; absent is "". */
export function textOf(value: unknown, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new MalformedRequest(`${field}: expected a string, found ${found(value)}`);
}

/** The truth value in a field; absent is false. */
export function booleanOf(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  throw new MalformedRequest(`${field}: expected true or false, found ${found(value)}`);
}

/**
 * An enum's value: a number (protobuf, OTLP/JSON) or the constant's name (what lenient JSON writers send).
 * Numbers that are not known read as the first name, as proto3 does with an absent enum.
 */
export function enumOf<T extends string>(
  value: unknown,
  prefix: string,
  names: readonly [T, ...T[]],
  field: string,
): T {
  if (value === undefined || value === null) return names[0];
  if (typeof value === "number") return names[value] ?? names[0];
  if (typeof value === "string") {
    const name = names.find((known) => value === `${prefix}${known.toUpperCase()}`);
    if (name !== undefined) return name;
  }
  throw new MalformedRequest(`${field}: expected a number or ${prefix}…, found ${found(value)}`);
}

const DECIMAL = /^-?\d{1,20}$/;

/** A 64-bit integer that a number holds exactly, else its decimal digits. */
export function integerOf(value: unknown, field: string): number | string {
  if (isLong(value)) {
    const high = value.unsigned ? value.high >>> 0 : value.high;
    const number = high * TWO_32 + (value.low >>> 0);
    return Number.isSafeInteger(number) ? number : String((BigInt(high) << 32n) | BigInt(value.low >>> 0));
  }
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && DECIMAL.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(BigInt(value));
  }
  throw new MalformedRequest(`${field}: expected a 64-bit integer, found ${found(value)}`);
}

/** A count: an integer that is not negative; absent is 0. Above 2^53 it is rounded. */
export function countOf(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  const count = Number(integerOf(value, field));
  if (count < 0) throw new MalformedRequest(`${field}: expected a count, found ${count}`);
  return count;
}

/** A double. OTLP/JSON writes the three that JSON lacks as the strings NaN, Infinity and -Infinity. */
export function doubleOf(value: unknown, field: string): number {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new MalformedRequest(`${field}: expected a number, found ${found(value)}`);
}

/** A double in an optional field: undefined where the sender set none. */
export function optionalDouble(message: WireMessage, name: string, field: string): number | undefined {
  const value = Object.hasOwn(message, name) ? message[name] : undefined;
  return value === undefined || value === null ? undefined : doubleOf(value, field);
}

/** Bytes: an array from protobuf, base64 in JSON. Given as base64. */
export function base64Of(value: unknown, field: string): string {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  return textOf(value, field);
}

/**
 * A time in Unix nanoseconds, as whole Unix microseconds; absent is 0.
 *
 * @throws {RejectedItem} for a time after the year 2255, which a number does not hold exactly.
 */
export function timeUsOf(value: unknown, field: string): number {
  const us = microseconds(value, field);
  if (us <= Number.MAX_SAFE_INTEGER) return us;
  throw new RejectedItem(`${field}: expected Unix nanoseconds before the year 2255, found one later`);
}

function microseconds(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  if (isLong(value)) {
    // ⌊(high · 2^32 + low) / 1000⌋ without leaving the exact integers.
    const high = value.high >>> 0;
    return Math.floor(high / 1000) * TWO_32 + Math.floor(((high % 1000) * TWO_32 + (value.low >>> 0)) / 1000);
  }
  const nanoseconds = integerOf(value, field);
  const us = typeof nanoseconds === "string" ? Number(BigInt(nanoseconds) / 1000n) : Math.floor(nanoseconds / 1000);
  if (us < 0) throw new MalformedRequest(`${field}: expected Unix nanoseconds, found ${found(value)}`);
  return us;
}

/**
 * An id as lower-case hex digits: bytes from protobuf, hex digits in OTLP/JSON. Absent or all zeros, which the
 * protocol calls invalid and senders use for "none", is undefined.
 *
 * @throws {RejectedItem} for an id of another length or with other characters.
 */
export function idOf(value: unknown, bytes: 8 | 16, field: string): string | undefined {
  // The protobuf decoder gives an empty list for absent bytes.
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  const hex =
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")
      : textOf(value, field).toLowerCase();
  if (hex === "") return undefined;
  if (hex.length !== bytes * 2 || !/^[0-9a-f]+$/.test(hex)) {
    throw new RejectedItem(`${field}: expected ${bytes} bytes (${bytes * 2} hex digits), found ${found(hex)}`);
  }
  return /^0+$/.test(hex) ? undefined : hex;
}
