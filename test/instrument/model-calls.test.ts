import { InMemoryCache } from "@langchain/core/caches";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { withRequest } from "../../src/index.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";
import { WatchedApp } from "./watched-app.js";

const USAGE = {
  prompt_tokens: 2_000,
  completion_tokens: 300,
  total_tokens: 2_300,
  prompt_tokens_details: { cached_tokens: 1_024 },
  completion_tokens_details: { reasoning_tokens: 128 },
};
const WHOLE = {
  id: "chatcmpl-7",
  object: "chat.completion",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: USAGE,
};
const chunk = (fields: object) => ({
  id: "chatcmpl-8",
  object: "chat.completion.chunk",
  model: "gpt-4o-mini-2024-07-18",
  ...fields,
});
const STREAM = [
  chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "Hel" }, finish_reason: null }] }),
  chunk({ choices: [{ index: 0, delta: { content: "lo" }, finish_reason: null }] }),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  chunk({ choices: [], usage: USAGE }),
];

let app: WatchedApp;
let scripted: ScriptedModelServer;
let models: ModelServer;
const stderr = vi.spyOn(process.stderr, "write");

beforeAll(async () => {
  app = await new WatchedApp({ prices: { "demo-*": { input: 100, output: 200 } } }).ready();
  models = await startModelServer({ latencyScale: 0 });
  scripted = await startScriptedModelServer({
    whole: { status: 200, body: WHOLE },
    stream: { events: STREAM },
    silent: { events: STREAM.slice(0, 3) },
  });
});
afterAll(async () => {
  await Promise.all([scripted.close(), models.close()]);
  await app.stop();
});

const modelAt = (scenario: string, fields: object = {}) =>
  new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: scripted.url(scenario) },
    ...fields,
  });

const last = <T>(list: readonly T[]): T => {
  const item = list.at(-1);
  if (item === undefined) throw new Error("nothing was recorded");
  return item;
};
const lastModelSpan = () => last(app.named(/^chat /));

const TOKENS = {
  "gen_ai.usage.input_tokens": 2_000,
  "gen_ai.usage.output_tokens": 300,
  "gen_ai.usage.cache_read.input_tokens": 1_024,
  "gen_ai.usage.reasoning.output_tokens": 128,
};
// gpt-4o-mini: 0.15 USD per million input, 0.075 cached, 0.60 output.
const COST = (976 * 0.15 + 1_024 * 0.075 + 300 * 0.6) / 1e6;

describe("tokens and cost of a model call", () => {
  beforeEach(() => app.flush());

  it("invoke: cached and reasoning tokens are parts of input and output", async () => {
    await modelAt("whole").invoke("hi");
    await app.flush();
    const { attributes } = lastModelSpan();
    expect(attributes).toMatchObject({
      ...TOKENS,
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
      "gen_ai.response.finish_reasons": ["stop"],
      "server.address": "127.0.0.1",
    });
    expect(attributes["gen_ai.usage.cost"]).toBeCloseTo(COST, 12);
    expect(attributes["gen_ai.response.time_to_first_chunk"]).toBeUndefined();
  });

  it("stream: the same numbers once, and the time to the first chunk", async () => {
    const before = app.sum("chainwatch.llm.tokens", { "token.type": "input" });
    const parts: string[] = [];
    for await (const part of await modelAt("stream").stream("hi")) parts.push(String(part.content));
    await app.flush();
    expect(parts.join("")).toBe("Hello");
    const { attributes, duration } = lastModelSpan();
    expect(attributes).toMatchObject({ ...TOKENS, "gen_ai.request.stream": true });
    expect(attributes["gen_ai.usage.cost"]).toBeCloseTo(COST, 12);
    expect(attributes["gen_ai.response.time_to_first_chunk"]).toBeGreaterThan(0);
    expect(attributes["gen_ai.response.time_to_first_chunk"]).toBeLessThanOrEqual(duration[0] + duration[1] / 1e9);
    expect(app.sum("chainwatch.llm.tokens", { "token.type": "input" }) - before).toBe(2_000);
  });

  it("streamUsage: false is counted as missing, never as 0, and the fix is named", async () => {
    const model = modelAt("silent", { streamUsage: false, model: "gpt-4.1-nano" });
    for await (const _ of await model.stream("hi")) void _;
    await app.flush();
    const { attributes } = lastModelSpan();
    expect(attributes["chainwatch.llm.usage_missing"]).toBe(true);
    expect(attributes["gen_ai.usage.input_tokens"]).toBeUndefined();
    expect(attributes["gen_ai.usage.cost"]).toBeUndefined();
    expect(app.sum("chainwatch.llm.usage_missing", { "gen_ai.request.model": "gpt-4.1-nano" })).toBe(1);
    expect(stderr.mock.calls.flat().join("")).toContain("streamUsage: true");
  });

  it("a model without a known price has no cost, is counted, and is named once", async () => {
    const unknown = new ChatOpenAI({ model: "demo2-unpriced", apiKey: "none", configuration: { baseURL: models.url } });
    await unknown.invoke("one");
    await unknown.invoke("two");
    await app.flush();
    expect(lastModelSpan().attributes["gen_ai.usage.cost"]).toBeUndefined();
    expect(app.sum("chainwatch.price.unknown", { "gen_ai.request.model": "demo2-unpriced" })).toBe(2);
    const told = stderr.mock.calls.flat().join("").split("demo2-unpriced").length - 1;
    expect(told).toBe(2);
    expect(last(app.records()).attributes["chainwatch.request.cost"]).toBeUndefined();
    expect(last(app.records()).attributes["chainwatch.request.unpriced_calls"]).toBe(1);
  });

  it("a price of the user's own wins, by pattern", async () => {
    await new ChatOpenAI({ model: "demo-large", apiKey: "none", configuration: { baseURL: models.url } }).invoke("hi");
    await app.flush();
    const { attributes } = lastModelSpan();
    const input = Number(attributes["gen_ai.usage.input_tokens"]);
    const output = Number(attributes["gen_ai.usage.output_tokens"]);
    expect(attributes["gen_ai.usage.cost"]).toBeCloseTo((input * 100 + output * 200) / 1e6, 12);
  });

  it("an answer from LangChain's cache costs nothing and has no time to first token", async () => {
    const model = modelAt("whole", { cache: new InMemoryCache() });
    await model.invoke("cache me");
    await app.flush();
    const tokens = app.sum("chainwatch.llm.tokens");
    const unknown = app.sum("chainwatch.price.unknown");
    await model.invoke("cache me");
    await app.flush();
    const { attributes } = lastModelSpan();
    expect(attributes["chainwatch.llm.cache_hit"]).toBe(true);
    expect(attributes["gen_ai.usage.cost"]).toBeUndefined();
    expect(attributes["gen_ai.response.time_to_first_chunk"]).toBeUndefined();
    expect(app.sum("chainwatch.llm.tokens")).toBe(tokens);
    expect(app.sum("chainwatch.price.unknown")).toBe(unknown);
  });

  it("embeddings have exact tokens and cost, under the request that asked for them", async () => {
    const embeddings = new OpenAIEmbeddings({
      model: "text-embedding-3-small",
      apiKey: "none",
      configuration: { baseURL: models.url },
    });
    await withRequest({ requestType: "index" }, () => embeddings.embedDocuments(["one text", "another text"]));
    await app.flush();
    const span = last(app.named("embeddings text-embedding-3-small"));
    const tokens = Number(span.attributes["gen_ai.usage.input_tokens"]);
    expect(tokens).toBeGreaterThan(0);
    expect(span.attributes["gen_ai.usage.cost"]).toBeCloseTo((tokens * 0.02) / 1e6, 12);
    expect(app.parentOf(span)?.name).toBe("request index");
    expect(last(app.records()).attributes).toMatchObject({
      "chainwatch.request.tokens.total": tokens,
      "chainwatch.request.llm_calls": 0,
    });
  });
});

