import { randomUUID } from "node:crypto";
import type { Attributes, Context } from "@opentelemetry/api";
import type { Clock } from "./clock.js";
import { classifyFailure, type Failure, type FailureHints, type FailureTextOptions } from "./failure.js";
import { clampDuration } from "./metric-instruments.js";
import { type Outcome, type Request, type RequestAttributes, type RequestFailure, timeInRequest } from "./request.js";
import { emitErrorRecord, emitRequestRecord } from "./request-log.js";
import {
  ATTR_CONVERSATION_ID,
  ATTR_OUTCOME,
  ATTR_REQUEST_COST,
  ATTR_REQUEST_ID,
  ATTR_REQUEST_LLM_CALLS,
  ATTR_REQUEST_TOKENS_CACHED,
  ATTR_REQUEST_TOKENS_INPUT,
  ATTR_REQUEST_TOKENS_OUTPUT,
  ATTR_REQUEST_TOKENS_REASONING,
  ATTR_REQUEST_TOKENS_TOTAL,
  ATTR_REQUEST_TYPE,
  ATTR_SESSION_ID,
  ATTR_TENANT,
  ATTR_USER_ID,
  RESOURCE_SERVICE_VERSION,
} from "./semconv.js";
import type { SignalSource } from "./signals.js";
import { addTokenUsage, type TokenUsage } from "./token-usage.js";
import type { ValueCap } from "./value-cap.js";

export interface RequestLedgerOptions {
  signals: SignalSource;
  clock: Clock;
  /** `service.version`: a metric attribute of the request instruments, since a backend may not promote it. */
  release: string | undefined;
  requestTypes: ValueCap;
  /** What error messages may carry. */
  errorText: FailureTextOptions;
}

/** What a finished model call adds to its request. */
export interface CallSum {
  model: string;
  seconds: number;
  usage: TokenUsage | undefined;
  /** US dollars; undefined when the model has no known price. */
  costUsd: number | undefined;
  /** Tokens were used whose price is unknown: the request's cost leaves them out. */
  unpriced: boolean;
  /** A model that writes: an LLM call. Embeddings only add tokens and cost. */
  writes: boolean;
}

/** Opens requests, adds up what happens in them, and tells each once when it ends: instruments and one record. */
export class RequestLedger {
  constructor(private readonly options: RequestLedgerOptions) {}

  open(attributes: RequestAttributes, fallbackType: string, context: Context): Request {
    const { clock, requestTypes, signals } = this.options;
    const request: Request = {
      id: attributes.requestId ?? randomUUID(),
      type: requestTypes.pass(attributes.requestType ?? fallbackType),
      userId: attributes.userId,
      sessionId: attributes.sessionId,
      tenant: attributes.tenant,
      query: attributes.query,
      conversationId: attributes.conversationId,
      startTimeMs: clock.unixMs(),
      startMs: clock.monotonicMs(),
      span: undefined,
      context,
      totals: {
        llmCalls: 0,
        llmTimeS: 0,
        tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
        costUsd: undefined,
        unpricedCalls: 0,
        models: new Set(),
      },
      prompts: new Set(),
      failures: new Map(),
      openRuns: 0,
      interrupted: false,
      settled: undefined,
      ended: false,
    };
    signals().instruments.requestStarted(request.type);
    return request;
  }

  addCall(request: Request, call: CallSum): void {
    const { totals } = request;
    if (call.writes) {
      totals.llmCalls += 1;
      totals.llmTimeS += call.seconds;
    }
    totals.models.add(call.model);
    if (call.usage !== undefined) totals.tokens = addTokenUsage(totals.tokens, call.usage);
    if (call.costUsd !== undefined) totals.costUsd = (totals.costUsd ?? 0) + call.costUsd;
    if (call.unpriced) totals.unpricedCalls += 1;
  }

  /**
   * What an error is, and the record of it: once, however many runs it climbs through. An interrupt is a pause and has
   * no record.
   *
   * @param context Of the run that failed: the record carries its trace and span.
   */
  failureOf(request: Request, context: Context, error: unknown, hints: FailureHints = {}): Failure {
    const known = request.failures.get(error);
    if (known !== undefined) return known;
    const { errorText, signals, clock } = this.options;
    const failure = classifyFailure(error, hints, errorText);
    request.failures.set(error, failure);
    if (failure.outcome !== "interrupted") {
      emitErrorRecord(signals().logger, { request, context, failure, timeMs: clock.unixMs() });
    }
    return failure;
  }

