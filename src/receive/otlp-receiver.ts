import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpRefusal } from "./http-refusal.js";
import { MalformedRequest } from "./malformed-request.js";
import { MemoryBudget } from "./memory-budget.js";
import { type DecodedRequest, decodeOtlp, type OtlpEncoding, TooManyValues } from "./otlp-decoder.js";
import { OTLP_SIGNALS, RPC_STATUS, type Signal } from "./otlp-schema.js";
import { discardBody, readRequestBody } from "./request-body.js";
import type { TelemetryBatch } from "./telemetry-batch.js";

export interface OtlpReceiverOptions {
  /** Stores a batch: resolves when it is durable, rejects when nothing of it was stored. */
  sink: (batch: TelemetryBatch) => Promise<unknown>;
  /** Most bytes of one body, compressed and again decompressed. Default 16 MiB. */
  maxBodyBytes?: number;
  /** Milliseconds for a body to arrive. Default 10 s. */
  bodyTimeoutMs?: number;
  /** Requests being received or stored at one time. Default 128. Together they hold at most four bodies' bytes. */
  maxRequestsInFlight?: number;
}

/**
 * Answers `POST /v1/traces`, `/v1/metrics` and `/v1/logs` of OTLP/HTTP in protobuf and JSON. Gives false at once,
 * having touched nothing, for any other path; else true after the answer is written. Never rejects.
 *
 * | answer | when |
 * |---|---|
 * | 200 | the sink has stored it; what could not be kept is counted in `partialSuccess` |
 * | 400, 405, 408, 413, 415 | the request is malformed, uses another method, is too slow, too large, of another type |
 * | 429, 503 with `Retry-After` | too much is being received; the sink failed |
 */
export type OtlpReceiver = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const PATHS: ReadonlyMap<string, Signal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/metrics", "metrics"],
  ["/v1/logs", "logs"],
]);

const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** google.rpc.Code by HTTP status. */
const RPC_CODES: Readonly<Record<HttpRefusal["status"], number>> = {
  400: 3,
  405: 12,
  408: 4,
  413: 3,
  415: 3,
  429: 8,
  503: 14,
};

const RETRY_AFTER_S = "1";

export function createOtlpReceiver(options: OtlpReceiverOptions): OtlpReceiver {
  const { sink, maxBodyBytes = 16 * 1024 * 1024, bodyTimeoutMs = 10_000, maxRequestsInFlight = 128 } = options;
  const budget = new MemoryBudget({ bytes: 4 * maxBodyBytes, requests: maxRequestsInFlight });

  const receive = (signal: Signal, encoding: OtlpEncoding, request: IncomingMessage): Promise<DecodedRequest> =>
    budget.run(async (hold) => {
      const body = await readRequestBody(request, { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs, hold });
      const decoded = decodeOtlp(signal, encoding, body);
      const { spans, points, logs } = decoded.batch;
      if (spans.length + points.length + logs.length > 0) await store(sink, decoded.batch);
      return decoded;
    });

  return async (request, response) => {
    const signal = PATHS.get((request.url ?? "").split("?", 1)[0] as string);
    if (signal === undefined) return false;
    const encoding = encodingOf(request);
    try {
      if (request.method !== "POST") throw new HttpRefusal(405, `expected POST, found ${request.method}`);
      if (encoding === undefined) {
        const found = JSON.stringify(request.headers["content-type"] ?? "");
        throw new HttpRefusal(
          415,
          `Content-Type: expected ${Object.values(CONTENT_TYPES).join(" or ")}, found ${found}`,
        );
      }
      const { rejected, message } = await receive(signal, encoding, request);
      answer(response, 200, encoding, exportResponse(signal, encoding, rejected, message));
    } catch (error) {
      const refusal = asRefusal(error);
      // A body that was too slow once is not waited for again.
      if (!request.complete && !request.destroyed && refusal.status !== 408) {
        await discardBody(request, { maxBytes: maxBodyBytes / 2, timeoutMs: bodyTimeoutMs });
      }
      refuse(request, response, encoding ?? "json", refusal);
    }
    return true;
  };
}

function encodingOf(request: IncomingMessage): OtlpEncoding | undefined {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  return (["protobuf", "json"] as const).find((encoding) => CONTENT_TYPES[encoding] === type);
}

async function store(sink: OtlpReceiverOptions["sink"], batch: TelemetryBatch): Promise<void> {
  try {
    await sink(batch);
  } catch (error) {
    throw new HttpRefusal(503, `nothing was stored: ${(error as Error).message}`);
  }
}

function asRefusal(error: unknown): HttpRefusal {
  if (error instanceof HttpRefusal) return error;
  if (error instanceof MalformedRequest) return new HttpRefusal(400, error.message);
  if (error instanceof TooManyValues) return new HttpRefusal(413, error.message);
  // A fault of ours must not make the sender throw its data away.
  return new HttpRefusal(503, `the request could not be handled: ${(error as Error).message}`);
}

function exportResponse(
  signal: Signal,
  encoding: OtlpEncoding,
  rejected: number,
  message: string,
): string | Uint8Array {
  const { response, rejectedField } = OTLP_SIGNALS[signal];
  const partial = rejected > 0 || message !== "";
  if (encoding === "json") {
    return JSON.stringify(
      partial ? { partialSuccess: { [rejectedField]: String(rejected), errorMessage: message } } : {},
    );
  }
  const body = partial ? { partialSuccess: { [rejectedField]: rejected, errorMessage: message } } : {};
  return response.encode(response.fromObject(body)).finish();
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  encoding: OtlpEncoding,
  refusal: HttpRefusal,
): void {
  if (response.headersSent || response.destroyed) return;
  const status = { code: RPC_CODES[refusal.status], message: refusal.message };
  if (refusal.status === 405) response.setHeader("Allow", "POST");
  if (refusal.status === 429 || refusal.status === 503) response.setHeader("Retry-After", RETRY_AFTER_S);
  // What is left of a body that was not read to its end would be taken for the next request.
  if (!request.complete) response.setHeader("Connection", "close");
  const body = encoding === "json" ? JSON.stringify(status) : RPC_STATUS.encode(RPC_STATUS.fromObject(status)).finish();
  answer(response, refusal.status, encoding, body);
}

function answer(response: ServerResponse, status: number, encoding: OtlpEncoding, body: string | Uint8Array): void {
  response.writeHead(status, { "Content-Type": CONTENT_TYPES[encoding], "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}
