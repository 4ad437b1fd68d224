import type { Context, Span } from "@opentelemetry/api";
import type { Failure } from "./failure.js";
import type { TokenUsage } from "./token-usage.js";

export type Outcome = "success" | "error" | "timeout" | "cancelled" | "abandoned" | "interrupted";

/** What an app can say about a request; see `withRequest`. */
export interface RequestAttributes {
  /** Whose request it is. Goes to spans and the request record, never to metrics. */
  userId?: string | undefined;
  /** The session it belongs to. Goes to spans and the request record, never to metrics. */
  sessionId?: string | undefined;
  tenant?: string | undefined;
  /** Kind of request, e.g. `summarise`. A metric attribute: keep it to a few dozen values. */
  requestType?: string | undefined;
  /** Your own id of the request; a random UUID by default. */
  requestId?: string | undefined;
  /** The user's question, for `queries.top`. Sent as given, even while content capture is off. */
  query?: string | undefined;
  /** `gen_ai.conversation.id`. */
  conversationId?: string | undefined;
}

/** A failure as the record of a request tells it. */
export interface RequestFailure {
  errorType: string;
  message: string;
}

/** One request while it runs. */
export interface Request {
  readonly id: string;
  /** Metric attribute, capped. */
  readonly type: string;
  userId: string | undefined;
  sessionId: string | undefined;
  tenant: string | undefined;
  query: string | undefined;
  conversationId: string | undefined;
  /** Unix time, milliseconds. */
  readonly startTimeMs: number;
  /** Of the monotonic clock, milliseconds. */
  readonly startMs: number;
  /** The span that carries the totals and ends with the request; undefined when the outermost run is hidden. */
  span: Span | undefined;
  /** A context inside the request, so that its records carry its trace. */
  context: Context;
  /** Everything that the model calls under it add up to. */
  readonly totals: {
    llmCalls: number;
    /** Seconds, summed over the calls. */
    llmTimeS: number;
    tokens: TokenUsage;
    /** US dollars; undefined while no call had a known price. */
    costUsd: number | undefined;
    unpricedCalls: number;
    readonly models: Set<string>;
  };
  /** The prompts that runs under it used, as `name@version`. */
  readonly prompts: Set<string>;
  /**
   * Errors that were told, and what each is: one error that climbs through five runs is one error record, and only the
   * innermost run knows enough to tell a time-out from an abort.
   */
  readonly failures: Map<unknown, Failure>;
  /** Runs under it that have not ended. */
  openRuns: number;
  /** A run in it waits for a person: without an error, so does the request. */
  interrupted: boolean;
  /** How it went, once that is known. */
  settled: { outcome: Outcome; failure: RequestFailure | undefined } | undefined;
  ended: boolean;
}

/**
 * Unix time of a moment in the request, milliseconds with fractions. The wall clock has whole milliseconds, in which
 * the steps of a chain would lie in any order and children begin before their parents.
 *
 * @param monotonicMs Of the monotonic clock.
 */
export const timeInRequest = ({ startTimeMs, startMs }: Request, monotonicMs: number): number =>
  startTimeMs + (monotonicMs - startMs);

/** Takes over what the request does not know yet; what it knows stays. */
export function fillAttributes(request: Request, attributes: RequestAttributes): void {
  request.userId ??= attributes.userId;
  request.sessionId ??= attributes.sessionId;
  request.tenant ??= attributes.tenant;
  request.query ??= attributes.query;
  request.conversationId ??= attributes.conversationId;
}
