import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, interrupt, MemorySaver, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { withRequest } from "../../src/index.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";
import { WatchedApp } from "./watched-app.js";

let app: WatchedApp;
let scripted: ScriptedModelServer;
let models: ModelServer;

beforeAll(async () => {
  app = await new WatchedApp().ready();
  models = await startModelServer({ latencyScale: 0 });
  scripted = await startScriptedModelServer({
    hang: "hang",
    limited: { status: 429, body: { error: { message: "slow down", code: "rate_limit_exceeded" } } },
    filtered: { status: 400, body: { error: { message: "flagged", code: "content_filter" } } },
    broken: { status: 500, body: { error: { message: "oops" } } },
  });
});
afterAll(async () => {
  await Promise.all([scripted.close(), models.close()]);
  await app.stop();
});

const modelAt = (scenario: string) =>
  new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: scripted.url(scenario) },
  });

async function outcomeOf(work: () => Promise<unknown>): Promise<Record<string, unknown>> {
  await work().catch(() => undefined);
  await app.flush();
  return { ...app.records().at(-1)?.attributes };
}

describe("how a request ended", () => {
  it.each([
    ["a rate limit", "error", "rate_limit", () => modelAt("limited").invoke("hi")],
    ["a content filter", "error", "content_filter", () => modelAt("filtered").invoke("hi")],
    ["a server error", "error", "server_error", () => modelAt("broken").invoke("hi")],
    ["a per-call time-out", "timeout", "timeout", () => modelAt("hang").invoke("hi", { timeout: 50 })],
    ["an abort by the user", "cancelled", "cancelled", () => modelAt("hang").invoke("hi", { signal: abortSoon() })],
    [
      "an error of the app's own",
      "error",
      "RangeError",
      () =>
        RunnableLambda.from(() => {
          throw new RangeError("x");
        }).invoke(1),
    ],
  ])("%s is %s / %s", async (_name, outcome, errorType, work) => {
    const record = await outcomeOf(work);
    expect(record).toMatchObject({ outcome, "error.type": errorType });
    const [duration] = app.points("chainwatch.request.duration", {
      outcome,
      "chainwatch.request.type": record["chainwatch.request.type"],
    });
    expect(duration).toBeDefined();
  });

  it("one error that climbs through chains is one error record, and fails each span it passed", async () => {
    const before = app.records("chainwatch.error").length;
    const chain = RunnableLambda.from(async (input: string) => modelAt("broken").invoke(input)).withConfig({
      runName: "inner",
    });
    await withRequest({ requestType: "climb" }, () => chain.invoke("hi")).catch(() => undefined);
    await app.flush();
    const errors = app.records("chainwatch.error").slice(before);
    expect(errors.map(({ attributes }) => attributes["error.type"])).toEqual(["server_error"]);
    const [request] = app.named("request climb");
    const inTrace = app
      .spans()
      .filter((span) => span.spanContext().traceId === request?.spanContext().traceId && span.name !== "POST");
    expect(inTrace.map(({ name, status }) => [name, status.code])).toEqual([
      ["chat gpt-4o-mini", 2],
      ["invoke_workflow inner", 2],
      ["request climb", 2],
    ]);
    expect(errors[0]?.spanContext?.traceId).toBe(request?.spanContext().traceId);
  });

  it("an answered fallback is a success, though a call in it failed", async () => {
    const record = await outcomeOf(() =>
      withRequest({ requestType: "fallback" }, () =>
        modelAt("broken")
          .withFallbacks([new FakeListChatModel({ responses: ["ok"] })])
          .invoke("hi"),
      ),
    );
    expect(record).toMatchObject({ outcome: "success", "chainwatch.request.llm_calls": 2 });
  });

  it("a graph that waits for a person is interrupted, and that is no error", async () => {
    const State = Annotation.Root({ answer: Annotation<string> });
    const graph = new StateGraph(State)
      .addNode("ask", () => ({ answer: interrupt("may I?") as string }))
      .addEdge("__start__", "ask")
      .compile({ checkpointer: new MemorySaver() });
    const errors = app.records("chainwatch.error").length;
    const record = await outcomeOf(() => graph.invoke({}, { configurable: { thread_id: "t-1" } }));
    expect(record["error.type"]).toBeUndefined();
    expect(app.records("chainwatch.error").length).toBe(errors);
    expect(app.named("chain ask").at(-1)?.status.code).toBe(0);
    expect(app.named("chain ask").at(-1)?.attributes.outcome).toBe("interrupted");
  });

  it("a tool's time and error are measured under its name", async () => {
    const divide = tool(
      ({ by }) => {
        if (by === 0) throw new TypeError("by zero");
        return `${1 / by}`;
      },
      { name: "divide", schema: z.object({ by: z.number() }) },
    );
    await divide.invoke({ by: 2 });
    await divide.invoke({ by: 0 }).catch(() => undefined);
    await app.flush();
    expect(app.count("gen_ai.execute_tool.duration", { "gen_ai.tool.name": "divide" })).toBe(2);
    expect(app.count("gen_ai.execute_tool.duration", { "gen_ai.tool.name": "divide", "error.type": "TypeError" })).toBe(
      1,
    );
  });
});

function abortSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  return controller.signal;
}
