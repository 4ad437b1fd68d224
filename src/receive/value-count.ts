import protobuf from "protobufjs";

const COMMA = 0x2c;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;

/**
 * How many values (objects, arrays, members) a JSON text can hold at most. A parsed value costs tens of bytes where
 * its text costs two, so this is asked before parsing.
 */
export function countJsonValues(json: Uint8Array): number {
  let count = 0;
  let inString = false;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i];
    if (inString) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA || byte === OPEN_BRACE || byte === OPEN_BRACKET) count += 1;
  }
  return count;
}

const EIGHT_BYTES = new Set(["double", "fixed64", "sfixed64"]);

/**
 * How many messages and packed numbers a protobuf message holds; stops counting above `limit`.
 *
 * @throws {RangeError} on a message that ends in the middle of a field.
 */
export function countProtobufValues(type: protobuf.Type, bytes: Uint8Array, limit: number): number {
  const reader = protobuf.Reader.create(bytes);
  const open: { type: protobuf.Type; end: number }[] = [{ type, end: bytes.length }];
  let count = 0;
  for (let top = open.at(-1); top !== undefined && count <= limit; top = open.at(-1)) {
    if (reader.pos >= top.end) {
      open.pop();
      continue;
    }
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = top.type.fieldsById[tag >>> 3];
    if (wireType !== 2 || field === undefined) {
      reader.skipType(wireType);
      continue;
    }
    const length = reader.uint32();
    field.resolve();
    if (field.resolvedType instanceof protobuf.Type) {
      count += 1;
      open.push({ type: field.resolvedType, end: Math.min(reader.pos + length, top.end) });
    } else {
      if (field.repeated) count += EIGHT_BYTES.has(field.type) ? length / 8 : length;
      reader.skip(length);
    }
  }
  return count;
}
