import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { OTLPExporterError } from "@opentelemetry/otlp-exporter-base";
import { convertLegacyHttpOptions } from "@opentelemetry/otlp-exporter-base/node-http";
import type { Destination } from "./export-settings.js";
import { oneLine } from "./one-line.js";
import type { OtlpMessages, OtlpResponse } from "./otlp-messages.js";
import { errorOf, NO_ANSWER, NOT_OTLP, type ReceiverAnswer, type Send, sendFailure } from "./send-result.js";

interface Answer {
  status: number;
  retryAfter: string | undefined;
  location: string | undefined;
  contentType: string;
  body: Buffer;
}

const CONTENT_TYPES = { protobuf: "application/x-protobuf", json: "application/json" } as const;
const MAX_SAID = 200;
/** Shorter parts of a header's value are no secrets, and would tear holes into every sentence. */
const MIN_SECRET = 8;
const MAX_ANSWER_BYTES = 64 * 1024;
const compress = promisify(gzip);

/**
 * Sends one signal over OTLP/HTTP: one request an attempt. Headers, time-out and certificates come from the options and
 * `OTEL_EXPORTER_OTLP_*`, read by the library.
 *
 * The library's own exporters are not used because they repeat a failed request by themselves for ten seconds: that
 * keeps a finished app alive, sends an old metric snapshot after a newer one, and hides the status of the answer. They
 * also tell nobody what a receiver took only in part.
 *
 * @param ownHeaders From the option; those of the variables are added.
 */
export function otlpSender<T, Response extends OtlpResponse>(
  { serializers, rejected }: OtlpMessages<T, Response>,
  { signal, url, gzip, format }: Destination,
  ownHeaders?: Readonly<Record<string, string>>,
): Send<T> {
  const serializer = serializers[format];
  const config = convertLegacyHttpOptions(
    { url, ...(ownHeaders === undefined ? {} : { headers: ownHeaders }) },
    signal.toUpperCase(),
    `v1/${signal}`,
    { "Content-Type": CONTENT_TYPES[format], ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
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
      const words = (text: string): string => shownWords(text, headers);
      const shown = shownAnswer(answer, target, words);
      if (answer.status < 200 || answer.status >= 300) {
        const retryAfter = retryAfterMs(answer.retryAfter);
        return sendFailure(new OTLPExporterError(`HTTP status ${answer.status}`, answer.status), {
          answer: shown,
          ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
        });
      }
      // A login page or the page of another server: it took nothing, but may make way for the receiver.
      if (isWebPage(answer)) {
        return sendFailure(Object.assign(new Error("a web page answered"), { code: NOT_OTLP }), { answer: shown });
      }
      return { sent: true, ...partly(answer.body, shown, words) };
    } catch (thrown) {
      return sendFailure(errorOf(thrown));
    }
  };

  function partly(
    body: Buffer,
    answer: ReceiverAnswer,
    words: (text: string) => string,
  ): { rejected?: number; answer: ReceiverAnswer } {
    try {
      const response = serializer.deserializeResponse(body);
      const items = Number(rejected(response) ?? 0);
      const told = { ...answer, said: words(response.partialSuccess?.errorMessage ?? "") };
      return { answer: told, ...(items > 0 ? { rejected: items } : {}) };
    } catch {
      // A receiver that answers 200 with anything else took it all.
      return { answer };
    }
  }
}

function isWebPage({ contentType, body }: Answer): boolean {
  return contentType.includes("text/html") || /^\s*<(!doctype|html|head|body)\b/i.test(body.toString("utf8", 0, 100));
}

function shownAnswer({ status, body, location }: Answer, target: URL, words: (text: string) => string): ReceiverAnswer {
  const leadsTo = location !== undefined && URL.canParse(location, target.href) ? new URL(location, target) : undefined;
  return {
    status,
    // It may be protobuf, JSON or HTML: what can be read of it.
    said: words(body.toString("utf8")),
    ...(leadsTo === undefined ? {} : { location: `${leadsTo.origin}${leadsTo.pathname}` }),
  };
}

/** Words of a receiver, without what the headers hold. */
function shownWords(text: string, headers: Readonly<Record<string, string>>): string {
  let said = oneLine(text);
  for (const part of Object.values(headers).flatMap((value) => value.split(/[\s,;=]+/))) {
    if (part.length >= MIN_SECRET) said = said.replaceAll(part, "[redacted]");
  }
  return said.slice(0, MAX_SAID);
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
      request.destroy(Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: NO_ANSWER }));
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
        location: response.headers.location,
        contentType: response.headers["content-type"] ?? "",
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