describe("the request record", () => {
  it("adds up every call under the request and measures each request instrument once", async () => {
    await app.flush();
    const measured = app.count("chainwatch.request.duration");
    const records = app.records().length;
    await withRequest(
      { userId: "user_9", sessionId: "s1", tenant: "acme", requestType: "sum", requestId: "r-1", query: "how much?" },
      async () => {
        await modelAt("whole").invoke("one");
        await modelAt("whole").invoke("two");
      },
    );
    await app.flush();
    expect(app.records().length - records).toBe(1);
    expect(app.count("chainwatch.request.duration") - measured).toBe(1);
    const { attributes } = last(app.records());
    expect(attributes).toMatchObject({
      "chainwatch.request.id": "r-1",
      "chainwatch.request.type": "sum",
      outcome: "success",
      "user.id": "user_9",
      "session.id": "s1",
      "chainwatch.tenant": "acme",
      "chainwatch.request.query": "how much?",
      "chainwatch.request.llm_calls": 2,
      "chainwatch.request.tokens.input": 4_000,
      "chainwatch.request.tokens.output": 600,
      "chainwatch.request.tokens.cached": 2_048,
      "chainwatch.request.tokens.reasoning": 256,
      "chainwatch.request.models": ["gpt-4o-mini"],
      "chainwatch.request.trace_sampled": true,
    });
    expect(attributes["chainwatch.request.cost"]).toBeCloseTo(2 * COST, 12);
    const root = last(app.named("request sum"));
    expect(root.attributes["chainwatch.request.cost"]).toBeCloseTo(2 * COST, 12);
    expect(root.attributes["chainwatch.request.tokens.total"]).toBe(4_600);
    expect(app.everythingSent()).not.toContain('"user.id":"user_9","chainwatch.request.type"');
    expect(app.points("chainwatch.request.duration").every((point) => !("user.id" in point.attributes))).toBe(true);
    expect(app.sum("chainwatch.request.active")).toBe(0);
  });

  it("lasts until the stream that the function returned has been read", async () => {
    const stream = await withRequest({ requestType: "streamed" }, () => modelAt("stream").stream("hi"));
    expect(app.records().filter((record) => record.attributes["chainwatch.request.type"] === "streamed")).toHaveLength(
      0,
    );
    const read: BaseMessage[] = [];
    for await (const part of stream) read.push(part);
    await app.flush();
    expect(read.every((part) => part instanceof AIMessageChunk)).toBe(true);
    const { attributes } = last(app.records());
    expect(attributes["chainwatch.request.type"]).toBe("streamed");
    expect(attributes["chainwatch.request.tokens.input"]).toBe(2_000);
  });

  it("retries of the provider's client are counted under the model", async () => {
    models.setFault("gpt-4o", { kind: "rate_limit", retryAfterS: 0 }, 2);
    await app.flush();
    const before = app.sum("chainwatch.llm.retries");
    await new ChatOpenAI({
      model: "gpt-4o",
      apiKey: "none",
      maxRetries: 3,
      configuration: { baseURL: models.url },
    }).invoke("hi");
    await app.flush();
    expect(app.sum("chainwatch.llm.retries") - before).toBe(2);
    expect(app.sum("chainwatch.llm.retries", { "gen_ai.request.model": "gpt-4o", "error.type": "rate_limit" })).toBe(2);
  });
});
