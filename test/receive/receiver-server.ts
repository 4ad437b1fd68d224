import { createServer, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createOtlpReceiver, type OtlpReceiverOptions } from "../../src/receive/otlp-receiver.js";
import { OTLP_SIGNALS, RPC_STATUS, type Signal } from "../../src/receive/otlp-schema.js";
import type { TelemetryBatch } from "../../src/receive/telemetry-batch.js";

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** A real HTTP server with the receiver in it. `batches` is what reached the sink. */
export interface ReceiverServer {
  url: string;
  port: number;
  batches: TelemetryBatch[];
  post(path: string, body: Uint8Array | string, headers?: OutgoingHttpHeaders): Promise<Answer>;
  close(): Promise<void>;
}

export async function startReceiver(options: Partial<OtlpReceiverOptions> = {}): Promise<ReceiverServer> {
  const batches: TelemetryBatch[] = [];
  const receiver = createOtlpReceiver({
    sink: async (batch) => {
      batches.push(batch);
    },
    ...options,
  });
  const server = createServer(async (request, response) => {
    if (!(await receiver(request, response))) response.writeHead(404).end("not OTLP");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    batches,
    post: (path, body, headers = { "content-type": "application/json" }) =>
      send({ port, path, method: "POST", headers }, body),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function send(
  options: { port: number; path: string; method: string; headers?: OutgoingHttpHeaders },
  body: Uint8Array | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

export const PROTOBUF = { "content-type": "application/x-protobuf" };

/** A request in protobuf, from its OTLP/JSON form with ids as hex digits. */
export function encode(signal: Signal, message: object): Uint8Array {
  const { request } = OTLP_SIGNALS[signal];
  return request.encode(request.fromObject(hexIdsToBytes(message) as Record<string, unknown>)).finish();
}

export const decodeResponse = (signal: Signal, body: Uint8Array): Record<string, unknown> => {
  const { response } = OTLP_SIGNALS[signal];
  return response.toObject(response.decode(body), { longs: Number });
};

export const decodeStatus = (body: Uint8Array): { code: number; message: string } =>
  RPC_STATUS.toObject(RPC_STATUS.decode(body)) as { code: number; message: string };

function hexIdsToBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hexIdsToBytes);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === "string" && ["traceId", "spanId", "parentSpanId"].includes(key)
        ? Buffer.from(inner, "hex")
        : hexIdsToBytes(inner),
    ]),
  );
}
