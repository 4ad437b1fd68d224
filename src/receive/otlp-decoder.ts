import { AttributeReader, DEFAULT_ATTRIBUTE_LIMITS } from "./attribute-reader.js";
import { logRows } from "./log-rows.js";
import { MalformedRequest } from "./malformed-request.js";
import { metricPointRows } from "./metric-point-rows.js";
import { OTLP_SIGNALS, type Signal } from "./otlp-schema.js";
import { messageOf, type WireMessage } from "./otlp-value.js";
import { RejectionTally } from "./rejection-tally.js";
import { spanRows } from "./span-rows.js";
import type { TelemetryBatch } from "./telemetry-batch.js";
import { countJsonValues, countProtobufValues } from "./value-count.js";

export type OtlpEncoding = "protobuf" | "json";

/**
 * Most messages, list entries and packed numbers in one request. Decoded they cost tens of bytes each, encoded as
 * few as one, so without this bound a body within its size limit could take a gigabyte.
 */
export const MAX_VALUES = 2_000_000;

export interface DecodedRequest {
  batch: TelemetryBatch;
  /** Spans, data points or log records that are not in the batch because they cannot be kept. */
  rejected: number;
  /** What was rejected or cut off and why; "" when the batch holds everything that was sent. */
  message: string;
}

/** The request holds more values than are decoded; it can be sent again in parts. */
export class TooManyValues extends Error {
  override readonly name = "TooManyValues";
}

/**
 * Decodes an OTLP request.
 *
 * @throws {MalformedRequest} when the body is not what its encoding or the protocol says.
 * @throws {TooManyValues} when it holds more than {@link MAX_VALUES}.
 */
export function decodeOtlp(signal: Signal, encoding: OtlpEncoding, body: Uint8Array): DecodedRequest {
  const request = encoding === "json" ? fromJson(body) : fromProtobuf(signal, body);
  const reader = new AttributeReader();
  const tally = new RejectionTally();
  const batch: TelemetryBatch = { spans: [], points: [], logs: [] };
  if (signal === "traces") batch.spans = spanRows(request, reader, tally);
  else if (signal === "metrics") batch.points = metricPointRows(request, reader, tally);
  else batch.logs = logRows(request, reader, tally);

  const { attributes, depth, stringLength } = DEFAULT_ATTRIBUTE_LIMITS;
  const notes = [
    tally.rejected > 0 ? `rejected: ${tally.describe()}` : "",
    reader.dropped > 0
      ? `left out: ${reader.dropped} attributes, list entries or events beyond ${attributes} an item or ${depth} levels`
      : "",
    reader.cutStrings > 0 ? `cut: ${reader.cutStrings} strings longer than ${stringLength} characters` : "",
  ];
  return { batch, rejected: tally.rejected, message: notes.filter((note) => note !== "").join(". ") };
}

function fromProtobuf(signal: Signal, body: Uint8Array): WireMessage {
  const { request } = OTLP_SIGNALS[signal];
  try {
    refuseAbove(countProtobufValues(request, body, MAX_VALUES));
    return request.decode(body) as unknown as WireMessage;
  } catch (error) {
    if (error instanceof TooManyValues) throw error;
    throw new MalformedRequest(`the body is not a protobuf ${request.name}: ${(error as Error).message}`);
  }
}

function fromJson(body: Uint8Array): WireMessage {
  refuseAbove(countJsonValues(body));
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new MalformedRequest(`the body is not JSON: ${(error as Error).message}`);
  }
  return messageOf(parsed, "the body");
}

function refuseAbove(values: number): void {
  if (values > MAX_VALUES) throw new TooManyValues(`the body holds more than ${MAX_VALUES} values; send it in parts`);
}