  /** The part of the app that decides the outcome is over; the request ends with its last run. */
  settle(request: Request, outcome: Outcome, failure: RequestFailure | undefined): void {
    request.settled ??= { outcome, failure };
    if (request.openRuns === 0) this.#end(request);
  }

  runStarted(request: Request): void {
    // The app went on, perhaps with the person's answer.
    if (request.openRuns === 0) request.interrupted = false;
    request.openRuns += 1;
  }

  runEnded(request: Request, outcome: Outcome): void {
    request.openRuns -= 1;
    if (outcome === "interrupted") request.interrupted = true;
    if (request.openRuns === 0 && request.settled !== undefined) this.#end(request);
  }

  /** Ends a request whose outermost run has ended, whatever still runs inside. */
  close(request: Request, outcome: Outcome, failure: RequestFailure | undefined): void {
    request.settled ??= { outcome, failure };
    this.#end(request);
  }

  #end(request: Request): void {
    if (request.ended || request.settled === undefined) return;
    request.ended = true;
    const { clock, release, signals } = this.options;
    const { instruments, logger } = signals();
    // A graph takes the interrupt of its node for itself and returns as if it had come to its end.
    const paused = request.interrupted && request.settled.outcome === "success";
    const settled = paused ? { outcome: "interrupted" as const, failure: undefined } : request.settled;
    const { outcome } = settled;
    const { totals, type, span } = request;
    const endMs = clock.monotonicMs();
    const seconds = (endMs - request.startMs) / 1000;
    const attributes: Attributes = { [ATTR_REQUEST_TYPE]: type };
    const measured: Attributes = { [ATTR_REQUEST_TYPE]: type, [ATTR_OUTCOME]: outcome };
    if (release !== undefined) measured[RESOURCE_SERVICE_VERSION] = release;
    instruments.requestEnded(type);
    instruments.requestDuration.record(clampDuration(seconds), measured);
    instruments.requestLlmCalls.record(totals.llmCalls, attributes);
    instruments.requestTokens.record(totals.tokens.input + totals.tokens.output, attributes);
    if (totals.costUsd !== undefined) instruments.requestCost.record(totals.costUsd, attributes);
    emitRequestRecord(logger, request, settled, seconds);
    if (span !== undefined) {
      span.setAttributes(totalAttributesOf(request, outcome));
      span.end(timeInRequest(request, endMs));
    }
  }
}

/**
 * Adds who and what a request is about: on its spans from their start, so that a sampler sees it.
 *
 * @returns `attributes`.
 */
export function addIdentity(attributes: Attributes, request: Request): Attributes {
  attributes[ATTR_REQUEST_ID] = request.id;
  attributes[ATTR_REQUEST_TYPE] = request.type;
  if (request.userId !== undefined) attributes[ATTR_USER_ID] = request.userId;
  if (request.sessionId !== undefined) attributes[ATTR_SESSION_ID] = request.sessionId;
  if (request.tenant !== undefined) attributes[ATTR_TENANT] = request.tenant;
  if (request.conversationId !== undefined) attributes[ATTR_CONVERSATION_ID] = request.conversationId;
  return attributes;
}

function totalAttributesOf(request: Request, outcome: Outcome): Attributes {
  const { tokens, llmCalls, costUsd } = request.totals;
  const attributes = addIdentity({}, request);
  attributes[ATTR_OUTCOME] = outcome;
  attributes[ATTR_REQUEST_LLM_CALLS] = llmCalls;
  attributes[ATTR_REQUEST_TOKENS_INPUT] = tokens.input;
  attributes[ATTR_REQUEST_TOKENS_OUTPUT] = tokens.output;
  attributes[ATTR_REQUEST_TOKENS_TOTAL] = tokens.input + tokens.output;
  attributes[ATTR_REQUEST_TOKENS_CACHED] = tokens.cacheRead;
  attributes[ATTR_REQUEST_TOKENS_REASONING] = tokens.reasoning;
  if (costUsd !== undefined) attributes[ATTR_REQUEST_COST] = costUsd;
  return attributes;
}
