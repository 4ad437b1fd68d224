import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { context } from "@opentelemetry/api";
import { property } from "./property.js";
import { type Run, scopeOf } from "./run.js";

/** An attempt of a model call after a failed one. */
export type RetryListener = (run: Run, errorType: string) => void;

const CREATED = "undici:request:create";
const HEADERS = "undici:request:headers";
const FAILED = "undici:request:error";

/** What providers' clients try again: the request may go through later. */
function retriedStatus(status: unknown): string | undefined {
  if (status === 429) return "rate_limit";
  if (status === 408 || status === 409) return "timeout";
  return typeof status === "number" && status >= 500 ? "server_error" : undefined;
}

/**
 * Counts retries inside a model call. LangChain tells nothing of them, but every provider client sends each attempt
 * through `fetch`, which Node announces on its diagnostics channels, in the active context of the call.
 *
 * @returns stops listening.
 */
export function watchHttpAttempts(onRetry: RetryListener, onFault: (fault: unknown) => void): () => void {
  const runs = new WeakMap<object, Run>();
  const guarded = (work: (message: unknown) => void) => (message: unknown) => {
    try {
      work(message);
    } catch (fault) {
      onFault(fault);
    }
  };
  const requestIn = (message: unknown): object | undefined => {
    const request = property(message, "request");
    return typeof request === "object" && request !== null ? request : undefined;
  };
  const created = guarded((message) => {
    const request = requestIn(message);
    const run = scopeOf(context.active())?.run;
    if (request === undefined || run?.call === undefined || run.ended) return;
    runs.set(request, run);
    if (run.call.failedAttempt === undefined) return;
    onRetry(run, run.call.failedAttempt);
    run.call.failedAttempt = undefined;
  });
  const failedWith = (message: unknown, errorType: string | undefined): void => {
    const request = requestIn(message);
    const call = request === undefined ? undefined : runs.get(request)?.call;
    if (call !== undefined) call.failedAttempt = errorType;
  };
  const answered = guarded((message) =>
    failedWith(message, retriedStatus(property(property(message, "response"), "statusCode"))),
  );
  const broke = guarded((message) => failedWith(message, "connection"));
  subscribe(CREATED, created);
  subscribe(HEADERS, answered);
  subscribe(FAILED, broke);
  return () => {
    unsubscribe(CREATED, created);
    unsubscribe(HEADERS, answered);
    unsubscribe(FAILED, broke);
  };
}
