import { expect, it } from "vitest";
import * as semconv from "../../src/instrument/semconv.js";
import { recordedError } from "../../src/store/recorded-error.js";
import { recordedRequest } from "../../src/store/recorded-request.js";
import { NOON_US, requestLog, spanId, traceId } from "./rows.js";

const EVERYTHING = {
  [semconv.ATTR_REQUEST_ID]: "r1",
  [semconv.ATTR_REQUEST_TYPE]: "chat",
  [semconv.ATTR_OUTCOME]: "timeout",
  [semconv.ATTR_REQUEST_DURATION]: 12.5,
  [semconv.ATTR_REQUEST_LLM_CALLS]: 3,
  [semconv.ATTR_REQUEST_LLM_TIME]: 11.25,
  [semconv.ATTR_REQUEST_TOKENS_INPUT]: 100,
  [semconv.ATTR_REQUEST_TOKENS_OUTPUT]: 20,
  [semconv.ATTR_REQUEST_TOKENS_TOTAL]: 120,
  [semconv.ATTR_REQUEST_TOKENS_CACHED]: 64,
  [semconv.ATTR_REQUEST_TOKENS_REASONING]: 8,
  [semconv.ATTR_REQUEST_COST]: 0.0125,
  [semconv.ATTR_REQUEST_UNPRICED_CALLS]: 1,
  [semconv.ATTR_REQUEST_MODELS]: ["gpt-4o", "other"],
  [semconv.ATTR_REQUEST_PROMPTS]: ["support@7"],
  [semconv.ATTR_REQUEST_TRACE_SAMPLED]: true,
  [semconv.ATTR_REQUEST_QUERY]: "什么是人工智能?",
  [semconv.ATTR_USER_ID]: "user_001",
  [semconv.ATTR_SESSION_ID]: "session",
  [semconv.ATTR_TENANT]: "tenant",
  [semconv.ATTR_CONVERSATION_ID]: "thread",
  [semconv.ATTR_ERROR_TYPE]: "timeout",
  [semconv.ATTR_ERROR_MESSAGE]: "took too long",
};

it("a log record with every attribute becomes a record with every field", () => {
  expect(recordedRequest(requestLog("r1", EVERYTHING, { timeUs: NOON_US + 123_456 }))).toEqual({
    request_id: "r1",
    timestamp: "2026-11-24T12:00:00.123Z",
    service: "bot",
    environment: "test",
    release: "1.2.3",
    instance: "i-1",
    user_id: "user_001",
    session_id: "session",
    tenant: "tenant",
    conversation_id: "thread",
    type: "chat",
    outcome: "timeout",
    response_time: 12.5,
    llm_calls: 3,
    llm_time: 11.25,
    tokens: { input: 100, output: 20, total: 120, cached: 64, reasoning: 8 },
    cost_usd: 0.0125,
    unpriced_calls: 1,
    models: ["gpt-4o", "other"],
    prompts: ["support@7"],
    error_type: "timeout",
    error_message: "took too long",
    query: "什么是人工智能?",
    trace_id: traceId(1),
    trace_sampled: true,
  });
});

it("what is unknown is absent, and never a cost of 0", () => {
  const record = recordedRequest(requestLog("r1", {}, { resource: {}, traceId: "" }));
  expect(record).toEqual({
    ...{ request_id: "r1", timestamp: "2026-11-24T12:00:00.000Z", service: "unknown_service", type: "chat" },
    ...{
      outcome: "success",
      response_time: 0,
      llm_calls: 0,
      llm_time: 0,
      models: [],
      trace_id: "",
      trace_sampled: false,
    },
    tokens: { input: 0, output: 0, total: 0, cached: 0, reasoning: 0 },
  });
});

it.each([
  ["of another event", requestLog("r1", {}, { eventName: "app.event" })],
  ["without a request id", requestLog("")],
  ["with an outcome that is none", requestLog("r1", { outcome: "fine" })],
])("a log record %s is no request", (_what, row) => {
  expect(recordedRequest(row)).toBeUndefined();
});

it("an error's log record becomes an error record", () => {
  const attributes = {
    [semconv.ATTR_ERROR_TYPE]: "rate_limit",
    [semconv.ATTR_EXCEPTION_TYPE]: "RateLimitError",
    [semconv.ATTR_EXCEPTION_MESSAGE]: "429",
    [semconv.ATTR_EXCEPTION_STACKTRACE]: "at …",
  };
  expect(recordedError(requestLog("r1", attributes, { eventName: semconv.EVENT_ERROR }))).toEqual({
    ...{ timestamp: "2026-11-24T12:00:00.000Z", service: "bot", error_type: "rate_limit" },
    ...{
      request_id: "r1",
      exception_type: "RateLimitError",
      message: "429",
      stack: "at …",
      trace_id: traceId(1),
      span_id: spanId(1),
    },
  });
  expect(recordedError(requestLog("r1"))).toBeUndefined();
});
