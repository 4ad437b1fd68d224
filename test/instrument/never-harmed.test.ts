import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { CapturedContent } from "../../src/instrument/captured-content.js";
import { Instrumentation } from "../../src/instrument/instrumentation.js";
import { ModelRuns } from "../../src/instrument/model-runs.js";
import { PriceBook } from "../../src/instrument/price-book.js";
import { RequestLedger } from "../../src/instrument/request-ledger.js";
import { RunRecorder } from "../../src/instrument/run-recorder.js";
import { recordedSignals } from "./recorded-signals.js";

const recorded = recordedSignals();
let instrumentation: Instrumentation;
const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => rejections.push(reason));

beforeEach(() => {
  recorded.spans.reset();
  rejections.length = 0;
  instrumentation = new Instrumentation({
    signals: () => recorded.signals,
    clock: { monotonicMs: () => performance.now(), unixMs: () => Date.now() },
    detail: "steps",
    capture: { spans: true, events: false },
    redact: undefined,
    prices: new PriceBook(),
    release: undefined,
    maxOpenRuns: 10_000,
    idle: { streamMs: 60_000, callMs: 60_000, runMs: 60_000 },
    warnOnce: () => undefined,
  });
});
afterEach(() => instrumentation.stop());

const faults = () => recorded.counted("chainwatch.telemetry.errors");
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Every hook that Chainwatch runs inside the app, and an app that passes through it. */
const HOOKS: [where: string, sabotage: () => () => void, app: () => Promise<unknown>, answer: unknown][] = [
  ["model start", () => breakMethod(ModelRuns, "start"), askModel, "four"],
  ["model end", () => breakMethod(ModelRuns, "end"), askModel, "four"],
  ["model error", () => breakMethod(ModelRuns, "fail"), failModel, "the model's own error"],
  ["chain start", () => breakMethod(CapturedContent, "workflowInput"), runLambda, 42],
  ["chain end", () => breakMethod(CapturedContent, "workflowOutput"), runLambda, 42],
  ["chain error", () => breakMethod(RequestLedger, "failureOf"), failLambda, "the app's own error"],
  ["tool start", () => breakMethod(CapturedContent, "toolInput"), useTool, "sunny"],
  ["tool end", () => breakMethod(CapturedContent, "toolOutput"), useTool, "sunny"],
  ["run bookkeeping", () => breakMethod(RunRecorder, "start"), runLambda, 42],
];

describe("a fault in a hook", () => {
  it.each(HOOKS)(
    "in %s leaves the app's result as it was and counts one error",
    async (_where, sabotage, app, answer) => {
      const before = await faults();
      const repair = sabotage();
      try {
        expect(await app()).toEqual(answer);
      } finally {
        repair();
      }
      await settled();
      expect(await faults()).toBe(before + 1);
      expect(rejections).toEqual([]);
    },
  );
});

/** Values that apps and providers hand over and that break naive code. */
function hostileValues(): [name: string, value: unknown][] {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = cyclic;
  const throwing = {
    toString: () => thrower(),
    toJSON: () => thrower(),
    get name() {
      return thrower();
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return [
    ["a cyclic object", cyclic],
    ["a throwing toString, toJSON and getter", throwing],
    ["a revoked proxy", proxy],
    ["a null prototype", Object.create(null)],
    ["a symbol", Symbol("s")],
    ["a bigint", 10n],
    ["undefined", undefined],
  ];
}

describe("hostile values", () => {
  it.each(hostileValues())("%s passes through a chain unchanged and is recorded", async (_name, value) => {
    const before = await faults();
    const given = { value };
    const result = await RunnableLambda.from((input: typeof given) => input).invoke(given);
    expect(result.value).toBe(value);
    await settled();
    expect(recorded.spans.getFinishedSpans().map(({ name }) => name)).toContain("invoke_workflow RunnableLambda");
    expect(await faults()).toBe(before);
    expect(rejections).toEqual([]);
  });

  it.each(hostileValues())("%s as a thrown error reaches the app as it was thrown", async (_name, value) => {
    let caught: unknown = "nothing";
    await RunnableLambda.from(() => {
      throw value;
    })
      .invoke(1)
      .catch((error: unknown) => {
        caught = error;
      });
    expect(caught).toBe(value);
    await settled();
    expect(rejections).toEqual([]);
    expect(recorded.spans.getFinishedSpans().at(-1)?.status.code).toBe(2);
  });

  it.each(hostileValues())(
    "%s in metadata, tags and handler arguments counts at most one error",
    async (_name, value) => {
      const { handler } = instrumentation;
      const before = await faults();
      const id = crypto.randomUUID();
      handler.handleChatModelStart(value, value, id, undefined, value, value, value);
      handler.handleLLMNewToken(value, value, id, undefined, value, value);
      handler.handleLLMEnd(value, id, undefined, value, value);
      expect((await faults()) - before).toBeLessThanOrEqual(1);
    },
  );
});

async function askModel(): Promise<unknown> {
  return ChatPromptTemplate.fromTemplate("{q}")
    .pipe(new FakeListChatModel({ responses: ["four"] }))
    .pipe(new StringOutputParser())
    .invoke({ q: "2 + 2?" });
}

async function failModel(): Promise<unknown> {
  class Failing extends FakeListChatModel {
    override _generate(): never {
      throw new Error("the model's own error");
    }
  }
  return new Failing({ responses: [] }).invoke("hi").catch((error: Error) => error.message);
}

async function runLambda(): Promise<unknown> {
  return RunnableLambda.from((n: number) => n * 2).invoke(21);
}

async function failLambda(): Promise<unknown> {
  const lambda = RunnableLambda.from(() => {
    throw new Error("the app's own error");
  });
  return lambda.invoke(1).catch((error: Error) => error.message);
}

async function useTool(): Promise<unknown> {
  const weather = tool(() => "sunny", {
    name: "weather",
    description: "weather",
    schema: z.object({ city: z.string() }),
  });
  return weather.invoke({ city: "Bern" });
}

function thrower(): never {
  throw new Error("hostile");
}

/** Makes a method of Chainwatch's own throw; the returned function mends it. */
function breakMethod(owner: { prototype: object }, name: string): () => void {
  const prototype = owner.prototype as Record<string, unknown>;
  const original = prototype[name];
  expect(original, `${name} exists`).toBeTypeOf("function");
  prototype[name] = () => thrower();
  return () => {
    prototype[name] = original;
  };
}
