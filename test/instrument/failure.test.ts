import { ModelAbortError } from "@langchain/core/errors";
import { Annotation, Command, interrupt, MemorySaver, StateGraph } from "@langchain/langgraph";
import { AzureChatOpenAI, ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classifyFailure, type Failure, failureText } from "../../src/instrument/failure.js";
import { hostileValues } from "./hostile-value.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";

const PROMPT = "CANARY my private question";
const KEY = "sk-canaryCANARYcanary0123456789";
const fault = (status: number, code: string | null, more: object = {}) => ({
  status,
  body: { error: { message: `${PROMPT} was refused, key ${KEY}`, type: null, param: null, code, ...more } },
});

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer({
    limited: fault(429, "rate_limit_exceeded"),
    quota: fault(429, "insufficient_quota"),
    filtered: fault(400, "content_filter", { innererror: { code: "ResponsibleAIPolicyViolation" } }),
    key: fault(401, "invalid_api_key"),
    forbidden: fault(403, null),
    missing: fault(404, "model_not_found"),
    bad: fault(400, null),
    long: fault(400, "context_length_exceeded"),
    broken: fault(500, null),
    overloaded: fault(503, null),
    gateway: fault(504, null),
    hang: "hang",
  });
});
afterAll(() => server.close());

interface Thrown {
  readonly error: unknown;
  readonly signal: unknown;
  readonly timeoutMs: number | undefined;
}

/** What a handler sees when a real call fails. */
async function thrown(scenario: string, fields: object = {}, options: object = {}): Promise<Thrown> {
  let signal: unknown;
  let timeoutMs: number | undefined;
  let report: (thrown: Thrown) => void = () => undefined;
  const reported = new Promise<Thrown>((resolve) => {
    report = resolve;
  });
  const handler = {
    awaitHandlers: true,
    handleChatModelStart(...args: unknown[]) {
      signal = (args[4] as { options?: { signal?: unknown } }).options?.signal;
      timeoutMs = (args[6] as { timeoutMs?: number }).timeoutMs;
    },
    handleLLMError(error: unknown) {
      report({ error, signal, timeoutMs });
    },
  };
  const model = new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: KEY,
    maxRetries: 0,
    configuration: { baseURL: server.url(scenario) },
    ...fields,
  });
  await expect(model.invoke(PROMPT, { ...options, callbacks: [handler] })).rejects.toThrow();
  return reported;
}

