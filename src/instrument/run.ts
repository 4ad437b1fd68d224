import { type Attributes, type Context, createContextKey, type Span } from "@opentelemetry/api";
import type { Request } from "./request.js";
import type { RunKind } from "./run-kind.js";
import type { TokenUsage } from "./token-usage.js";

/** What is known of a model call while it runs. */
export interface ModelCall {
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  /** `gen_ai.request.model`, as it was asked for. */
  readonly model: string;
  /** Time-out that the call was configured with, milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Abort signal of the call, when it has one. */
  readonly signal: unknown;
  /** Monotonic time of the first chunk, milliseconds; undefined until then. */
  firstChunkMs: number | undefined;
  /** Tokens that the chunks told so far, for streams that are broken off or fail. */
  partialUsage: TokenUsage | undefined;
  /** `error.type` of the HTTP attempt that failed last; undefined when the last one did not fail. */
  failedAttempt: string | undefined;
  /** Captured input, kept for the event that tells input and output together; undefined unless events are on. */
  readonly content: Attributes | undefined;
}

/** One LangChain run between its start and its end. */
export interface Run {
  readonly id: string;
  readonly kind: RunKind;
  readonly name: string;
  readonly request: Request;
  /** The run around it. */
  readonly parent: Run | undefined;
  /** Runs right under it that have not ended. */
  openChildren: number;
  /** Undefined on a run that is hidden at this level of detail. */
  readonly span: Span | undefined;
  /** What was active when it began, and is again when it has ended. */
  readonly outerContext: Context;
  /** What is active inside it. */
  readonly context: Context;
  /** Of the monotonic clock, milliseconds. */
  readonly startMs: number;
  /** When it began, last got a chunk, or a run under it last ended; of the monotonic clock, milliseconds. */
  lastActivityMs: number;
  /** It began the request, and its end ends it. */
  readonly opensRequest: boolean;
  readonly call: ModelCall | undefined;
  ended: boolean;
}

/** Where a context is: in a request, and perhaps in a run of it. */
export interface Scope {
  readonly request: Request;
  readonly run: Run | undefined;
}

const SCOPE_KEY = createContextKey("chainwatch.scope");

export const scopeOf = (context: Context): Scope | undefined => context.getValue(SCOPE_KEY) as Scope | undefined;

export const inScope = (context: Context, scope: Scope): Context => context.setValue(SCOPE_KEY, scope);

/**
 * The context without runs and requests that have ended: LangChain's flow may carry one on, and what starts there
 * afterwards is no part of it.
 */
export function livingContext(context: Context): Context {
  let living = context;
  for (let scope = scopeOf(living); scope?.run?.ended === true; scope = scopeOf(living))
    living = scope.run.outerContext;
  return living;
}
