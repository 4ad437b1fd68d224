import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI, OpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { responseFactsOf } from "../../src/instrument/response-facts.js";
import { addTokenUsage, messageTokenUsage, tokenUsageOf } from "../../src/instrument/token-usage.js";
import { hostileValues } from "./hostile-value.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";

const usage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 4 },
};
const counted = { input: 20, output: 9, cacheRead: 8, cacheWrite: 0, reasoning: 4 };
const about = { id: "chatcmpl-1", model: "gpt-4o-mini-2024-07-18", created: 1 };
const choice = (index: number) => ({ index, finish_reason: "stop", message: { role: "assistant", content: "hi" } });
const chunk = (delta: object, more: object = {}) => ({
  ...about,
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});
const stream = [
  chunk({ role: "assistant", content: "he" }),
  chunk({ content: "llo" }),
  { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
];
const responseUsage = {
  input_tokens: 20,
  output_tokens: 9,
  total_tokens: 29,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens_details: { reasoning_tokens: 4 },
};
const response = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "gpt-4o-mini-2024-07-18",
  status: "completed",
  output: [
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "hi", annotations: [] }],
    },
  ],
  usage: responseUsage,
};

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer({
    chat: { status: 200, body: { ...about, object: "chat.completion", choices: [choice(0), choice(1)], usage } },
    silent: { status: 200, body: { ...about, object: "chat.completion", choices: [choice(0)] } },
    stream: { events: [...stream, { ...about, object: "chat.completion.chunk", choices: [], usage }] },
    "stream-without-usage": { events: stream },
    responses: { status: 200, body: response },
    "responses-stream": {
      events: [
        {
          type: "response.created",
          sequence_number: 0,
          response: { ...response, output: [], status: "in_progress", usage: null },
        },
        {
          type: "response.output_text.delta",
          sequence_number: 1,
          item_id: "msg_1",
          output_index: 0,
          content_index: 0,
          delta: "hi",
        },
        { type: "response.completed", sequence_number: 2, response },
      ],
    },
    text: {
      status: 200,
      body: {
        ...about,
        object: "text_completion",
        choices: [
          { index: 0, text: "a", finish_reason: "stop" },
          { index: 1, text: "b", finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
      },
    },
  });
});
afterAll(() => server.close());

/** What `handleLLMEnd` gets, for each run. */
function collector() {
  const results: unknown[] = [];
  const handler = {
    awaitHandlers: true,
    handleLLMEnd(result: unknown) {
      results.push(result);
    },
  };
  return { results, callbacks: [handler] };
}

const model = (scenario: string, fields: object = {}) =>
  new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: server.url(scenario) },
    ...fields,
  });

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