describe("a real ChatOpenAI that fails", () => {
  test.each([
    ["limited", "rate_limit", "RateLimitCapacityError (HTTP 429, MODEL_RATE_LIMIT, rate_limit_exceeded)"],
    ["quota", "rate_limit", "InsufficientQuotaError (HTTP 429, MODEL_RATE_LIMIT, insufficient_quota)"],
    ["filtered", "content_filter", "BadRequestError (HTTP 400, content_filter, ResponsibleAIPolicyViolation)"],
    ["key", "authentication", "AuthenticationError (HTTP 401, MODEL_AUTHENTICATION, invalid_api_key)"],
    ["forbidden", "authentication", "PermissionDeniedError (HTTP 403)"],
    ["missing", "not_found", "NotFoundError (HTTP 404, MODEL_NOT_FOUND, model_not_found)"],
    ["bad", "invalid_request", "BadRequestError (HTTP 400)"],
    ["long", "invalid_request", "BadRequestError (HTTP 400, context_length_exceeded)"],
    ["broken", "server_error", "InternalServerError (HTTP 500)"],
    ["overloaded", "server_error", "InternalServerError (HTTP 503)"],
  ])("%s is %s, and its message holds neither prompt nor key", async (scenario, errorType, message) => {
    const failure = classifyFailure((await thrown(scenario)).error);
    expect(failure).toMatchObject({ outcome: "error", errorType, message });
    expect(JSON.stringify(failure)).not.toMatch(/canary/i);
  });

  test("a gateway timeout is a timeout", async () => {
    expect(classifyFailure((await thrown("gateway")).error)).toMatchObject({
      outcome: "timeout",
      errorType: "timeout",
    });
  });

  test("the stack keeps its frames", async () => {
    const { stack } = classifyFailure((await thrown("limited")).error);
    expect(stack).toMatch(/^ {4}at /);
    for (const line of stack?.split("\n") ?? []) expect(line).toMatch(/^ {4}at .*:\d+:\d+\)?$/);
  });

  test("a model's own timeout is a timeout", async () => {
    const { error } = await thrown("hang", { timeout: 50 });
    expect(classifyFailure(error)).toMatchObject({ outcome: "timeout", errorType: "timeout" });
  });

  test("a call's timeout, which looks like an abort, is a timeout by its signal", async () => {
    const { error, signal, timeoutMs } = await thrown("hang", {}, { timeout: 50 });
    expect((error as Error).name).toBe("AbortError");
    expect(timeoutMs).toBe(50);
    expect(classifyFailure(error, { signal })).toMatchObject({ outcome: "timeout", errorType: "timeout" });
    expect(classifyFailure(error, { timeoutMs: 50, durationMs: 51 }).outcome).toBe("timeout");
    expect(classifyFailure(error, { timeoutMs: 50, durationMs: 20 }).outcome).toBe("cancelled");
  });

  test("a user's abort is cancelled, even with a timeout set and long after it", async () => {
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(), 50);
    const { error, signal } = await thrown("hang", {}, { signal: aborter.signal, timeout: 60_000 });
    const hints = { signal, timeoutMs: 10, durationMs: 100 };
    expect(classifyFailure(error, hints)).toMatchObject({ outcome: "cancelled", errorType: "cancelled" });
    expect(classifyFailure(error).outcome).toBe("cancelled");
  });

  test("a refused connection is the client's error", async () => {
    const { error } = await thrown("any", { configuration: { baseURL: "http://127.0.0.1:1/v1" } });
    expect(classifyFailure(error)).toMatchObject({ outcome: "error", errorType: "APIConnectionError" });
  });

  test("Azure's content filter is a content filter", async () => {
    const model = new AzureChatOpenAI({
      model: "gpt-4o",
      azureOpenAIApiKey: "none",
      azureOpenAIApiDeploymentName: "d",
      azureOpenAIApiVersion: "2024-06-01",
      azureOpenAIBasePath: server.url("filtered"),
      maxRetries: 0,
    });
    const error = await model.invoke("hi").catch((caught: unknown) => caught);
    expect(classifyFailure(error).errorType).toBe("content_filter");
  });

  test("with content capture on, the message stays readable and the key is masked", async () => {
    const { error } = await thrown("limited");
    const { message, stack } = failureText(error, { captureContent: true });
    expect(message).toContain(PROMPT);
    expect(stack).toContain(PROMPT);
    expect(message + stack).not.toContain(KEY);
  });
});

test("a graph's interrupt is a pause", async () => {
  const seen: unknown[] = [];
  const graph = new StateGraph(Annotation.Root({ answer: Annotation<string> }))
    .addNode("ask", () => ({ answer: interrupt<string, string>("may I?") }))
    .addEdge("__start__", "ask")
    .compile({ checkpointer: new MemorySaver() });
  const handler = { awaitHandlers: true, handleChainError: (error: unknown) => void seen.push(error) };
  const config = { configurable: { thread_id: "1" }, callbacks: [handler] };
  await graph.invoke({ answer: "" }, config);
  await graph.invoke(new Command({ resume: "yes" }), config);
  expect(seen).not.toEqual([]);
  for (const error of seen) {
    expect(classifyFailure(error)).toMatchObject({ outcome: "interrupted", errorType: "interrupted" });
  }
});

test("any error that a graph passes upwards is a pause", () => {
  const upwards = Object.assign(new Error("x"), { name: "Minified", is_bubble_up: true });
  expect(classifyFailure(upwards).outcome).toBe("interrupted");
});

