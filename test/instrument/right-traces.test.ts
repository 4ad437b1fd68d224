import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import { trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { withRequest } from "../../src/index.js";
import { WatchedApp } from "./watched-app.js";

let app: WatchedApp;
let models: ModelServer;

beforeAll(async () => {
  app = await new WatchedApp().ready();
  models = await startModelServer({ latencyScale: 0.05 });
});
afterAll(async () => {
  await models.close();
  await app.stop();
});

const chainOf = () =>
  ChatPromptTemplate.fromTemplate("explain {topic}")
    .pipe(new ChatOpenAI({ model: "gpt-4o-mini", apiKey: "none", configuration: { baseURL: models.url } }))
    .pipe(new StringOutputParser());

/** The trace of each server span must hold exactly one workflow, one model call and one HTTP call, nested in this order. */
function wronglyPlaced(serverSpan: RegExp): string[] {
  return app.named(serverSpan).flatMap((server) => {
    const { traceId } = server.spanContext();
    const inTrace = app.spans().filter((span) => span.spanContext().traceId === traceId);
    const http = inTrace.filter(({ name }) => name === "POST");
    const path = http.length === 1 && http[0] ? pathOf(http[0]) : inTrace.map(({ name }) => name);
    const expected = ["POST", "chat gpt-4o-mini", "invoke_workflow RunnableSequence", server.name];
    return inTrace.length === 4 && path.join() === expected.join() ? [] : [`${server.name}: ${path.join(" < ")}`];
  });
}

function pathOf(span: ReturnType<WatchedApp["spans"]>[number]): string[] {
  const parent = app.parentOf(span);
  return parent === undefined ? [span.name] : [span.name, ...pathOf(parent)];
}

describe("every span in its own request's trace", () => {
  it("30 requests started in one tick, each under a span of the app", async () => {
    const chain = chainOf();
    const tracer = trace.getTracer("app");
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        tracer.startActiveSpan(`tick ${index}`, async (span) => {
          await chain.invoke({ topic: `t${index}` });
          span.end();
        }),
      ),
    );
    await app.flush();
    expect(app.named(/^tick /)).toHaveLength(30);
    expect(wronglyPlaced(/^tick /)).toEqual([]);
  });

  it("an HTTP server with 20 clients and a callback of the app that awaits 5 ms", async () => {
    const chain = chainOf();
    const tracer = trace.getTracer("app");
    let callbacks = 0;
    const slowNeighbour = {
      handleChatModelStart: async () => {
        await sleep(5);
        callbacks += 1;
      },
      handleLLMEnd: async () => {
        await sleep(5);
        callbacks += 1;
      },
    };
    const server = createServer((request, response) => {
      void tracer.startActiveSpan(`serve ${request.url}`, async (span) => {
        await withRequest({ userId: String(request.url) }, () =>
          chain.invoke({ topic: String(request.url) }, { callbacks: [slowNeighbour] }),
        );
        response.end("ok");
        span.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const clients = Array.from({ length: 20 }, async (_, client) => {
      for (let call = 0; call < 5; call++) await (await fetch(`http://127.0.0.1:${port}/${client}/${call}`)).text();
    });
    await Promise.all(clients);
    server.closeAllConnections();
    server.close();
    await awaitAllCallbacks();
    await app.flush();

    const served = app.named(/^serve /);
    expect(served).toHaveLength(100);
    for (const span of served) {
      const inTrace = app.spans().filter((other) => other.spanContext().traceId === span.spanContext().traceId);
      const user = span.name.slice("serve ".length);
      const modelSpans = inTrace.filter(({ name }) => name === "chat gpt-4o-mini");
      expect(modelSpans.map((model) => model.attributes["user.id"])).toEqual([user]);
      const [http] = inTrace.filter(
        ({ name, parentSpanContext }) =>
          name === "POST" && parentSpanContext?.spanId === modelSpans[0]?.spanContext().spanId,
      );
      expect(http, `HTTP span of ${span.name} under its model span`).toBeDefined();
    }
    expect(callbacks).toBe(200);
  });

  it("the inputs of a batch are separate requests, not one inside the other", async () => {
    const before = app.records().length;
    await chainOf().batch([{ topic: "a" }, { topic: "b" }, { topic: "c" }], { runName: "batched" });
    await app.flush();
    const workflows = app.named("invoke_workflow batched");
    expect(new Set(workflows.map((span) => span.spanContext().traceId)).size).toBe(3);
    expect(app.records().length - before).toBe(3);
  });

  it("a run that starts after another has ended in the same flow is no part of it", async () => {
    const chain = chainOf();
    await chain.invoke({ topic: "first" }, { runName: "first of two" });
    await chain.invoke({ topic: "second" }, { runName: "second of two" });
    await app.flush();
    const [first] = app.named("invoke_workflow first of two");
    const [second] = app.named("invoke_workflow second of two");
    expect(second?.parentSpanContext).toBeUndefined();
    expect(second?.spanContext().traceId).not.toBe(first?.spanContext().traceId);
  });
});

describe("a duration is the call's own", () => {
  it("within 5 ms, while a neighbour handler sleeps 200 ms", async () => {
    const ownSeconds: number[] = [];
    class TimedModel extends FakeListChatModel {
      override async _generate(...args: Parameters<FakeListChatModel["_generate"]>) {
        const start = performance.now();
        const answer = await super._generate(...args);
        ownSeconds.push((performance.now() - start) / 1000);
        return answer;
      }
    }
    const model = new TimedModel({ responses: ["hi"], sleep: 25 });
    const neighbour = { handleChatModelStart: () => sleep(200), handleLLMEnd: () => sleep(200) };
    for (let call = 0; call < 8; call++) await model.invoke("hi", { callbacks: [neighbour], runName: "timed" });
    await app.flush();
    const spans = app.named(/^chat /).slice(-8);
    const errors = spans.map(
      ({ duration }, call) => duration[0] + duration[1] / 1e9 - (ownSeconds[call] ?? Number.NaN),
    );
    expect(spans).toHaveLength(8);
    // The machine may hold any single call up; what Chainwatch adds shows in the best one.
    expect(Math.min(...errors.map(Math.abs))).toBeLessThan(0.005);
  });
});