describe("tokens of a real ChatOpenAI", () => {
  test("invoke with two choices counts the prompt once", async () => {
    const { results, callbacks } = collector();
    await model("chat", { n: 2 }).invoke("hi", { callbacks });
    expect(results.map(tokenUsageOf)).toEqual([counted]);
  });

  test("batch counts each call on its own run", async () => {
    const { results, callbacks } = collector();
    await model("chat").batch(["a", "b"], { callbacks });
    expect(results.map(tokenUsageOf)).toEqual([counted, counted]);
  });

  test("a whole generate() result sums its prompts", async () => {
    const result = await model("chat", { n: 2 }).generate([[new AIMessage("a")], [new AIMessage("b")]]);
    expect(tokenUsageOf(result)).toEqual(addTokenUsage(counted, counted));
  });

  test("stream has the cached and reasoning tokens too, once", async () => {
    const { results, callbacks } = collector();
    await drain(await model("stream").stream("hi", { callbacks }));
    expect(results.map(tokenUsageOf)).toEqual([counted]);
  });

  test("a stream without usage has no count, not 0 and not an estimate", async () => {
    const { results, callbacks } = collector();
    await drain(await model("stream-without-usage", { streamUsage: false }).stream("hi", { callbacks }));
    expect(results.map(tokenUsageOf)).toEqual([undefined]);
  });

  test("an answer without usage has no count", async () => {
    const { results, callbacks } = collector();
    await model("silent").invoke("hi", { callbacks });
    expect(results.map(tokenUsageOf)).toEqual([undefined]);
  });

  test("the Responses API, invoke and stream", async () => {
    const { results, callbacks } = collector();
    await model("responses", { useResponsesApi: true }).invoke("hi", { callbacks });
    await drain(await model("responses-stream", { useResponsesApi: true }).stream("hi", { callbacks }));
    expect(results.map(tokenUsageOf)).toEqual([counted, counted]);
  });

  test("chunks of a stream add up to the whole", async () => {
    let sum = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
    for await (const part of await model("stream").stream("hi")) {
      const counts = messageTokenUsage(part);
      if (counts !== undefined) sum = addTokenUsage(sum, counts);
    }
    expect(sum).toEqual(counted);
  });

  test("a text model with several prompts counts them once over its runs", async () => {
    const { results, callbacks } = collector();
    const llm = new OpenAI({
      model: "gpt-3.5-turbo-instruct",
      apiKey: "none",
      maxRetries: 0,
      configuration: { baseURL: server.url("text") },
    });
    await llm.generate(["a", "b"], undefined, callbacks);
    expect(results.map(tokenUsageOf)).toEqual([
      { input: 6, output: 2, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
      undefined,
    ]);
  });
});

describe("facts of a real response", () => {
  test("model, id and one finish reason for each choice", async () => {
    const { results, callbacks } = collector();
    await model("chat", { n: 2 }).invoke("hi", { callbacks });
    expect(responseFactsOf(results[0])).toEqual({
      model: "gpt-4o-mini-2024-07-18",
      id: "chatcmpl-1",
      finishReasons: ["stop", "stop"],
      cached: false,
    });
  });

  test("are the same for a stream", async () => {
    const { results, callbacks } = collector();
    await drain(await model("stream").stream("hi", { callbacks }));
    expect(responseFactsOf(results[0])).toEqual({
      model: "gpt-4o-mini-2024-07-18",
      id: "chatcmpl-1",
      finishReasons: ["stop"],
      cached: false,
    });
  });

  test("the Responses API names its response, not its message", async () => {
    const { results, callbacks } = collector();
    await model("responses", { useResponsesApi: true }).invoke("hi", { callbacks });
    await drain(await model("responses-stream", { useResponsesApi: true }).stream("hi", { callbacks }));
    const facts = { model: "gpt-4o-mini-2024-07-18", id: "resp_1", finishReasons: ["stop"], cached: false };
    expect(results.map((result) => responseFactsOf(result))).toEqual([facts, facts]);
  });

  test("a hit of LangChain's cache is marked and has no tokens", async () => {
    const seen: unknown[] = [];
    const handler = {
      awaitHandlers: true,
      // Read at once, as the cache hands out the same object again, changed.
      handleLLMEnd(result: unknown, _run: string, _parent: unknown, _tags: unknown, extra: unknown) {
        seen.push([responseFactsOf(result, extra).cached, responseFactsOf(result).cached, tokenUsageOf(result)]);
      },
    };
    const cached = model("chat", { cache: true });
    await cached.invoke("hi", { callbacks: [handler] });
    await cached.invoke("hi", { callbacks: [handler] });
    expect(seen).toEqual([
      [false, false, counted],
      [true, true, undefined],
    ]);
  });

  test("an id that LangChain made up is no response id", async () => {
    const { results, callbacks } = collector();
    await new FakeListChatModel({ responses: ["hi"] }).invoke("hi", { callbacks });
    expect(responseFactsOf(results[0])).toEqual({ finishReasons: [], cached: false });
  });

  test.each([
    ["max_tokens", { stop_reason: "max_tokens" }],
    ["length", { incomplete_details: { reason: "max_output_tokens" }, status: "incomplete" }],
    ["content_filter", { incomplete_details: { reason: "content_filter" }, status: "incomplete" }],
    ["SAFETY", { finishReason: "SAFETY" }],
  ])("finish reason %s of other providers", (reason, response_metadata) => {
    const message = new AIMessage({ content: "", response_metadata });
    expect(responseFactsOf({ generations: [[{ text: "", message }]] }).finishReasons).toEqual([reason]);
  });
});

describe("tokens as other clients report them", () => {
  const of = (fields: object) =>
    tokenUsageOf({ generations: [[{ text: "", message: Object.assign(new AIMessage(""), fields) }]] });
  const anthropic = {
    input_tokens: 5,
    output_tokens: 7,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 30,
  };
  const whole = { input: 135, output: 7, cacheRead: 100, cacheWrite: 30, reasoning: 0 };
  const input_token_details = { cache_read: 100, cache_creation: 30 };

  test("Anthropic's client that adds the cached tokens up", () => {
    const usage_metadata = { input_tokens: 135, output_tokens: 7, total_tokens: 142, input_token_details };
    expect(of({ usage_metadata, response_metadata: { usage: anthropic } })).toEqual(whole);
  });

  test("Anthropic's older client that leaves the cached tokens out", () => {
    const few = { cache_read: 2, cache_creation: 1 };
    const usage_metadata = { input_tokens: 5, output_tokens: 7, total_tokens: 12, input_token_details: few };
    const raw = { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: 2, cache_creation_input_tokens: 1 };
    expect(of({ usage_metadata, response_metadata: { usage: raw } })?.input).toBe(8);
  });

  test("Anthropic's stream, whose parts add up", () => {
    const part = (usage_metadata: object) => {
      const chunk = new AIMessageChunk("");
      Object.assign(chunk, { usage_metadata });
      return chunk;
    };
    const start = part({ input_tokens: 135, output_tokens: 1, total_tokens: 136, input_token_details });
    const end = part({ input_tokens: 0, output_tokens: 6, total_tokens: 6 });
    expect(tokenUsageOf({ generations: [[{ text: "", message: start.concat(end) }]] })).toEqual(whole);
  });

  test("Bedrock's Converse, whose total shows that cached tokens are apart", () => {
    const usage_metadata = {
      input_tokens: 5,
      output_tokens: 7,
      total_tokens: 14,
      input_token_details: { cache_read: 2 },
    };
    expect(of({ usage_metadata })?.input).toBe(7);
  });

  test("Gemini, whose total shows that reasoning is apart", () => {
    const usage_metadata = {
      input_tokens: 5,
      output_tokens: 7,
      total_tokens: 15,
      output_token_details: { reasoning: 3 },
    };
    expect(of({ usage_metadata })).toEqual({
      input: 5,
      output: 10,
      cacheRead: 0,
      cacheWrite: 0,
      reasoning: 3,
    });
  });

  test("llmOutput of older clients: OpenAI's and Anthropic's shape", () => {
    expect(tokenUsageOf({ generations: [], llmOutput: { usage: anthropic } })).toEqual(whole);
    expect(tokenUsageOf({ generations: [], llmOutput: { usage } })).toEqual(counted);
    expect(tokenUsageOf({ llmOutput: { tokenUsage: { promptTokens: 3, completionTokens: 2 } } })?.input).toBe(3);
    expect(
      tokenUsageOf({ llmOutput: { estimatedTokenUsage: { promptTokens: 3, completionTokens: 2 } } }),
    ).toBeUndefined();
  });
});

test.each(hostileValues())("%s in place of a result is no count and no error", (_, value) => {
  for (const result of [value, { generations: value, llmOutput: value }, { generations: [[{ message: value }]] }]) {
    expect(tokenUsageOf(result)).toBeUndefined();
    expect(responseFactsOf(result, value).finishReasons).toEqual([]);
  }
  const details = { usage_metadata: { input_tokens: value, input_token_details: value } };
  expect(messageTokenUsage(details)?.input ?? 0).toBe(value === 7 ? 7 : 0);
});