describe("other errors", () => {
  class ToolFailed extends Error {}
  const named = (name: string, more: object = {}) => Object.assign(new Error(PROMPT), { name }, more);

  test.each<[string, unknown, string, Failure["outcome"]]>([
    ["an error without a class of its own", new Error(PROMPT), "_OTHER", "error"],
    ["an app's class", new ToolFailed(PROMPT), "ToolFailed", "error"],
    ["a name that is no class name", named(`Failed: ${PROMPT}`), "_OTHER", "error"],
    ["a built-in class", new TypeError(PROMPT), "TypeError", "error"],
    ["a thrown text", PROMPT, "_OTHER", "error"],
    ["a thrown object", { message: PROMPT }, "_OTHER", "error"],
    ["a thrown null", null, "_OTHER", "error"],
    ["LangChain's abort", new ModelAbortError(PROMPT), "cancelled", "cancelled"],
    ["LangChain's older abort", new Error("AbortError"), "cancelled", "cancelled"],
    ["the platform's abort", AbortSignal.abort().reason, "cancelled", "cancelled"],
    ["the platform's timeout", new DOMException("late", "TimeoutError"), "timeout", "timeout"],
    ["a socket timeout", named("Error", { code: "ETIMEDOUT" }), "timeout", "timeout"],
    [
      "undici's timeout as a cause",
      new TypeError("fetch failed", { cause: named("HeadersTimeoutError") }),
      "timeout",
      "timeout",
    ],
    ["axios' status", named("AxiosError", { response: { status: 429 } }), "rate_limit", "error"],
    ["AWS' throttling", named("ThrottlingException", { $metadata: { httpStatusCode: 400 } }), "rate_limit", "error"],
    ["Google's code", named("GaxiosError", { code: 403 }), "authentication", "error"],
    [
      "Anthropic's overload",
      named("Error", { status: 529, error: { error: { type: "overloaded_error" } } }),
      "server_error",
      "error",
    ],
    ["a wrapped 429", new ToolFailed("outer", { cause: named("X", { status: 429 }) }), "rate_limit", "error"],
    ["a group of errors", new AggregateError([named("X", { status: 401 })]), "authentication", "error"],
    ["a cut answer of a content filter", named("ContentFilterFinishReasonError"), "content_filter", "error"],
  ])("%s", (_, error, errorType, outcome) => {
    const failure = classifyFailure(error);
    expect(failure).toMatchObject({ errorType, outcome });
    expect(JSON.stringify(failure)).not.toContain("CANARY");
  });

  test("an abort with the user's own reason is cancelled, when the signal is known", () => {
    const reason = new ToolFailed("the user left");
    const signal = AbortSignal.abort(reason);
    expect(classifyFailure(reason, { signal }).outcome).toBe("cancelled");
    expect(classifyFailure(new Error("left"), { signal: AbortSignal.abort("left") }).outcome).toBe("cancelled");
    expect(classifyFailure(reason, { aborted: true }).outcome).toBe("cancelled");
    expect(classifyFailure(reason).errorType).toBe("ToolFailed");
  });

  test("causes are followed to a bounded depth, also in a circle", () => {
    let error = named("Deep", { status: 429 });
    for (let depth = 0; depth < 50; depth++) error = new ToolFailed("", { cause: error });
    expect(classifyFailure(error).errorType).toBe("ToolFailed");
    const circle = new ToolFailed("a");
    circle.cause = circle;
    expect(classifyFailure(circle).errorType).toBe("ToolFailed");
  });
});

describe("without content capture the stack", () => {
  const stackOf = (error: unknown) => failureText(error, { captureContent: false }).stack;

  test("leaves out lines of the message that look like frames", () => {
    const error = new Error(`why does this fail?\n    at CANARY (/home/canary/app.js:1:2)\n    at CANARY2 (x.js:3:4)`);
    expect(stackOf(error)).toContain("failure.test.ts");
    expect(stackOf(error)).not.toContain("CANARY");
  });

  test("is left out when the message was changed so that its end cannot be found", () => {
    const error = new Error(`first\n    at CANARY (/home/canary/app.js:1:2)`);
    expect(error.stack).toContain("CANARY");
    error.message = "second";
    expect(stackOf(error)).toBeUndefined();
    error.message = "";
    expect(stackOf(error)).toBeUndefined();
  });

  test("of an error without message is kept", () => {
    expect(stackOf(new Error())).toContain("failure.test.ts");
    expect(stackOf(new RangeError(""))).toContain("failure.test.ts");
  });

  test("that somebody wrote by hand shows no free text", () => {
    expect(stackOf({ message: "a", stack: "a\nCANARY\n    at CANARY text" })).toBeUndefined();
  });
});

describe("with content capture", () => {
  test("message and stack are limited in size", () => {
    const error = new Error("x".repeat(1_000_000));
    const { message, stack } = failureText(error, { captureContent: true });
    expect(message).toHaveLength(2_048);
    expect(stack).toHaveLength(8_192);
  });

  test("the user's redaction sees the whole text", () => {
    const text = failureText(new Error(`Bob ${"x".repeat(5_000)} Bob`), {
      captureContent: true,
      filter: (whole) => whole.replaceAll("Bob", "[name]").replaceAll("x", ""),
    });
    expect(text.message).toBe("[name]  [name]");
    expect(text.stack).not.toContain("Bob");
  });
});

test.each(hostileValues())("%s thrown is a failure and no error of ours", (_, value) => {
  for (const error of [
    value,
    { cause: value, name: value, message: value, stack: value, status: value, error: value },
  ]) {
    for (const captureContent of [true, false]) {
      const failure = classifyFailure(error, { signal: value, aborted: false }, { captureContent });
      expect(failure.outcome).toBe("error");
      expect(failure.message).toEqual(expect.any(String));
    }
  }
});
