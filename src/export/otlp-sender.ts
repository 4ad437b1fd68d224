import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { OTLPExporterError } from "@opentelemetry/otlp-exporter-base";
import { convertLegacyHttpOptions } from "@opentelemetry/otlp-exporter-base/node-http";
import type { ISerializer } from "@opentelemetry/otlp-transformer";
import type { ExportSettings, Signal } from "./export-settings.js";
import { errorOf, type Send, sendFailure } from "./send-result.js";

/** The messages of one signal, and how many items of a request the receiver says it would not take. */
export interface OtlpMessages<T, Response> {
  serializer: ISerializer<T, Response>;
  rejected: (response: Response) => number | undefined;
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: Buffer;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const compress = promisify(gzip);

/**
 * Sends one signal over OTLP/HTTP, protobuf: one request an attempt. Headers, time-out, compression and certificates
 * come from the settings and `OTEL_EXPORTER_OTLP_*`, read by the library.
 *
 * The library's own exporters are not used because they repeat a failed request by themselves for ten seconds: that
 * keeps a finished app alive, sends an old metric snapshot after a newer one, and hides the status of the answer. They
 * also tell nobody what a receiver took only in part.
 */
export function otlpSender<T, Response>(
  signal: Signal,
  { serializer, rejected }: OtlpMessages<T, Response>,
  settings: ExportSettings,
): Send<T> {
  const { url, gzip } = settings.destinations[signal];
  const config = convertLegacyHttpOptions(
    { url, ...(settings.headers === undefined ? {} : { headers: settings.headers }) },
    signal.toUpperCase(),
    `v1/${signal}`,
    { "Content-Type": "application/x-protobuf", ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
  );
  const target = new URL(url);
  let agent: Promise<Agent> | undefined;

  return async (payload) => {
    let body: Uint8Array;
    try {
      body = serializer.serializeRequest(payload) ?? new Uint8Array();
    } catch (thrown) {
      return { sent: false, next: "reject", error: errorOf(thrown) };
    }
    try {
      agent ??= Promise.resolve(config.agentFactory(target.protocol));
      const headers = await config.headers();
      const answer = await post(
        target,
        { headers, agent: await agent, timeoutMs: config.timeoutMillis },
        gzip ? await compress(body) : body,
      );
      if (answer.status >= 200 && answer.status < 300) return { sent: true, ...partly(answer.body) };
      return sendFailure(
        new OTLPExporterError(`HTTP status ${answer.status}`, answer.status),
        retryAfterMs(answer.retryAfter),
      );
    } catch (thrown) {
      return sendFailure(errorOf(thrown));
    }
  };

  function partly(body: Buffer): { rejected?: number } {
    try {
      const items = Number(rejected(serializer.deserializeResponse(body)) ?? 0);
      return items > 0 ? { rejected: items } : {};
    } catch {
      // A receiver that answers 200 with anything else took it all.
      return {};
    }
  }
}

interface PostOptions {
  headers: Record<string, string>;
  agent: Agent;
  /** For the whole exchange, milliseconds. */
  timeoutMs: number;
}

function post(url: URL, { headers, agent, timeoutMs }: PostOptions, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (url.protocol === "https:" ? httpsRequest : httpRequest)(
      url,
      { method: "POST", agent, headers: { ...headers, "Content-Length": body.length } },
      (response) => readAnswer(response).then(resolve, reject),
    );
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    timer.unref();
    // The watched app ends when it is done, not when our request is; whoever waits for a flush keeps it alive.
    request.on("socket", (socket) => socket.unref());
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The receiver closed an idle connection just when it was used again: that says nothing about the receiver.
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      if (stale) post(url, { headers, agent, timeoutMs }, body).then(resolve, reject);
      else reject(error);
    });
    request.on("close", () => clearTimeout(timer));
    request.end(body);
  });
}

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const answer = (): void => {
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers["retry-after"],
        body: Buffer.concat(chunks),
      });
    };
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_ANSWER_BYTES) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      answer();
      response.destroy();
    });
    response.on("end", answer);
    response.on("error", reject);
  });
}

/** `Retry-After` is a number of seconds or a date. */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
