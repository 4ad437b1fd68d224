import { expect, it } from "vitest";
import type { SpanRow } from "../../src/receive/telemetry-batch.js";
import { addSpan, EMPTY_DIGEST, type TraceDigest } from "../../src/store/trace-digest.js";
import { NOON_US, RESOURCE, span, spanId } from "./rows.js";

const child = (n: number, attributes: SpanRow["attributes"] = {}): SpanRow =>
  span({ spanId: spanId(n), parentSpanId: spanId(99), name: `child ${n}`, startTimeUs: NOON_US + n, attributes });

/** The digests of the spans in every order. */
function everyOrder(spans: SpanRow[]): TraceDigest[] {
  const orders = (rest: SpanRow[]): SpanRow[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((first) => orders(rest.filter((row) => row !== first)).map((tail) => [first, ...tail]));
  return orders(spans).map((order) => order.reduce(addSpan, EMPTY_DIGEST));
}

it("without a root, the earliest span names the trace, in any order", () => {
  for (const digest of everyOrder([child(3), child(1), child(2)])) expect(digest.name).toBe("child 1");
});

it("of two roots the earlier names the trace, however early other spans are", () => {
  const roots = [5, 4].map((n) => span({ spanId: spanId(n), name: `root ${n}`, startTimeUs: NOON_US + n }));
  const resource = { ...RESOURCE, "service.name": "other" };
  for (const digest of everyOrder([...roots, { ...child(1), resource }])) {
    expect(digest).toMatchObject({ name: "root 4", service: "bot" });
  }
});

it("type, user and outcome are the request root's, not those of a span above or below it", () => {
  const http = span({ spanId: spanId(1), name: "GET /", attributes: { "user.id": "from-http" } });
  const request = child(2, { "chainwatch.request.type": "chat", "user.id": "user_001", outcome: "error" });
  const below = child(3, { "chainwatch.request.type": "inner", "user.id": "someone" });
  for (const digest of everyOrder([http, request, below])) {
    expect(digest).toMatchObject({ name: "GET /", type: "chat", userId: "user_001", outcome: "error" });
  }
});

it("the conversation is the one that the earliest span with one names, in any order", () => {
  const root = span({ spanId: spanId(1), attributes: { "chainwatch.request.type": "chat", outcome: "success" } });
  const calls = [3, 2].map((n) => child(n, { "gen_ai.conversation.id": `talk-${n}` }));
  for (const digest of everyOrder([root, ...calls])) {
    expect(digest).toMatchObject({ type: "chat", conversationId: "talk-2" });
  }
});

it("tokens and cost of several requests in a trace add up", () => {
  const request = (n: number, cost?: number): SpanRow =>
    child(n, {
      ...{ outcome: "success", "chainwatch.request.tokens.total": 10 * n },
      ...(cost === undefined ? {} : { "chainwatch.request.cost": cost }),
    });
  for (const digest of everyOrder([request(1, 0.5), request(2), request(3, 0.25)])) {
    expect(digest).toMatchObject({ requestTokens: 60, requestCost: 0.75 });
  }
});
