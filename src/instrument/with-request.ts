import { context, SpanKind, trace } from "@opentelemetry/api";
import { type FaultSink, guard } from "./fault-guard.js";
import { processState } from "./process-state.js";
import { fillAttributes, type Request, type RequestAttributes } from "./request.js";
import { addIdentity, type RequestLedger } from "./request-ledger.js";
import { inScope, livingContext, scopeOf } from "./run.js";
import { markFailed, requestFailureOf } from "./run-recorder.js";
import type { SignalSource } from "./signals.js";

export interface RequestRunner {
  ledger: RequestLedger;
  signals: SignalSource;
  onFault: FaultSink;
}

/**
 * Runs `fn` as one request of a user, and returns what it returns. Before `instrument()` it just runs it.
 *
 * @example
 * const answer = await withRequest({ userId: "user_001", requestType: "explain" }, () => chain.invoke({ topic }));
 */
export function withRequest<T>(attributes: RequestAttributes, fn: () => T): T {
  const { runner } = processState();
  return runner === undefined ? fn() : runAsRequest(runner, attributes, fn);
}

/**
 * Runs `fn` as one request: one span over everything in it, one record, one measurement of each request instrument.
 * It lasts until `fn` has settled and its last run has ended, so a stream that `fn` returns counts whole. Inside a
 * request, the outer one stays and takes over what it did not know.
 */
function runAsRequest<T>(runner: RequestRunner, attributes: RequestAttributes, fn: () => T): T {
  const request = guard("withRequest", runner.onFault, () => openRequest(runner, attributes));
  if (request === undefined) return fn();
  const succeeded = (): void => {
    guard("withRequest end", runner.onFault, () => runner.ledger.settle(request, "success", undefined));
  };
  const failed = (error: unknown): void => {
    guard("withRequest error", runner.onFault, () => failRequest(runner, request, error));
  };
  let result: T;
  try {
    result = context.with(request.context, fn);
  } catch (error) {
    failed(error);
    throw error;
  }
  // The app gets its own promise back: what we do beside it must not change who handles a rejection.
  if (result instanceof Promise) result.then(succeeded, failed);
  else succeeded();
  return result;
}

/** @returns undefined inside a request, which only learns what it did not know. */
function openRequest({ ledger, signals }: RequestRunner, attributes: RequestAttributes): Request | undefined {
  const active = livingContext(context.active());
  const around = scopeOf(active)?.request;
  if (around !== undefined && !around.ended) {
    fillAttributes(around, attributes);
    return undefined;
  }
  const request = ledger.open(attributes, "request", active);
  const span = signals().tracer.startSpan(
    `request ${request.type}`,
    { kind: SpanKind.INTERNAL, attributes: addIdentity({}, request), startTime: request.startTimeMs },
    active,
  );
  request.span = span;
  request.context = inScope(trace.setSpan(active, span), { request, run: undefined });
  return request;
}

function failRequest({ ledger }: RequestRunner, request: Request, error: unknown): void {
  const failure = ledger.failureOf(request, request.context, error);
  if (failure.outcome !== "interrupted" && request.span !== undefined) markFailed(request.span, failure);
  ledger.settle(request, failure.outcome, requestFailureOf(failure));
}
