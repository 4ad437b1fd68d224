import { type Context, TraceFlags, trace } from "@opentelemetry/api";
import { type LogAttributes, type Logger, SeverityNumber } from "@opentelemetry/api-logs";
import type { Failure } from "./failure.js";
import type { Request } from "./request.js";
import {
  ATTR_CONVERSATION_ID,
  ATTR_ERROR_MESSAGE,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  ATTR_OUTCOME,
  ATTR_REQUEST_COST,
  ATTR_REQUEST_DURATION,
  ATTR_REQUEST_ID,
  ATTR_REQUEST_LLM_CALLS,
  ATTR_REQUEST_LLM_TIME,
  ATTR_REQUEST_MODELS,
  ATTR_REQUEST_PROMPTS,
  ATTR_REQUEST_QUERY,
  ATTR_REQUEST_TOKENS_CACHED,
  ATTR_REQUEST_TOKENS_INPUT,
  ATTR_REQUEST_TOKENS_OUTPUT,
  ATTR_REQUEST_TOKENS_REASONING,
  ATTR_REQUEST_TOKENS_TOTAL,
  ATTR_REQUEST_TRACE_SAMPLED,
  ATTR_REQUEST_TYPE,
  ATTR_REQUEST_UNPRICED_CALLS,
  ATTR_SESSION_ID,
  ATTR_TENANT,
  ATTR_USER_ID,
  EVENT_ERROR,
  EVENT_REQUEST,
} from "./semconv.js";

/** One record a request, sampled or not. Its timestamp is when the request began. */
export function emitRequestRecord(
  logger: Logger,
  request: Request,
  settled: NonNullable<Request["settled"]>,
  seconds: number,
): void {
  const { totals } = request;
  const { tokens } = totals;
  const spanContext = trace.getSpanContext(request.context);
  // One by one: an object literal with so many computed names takes V8 twenty times as long.
  const attributes: LogAttributes = {};
  attributes[ATTR_REQUEST_ID] = request.id;
  attributes[ATTR_REQUEST_TYPE] = request.type;
  attributes[ATTR_OUTCOME] = settled.outcome;
  attributes[ATTR_REQUEST_DURATION] = seconds;
  attributes[ATTR_REQUEST_LLM_CALLS] = totals.llmCalls;
  attributes[ATTR_REQUEST_LLM_TIME] = totals.llmTimeS;
  attributes[ATTR_REQUEST_TOKENS_INPUT] = tokens.input;
  attributes[ATTR_REQUEST_TOKENS_OUTPUT] = tokens.output;
  attributes[ATTR_REQUEST_TOKENS_TOTAL] = tokens.input + tokens.output;
  attributes[ATTR_REQUEST_TOKENS_CACHED] = tokens.cacheRead;
  attributes[ATTR_REQUEST_TOKENS_REASONING] = tokens.reasoning;
  attributes[ATTR_REQUEST_MODELS] = [...totals.models];
  attributes[ATTR_REQUEST_TRACE_SAMPLED] =
    spanContext !== undefined && (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
  if (request.userId !== undefined) attributes[ATTR_USER_ID] = request.userId;
  if (request.sessionId !== undefined) attributes[ATTR_SESSION_ID] = request.sessionId;
  if (request.tenant !== undefined) attributes[ATTR_TENANT] = request.tenant;
  if (request.conversationId !== undefined) attributes[ATTR_CONVERSATION_ID] = request.conversationId;
  if (request.query !== undefined) attributes[ATTR_REQUEST_QUERY] = request.query;
  if (request.prompts.size > 0) attributes[ATTR_REQUEST_PROMPTS] = [...request.prompts];
  if (totals.costUsd !== undefined) attributes[ATTR_REQUEST_COST] = totals.costUsd;
  if (totals.unpricedCalls > 0) attributes[ATTR_REQUEST_UNPRICED_CALLS] = totals.unpricedCalls;
  if (settled.failure !== undefined) {
    attributes[ATTR_ERROR_TYPE] = settled.failure.errorType;
    attributes[ATTR_ERROR_MESSAGE] = settled.failure.message;
  }
  const failed = settled.outcome === "error" || settled.outcome === "timeout";
  logger.emit({
    eventName: EVENT_REQUEST,
    timestamp: request.startTimeMs,
    severityNumber: failed ? SeverityNumber.ERROR : SeverityNumber.INFO,
    severityText: failed ? "ERROR" : "INFO",
    attributes,
    context: request.context,
  });
}

export interface ErrorRecordFacts {
  request: Request;
  /** Of the run that failed: the record carries its trace and span. */
  context: Context;
  failure: Failure;
  /** Unix time, milliseconds. */
  timeMs: number;
}

/** One record an error: the error log. */
export function emitErrorRecord(logger: Logger, { request, context, failure, timeMs }: ErrorRecordFacts): void {
  const attributes: LogAttributes = {
    [ATTR_REQUEST_ID]: request.id,
    [ATTR_REQUEST_TYPE]: request.type,
    [ATTR_ERROR_TYPE]: failure.errorType,
    [ATTR_EXCEPTION_TYPE]: failure.exceptionType,
    [ATTR_EXCEPTION_MESSAGE]: failure.message,
  };
  if (failure.stack !== undefined) attributes[ATTR_EXCEPTION_STACKTRACE] = failure.stack;
  logger.emit({
    eventName: EVENT_ERROR,
    timestamp: timeMs,
    severityNumber: SeverityNumber.ERROR,
    severityText: "ERROR",
    attributes,
    context,
  });
}
