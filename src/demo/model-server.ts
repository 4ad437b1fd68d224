import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { ApiError } from "./api-error.js";
import { openAiUsage, streamReply, wholeReply } from "./chat-reply.js";
import { chatRequest, type EmbeddingsRequest, embeddingsRequest, textOf } from "./chat-request.js";
import { answerTo, type ModelAnswer } from "./model-answer.js";
import { modelProfile } from "./model-profile.js";
import { type RandomSource, seededRandom } from "./seeded-random.js";
import { embedText } from "./text-embedding.js";
import { countPromptTokens, countTokens } from "./token-count.js";

/** What a model does instead of answering well. */
export type ModelFault =
  | { kind: "rate_limit"; retryAfterS: number }
  | { kind: "server_error" }
  /** Answers, but only after this many seconds. */
  | { kind: "slow"; seconds: number };

export interface ModelServerOptions {
  /** Decides latencies and reasoning tokens. Default 1. */
  seed?: number;
  /** Every latency is multiplied by this; 0 answers at once. Default 1. */
  latencyScale?: number;
}

export interface ModelServer {
  /** Base URL for an OpenAI client, ends in `/v1`. */
  readonly url: string;
  /** Makes a model fail from its next call on, for `calls` calls or until it is set to undefined. */
  setFault(model: string, fault: ModelFault | undefined, calls?: number): void;
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 1_000_000;
const EMBEDDING_DIMENSIONS = 256;
/** OpenAI caches prompts from 1,024 tokens on, in steps of 128. */
const CACHE_MIN_TOKENS = 1_024;
const CACHE_STEP_TOKENS = 128;

/**
 * Starts an OpenAI-compatible server on a free loopback port: chat completions (whole and streamed, tools, usage with
 * cached and reasoning tokens) and embeddings. Answers, token counts and latencies depend on the seed and the requests
 * alone. It stands in for a provider, so it never asks for a key and never calls anyone.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const { seed = 1, latencyScale = 1 } = options;
  const random = seededRandom(seed);
  const faults = new Map<string, { fault: ModelFault; callsLeft: number }>();
  const cachedPrefixes = new Set<string>();
  let answers = 0;

  const takeFault = (model: string): ModelFault | undefined => {
    const entry = faults.get(model);
    if (entry === undefined) return undefined;
    entry.callsLeft -= 1;
    if (entry.callsLeft <= 0) faults.delete(model);
    return entry.fault;
  };

  const serveChat = async (body: unknown, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    const request = parse(chatRequest, body);
    const profile = modelProfile(request.model);
    const fault = takeFault(request.model);
    refuseIfFaulty(request.model, fault);
    const texts = request.messages.map(textOf);
    const promptTokens = countPromptTokens([...texts, JSON.stringify(request.tools ?? "")]);
    if (promptTokens > profile.contextTokens) {
      throw new ApiError(
        400,
        "invalid_request_error",
        "context_length_exceeded",
        `This model's maximum context length is ${profile.contextTokens} tokens. ` +
          `However, your messages resulted in ${promptTokens} tokens.`,
      );
    }
    const answer = answerTo(request);
    const reasoningTokens = profile.reasons ? 64 * (1 + Math.floor(random() * 4)) : 0;
    const usage = {
      promptTokens,
      cachedTokens: cachedTokens(texts, promptTokens, cachedPrefixes),
      answerTokens: answerTokens(answer),
      reasoningTokens,
    };
    const seconds = fault?.kind === "slow" ? fault.seconds : between(profile.latencyS, random);
    answers += 1;
    const head = {
      id: `chatcmpl-demo${String(answers).padStart(6, "0")}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      system_fingerprint: "fp_demo",
    };
    const reply = { head, answer, usage: openAiUsage(usage), waitMs: seconds * 1000 * latencyScale };
    if (request.stream) await streamReply(reply, request, response, signal);
    else sendJson(response, 200, await wholeReply(reply, signal));
  };

  const serveEmbeddings = async (body: unknown, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    const request = parse(embeddingsRequest, body);
    refuseIfFaulty(request.model, takeFault(request.model));
    await sleep(between([0.05, 0.15], random) * 1000 * latencyScale, undefined, { signal });
    sendJson(response, 200, embeddingsReply(request));
  };

  const routes: Record<string, typeof serveChat> = {
    "/v1/chat/completions": serveChat,
    "/v1/embeddings": serveEmbeddings,
  };

  const server = createServer(async (request, response) => {
    // A caller that hangs up ends the waiting, as it would at a real provider.
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      const route = routes[new URL(request.url ?? "/", "http://localhost").pathname];
      if (request.method !== "POST" || route === undefined) {
        const known = Object.keys(routes).join(", ");
        throw new ApiError(404, "invalid_request_error", null, `Unknown request URL: this server has POST ${known}.`);
      }
      await route(await readJson(request), response, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) sendError(response, error);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    setFault(model, fault, calls = Number.POSITIVE_INFINITY) {
      if (fault === undefined) faults.delete(model);
      else faults.set(model, { fault, callsLeft: calls });
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "body";
  throw new ApiError(400, "invalid_request_error", "invalid_value", `Invalid '${where}': ${issue?.message}.`);
}

function refuseIfFaulty(model: string, fault: ModelFault | undefined): void {
  if (fault?.kind === "rate_limit") {
    throw new ApiError(
      429,
      "requests",
      "rate_limit_exceeded",
      `Rate limit reached for ${model} on requests per min. Please try again in ${fault.retryAfterS}s.`,
      { "retry-after": String(fault.retryAfterS) },
    );
  }
  if (fault?.kind === "server_error") {
    throw new ApiError(500, "server_error", null, "The server had an error while processing your request.");
  }
}

function between([min, max]: readonly [number, number], random: RandomSource): number {
  return min + (max - min) * random();
}

/** A first message that was sent before is read from the cache, as far as OpenAI would cache it. */
function cachedTokens(texts: readonly string[], promptTokens: number, seen: Set<string>): number {
  const prefix = texts[0] ?? "";
  if (promptTokens < CACHE_MIN_TOKENS) return 0;
  if (!seen.has(prefix)) {
    seen.add(prefix);
    return 0;
  }
  const prefixTokens = countPromptTokens([prefix]);
  return prefixTokens < CACHE_MIN_TOKENS ? 0 : prefixTokens - (prefixTokens % CACHE_STEP_TOKENS);
}

function answerTokens(answer: ModelAnswer): number {
  return countTokens("text" in answer ? answer.text : `${answer.toolCall.name}${answer.toolCall.arguments}`) + 1;
}

function embeddingsReply({ model, input, encoding_format, dimensions = EMBEDDING_DIMENSIONS }: EmbeddingsRequest) {
  const texts = typeof input === "string" ? [input] : input;
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    object: "list",
    model,
    data: texts.map((text, index) => {
      const vector = embedText(text, dimensions ?? EMBEDDING_DIMENSIONS);
      const packed = () => Buffer.from(Float32Array.from(vector).buffer).toString("base64");
      return { object: "embedding", index, embedding: encoding_format === "base64" ? packed() : vector };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      throw new ApiError(413, "invalid_request_error", null, `Request body over ${BODY_LIMIT_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new ApiError(400, "invalid_request_error", null, "We could not parse the JSON body of your request.");
  }
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError ? error : new ApiError(500, "server_error", null, String(error));
  const { status, type, code, message, headers } = known;
  sendJson(response, status, { error: { message, type, param: null, code } }, headers);
}
