import { AIMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { responseFactsOf } from "../../src/instrument/response-facts.js";
import { tokenUsageOf } from "../../src/instrument/token-usage.js";
import { collector, drain, scriptedModel } from "./collected-runs.js";
import { hostileValues } from "./hostile-value.js";
import { counted, openaiAnswers } from "./openai-answers.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer(openaiAnswers);
});
afterAll(() => server.close());

const model = (scenario: string, fields?: object) => scriptedModel(server, scenario, fields);

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

  test("a hit is known from the last argument alone, too", () => {
    expect(responseFactsOf({ generations: [] }, { cached: true }).cached).toBe(true);
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

test.each(hostileValues())("%s in place of a result says nothing and is no error", (_, value) => {
  for (const result of [value, { generations: value, llmOutput: value }, { generations: [[{ message: value }]] }]) {
    expect(responseFactsOf(result, value).finishReasons).toEqual([]);
  }
});
