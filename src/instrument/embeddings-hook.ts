import { randomUUID } from "node:crypto";
import { type Attributes, context, SpanKind } from "@opentelemetry/api";
import type { RunListeners } from "./callback-handler.js";
import { guard } from "./fault-guard.js";
import { numberProperty, property, stringProperty } from "./property.js";
import { requestParametersOf } from "./request-parameters.js";
import { type Run, scopeOf } from "./run.js";
import { ATTR_OPERATION_NAME, ATTR_PROVIDER_NAME, ATTR_REQUEST_MODEL } from "./semconv.js";

type Method = (this: object, ...args: unknown[]) => unknown;

const WRAPPED = Symbol.for("chainwatch.wrapped");

/** Tokens of the requests of one embeddings run: large inputs are sent in several. */
const usageOfRun = new WeakMap<Run, number>();

/**
 * LangChain calls no callbacks for embeddings, so the methods of the provider's class are wrapped: `embedQuery` and
 * `embedDocuments` are the run, `embeddingWithRetry` gives the exact tokens of each request.
 */
export function wrapEmbeddings(embeddingsClass: unknown, listeners: () => RunListeners | undefined): void {
  const prototype = property(embeddingsClass, "prototype");
  if (typeof prototype !== "object" || prototype === null) return;
  for (const method of ["embedQuery", "embedDocuments"]) {
    wrapOwn(
      prototype,
      method,
      (original) => (instance, args) => embed(listeners, instance, () => original.apply(instance, args)),
    );
  }
  wrapOwn(prototype, "embeddingWithRetry", (original) => async (instance, args) => {
    const response: unknown = await original.apply(instance, args);
    const run = scopeOf(context.active())?.run;
    const tokens = numberProperty(property(response, "usage"), "prompt_tokens");
    if (run?.kind === "embeddings" && tokens !== undefined) usageOfRun.set(run, (usageOfRun.get(run) ?? 0) + tokens);
    return response;
  });
}

function wrapOwn(
  prototype: object,
  name: string,
  wrap: (original: Method) => (instance: object, args: unknown[]) => unknown,
): void {
  if (!Object.hasOwn(prototype, name)) return;
  const original: unknown = property(prototype, name);
  if (typeof original !== "function" || WRAPPED in original) return;
  const inner = wrap(original as Method);
  const wrapped = function (this: object, ...args: unknown[]): unknown {
    return inner(this, args);
  };
  Object.defineProperty(wrapped, WRAPPED, { value: true });
  Object.defineProperty(prototype, name, { value: wrapped, configurable: true, writable: true, enumerable: false });
}

function embed(current: () => RunListeners | undefined, instance: object, call: () => unknown): unknown {
  const listeners = current();
  if (listeners === undefined) return call();
  // embedQuery may call embedDocuments: that is one run.
  if (scopeOf(context.active())?.run?.kind === "embeddings") return call();
  const run = guard("embeddings start", listeners.onFault, () => startRun(listeners, instance));
  if (run === undefined) return call();
  const failed = (error: unknown): void => {
    guard("embeddings error", listeners.onFault, () =>
      listeners.models.failEmbeddings(run, error, usageOfRun.get(run)),
    );
  };
  let result: unknown;
  try {
    result = context.with(run.context, call);
  } catch (error) {
    failed(error);
    throw error;
  }
  if (result instanceof Promise) {
    // Beside the app's own promise, which it gets back untouched.
    result.then(() => {
      guard("embeddings end", listeners.onFault, () => listeners.models.endEmbeddings(run, usageOfRun.get(run)));
    }, failed);
  }
  return result;
}

function startRun({ recorder }: RunListeners, instance: object): Run | undefined {
  const model = stringProperty(instance, "model") ?? stringProperty(instance, "modelName");
  const parameters = requestParametersOf({
    serialized: { kwargs: { configuration: property(instance, "clientConfig") } },
    extraParams: undefined,
    metadata: { ls_provider: providerOf(instance), ls_model_name: model },
  });
  const attributes: Attributes = {
    [ATTR_OPERATION_NAME]: "embeddings",
    [ATTR_PROVIDER_NAME]: parameters.provider,
    [ATTR_REQUEST_MODEL]: parameters.model,
    ...(parameters.attributes as Attributes),
  };
  return recorder.start({
    id: randomUUID(),
    parentId: undefined,
    kind: "embeddings",
    name: "embeddings",
    spanName: `embeddings ${parameters.model}`,
    spanKind: SpanKind.CLIENT,
    hidden: false,
    attributes,
    request: {},
    call: {
      provider: parameters.provider,
      model: parameters.model,
      timeoutMs: undefined,
      signal: undefined,
      firstChunkMs: undefined,
      partialUsage: undefined,
      failedAttempt: undefined,
      content: undefined,
    },
    wrapped: true,
  });
}

const providerOf = (instance: object): string => (instance.constructor.name.startsWith("Azure") ? "azure" : "openai");
