import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { OpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTokenUsage, messageTokenUsage, tokenUsageOf } from "../../src/instrument/token-usage.js";
import { collector, drain, scriptedModel } from "./collected-runs.js";
import { hostileValues } from "./hostile-value.js";
import { counted, openaiAnswers, usage } from "./openai-answers.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer(openaiAnswers);
});
afterAll(() => server.close());

const model = (scenario: string, fields?: object) => scriptedModel(server, scenario, fields);

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

  test("a count with reasoning inside the output and cached tokens apart", () => {
    const usage_metadata = {
      input_tokens: 5,
      output_tokens: 7,
      total_tokens: 14,
      input_token_details: { cache_read: 2 },
      output_token_details: { reasoning: 3 },
    };
    expect(of({ usage_metadata })).toEqual({ input: 7, output: 7, cacheRead: 2, cacheWrite: 0, reasoning: 3 });
  });

  test("choices with different counts: the prompt's is the largest", () => {
    const choices = [
      [20, 9],
      [20, 1],
    ].map(([input_tokens, output_tokens]) => ({ message: { usage_metadata: { input_tokens, output_tokens } } }));
    expect(tokenUsageOf({ generations: [choices] })).toMatchObject({ input: 20, output: 9 });
    expect(tokenUsageOf({ generations: [choices.toReversed()] })).toMatchObject({ input: 20, output: 9 });
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
  }
  const details = { usage_metadata: { input_tokens: value, input_token_details: value } };
  expect(messageTokenUsage(details)?.input ?? 0).toBe(value === 7 ? 7 : 0);
});
