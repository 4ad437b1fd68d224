import { afterEach, beforeEach, expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import type { ConversationView } from "../../../src/dashboard/api/conversation-view.js";
import { traceRoutes } from "../../../src/dashboard/api/trace-routes.js";
import type { TraceView } from "../../../src/dashboard/api/trace-view.js";
import type { SpanRow } from "../../../src/receive/telemetry-batch.js";
import { openTelemetryStore } from "../../../src/store/open-telemetry-store.js";
import type { TelemetryStore, TraceSummary } from "../../../src/store/telemetry-store.js";
import { emptyFolder, removeFolder } from "../../cli/cli-process.js";
import { batch, NOON_MS, NOON_US, RESOURCE, SECOND_US, span, spanId, traceId } from "../../store/rows.js";

let dataDir: string;
let store: TelemetryStore;

beforeEach(async () => {
  dataDir = emptyFolder();
  const retention = { days: 14, rollUpDays: 90, maxBytes: 1e9 };
  store = await openTelemetryStore({ dataDir, retention, clock: () => NOON_MS });
});

afterEach(async () => {
  await store.close();
  removeFolder(dataDir);
});

const get = <T>(path: string): Promise<T> =>
  answerApi(traceRoutes({ store, nowMs: () => NOON_MS }), {
    method: "GET",
    url: new URL(path, "http://localhost"),
  }) as Promise<T>;

const ids = async (path: string): Promise<number[]> =>
  (await get<{ traces: TraceSummary[] }>(path)).traces.map((trace) => Number.parseInt(trace.trace_id, 16));

const said = (question: string, answer: string): SpanRow["attributes"] => ({
  "gen_ai.input.messages": JSON.stringify([
    { role: "user", parts: [{ type: "text", content: "An earlier question?" }] },
    { role: "assistant", parts: [{ type: "text", content: "An earlier answer." }] },
    { role: "user", parts: [{ type: "text", content: question }] },
  ]),
  "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: answer }] }]),
});

/** A trace that began some seconds before now and took some. */
const trace = (id: number, startedAgoS: number, tookS: number, attributes: SpanRow["attributes"] = {}): SpanRow =>
  span({
    traceId: traceId(id),
    startTimeUs: NOON_US - startedAgoS * SECOND_US,
    endTimeUs: NOON_US - (startedAgoS - tookS) * SECOND_US,
    attributes: { "gen_ai.operation.name": "chat", ...attributes },
  });

test("traces are asked for by window, by how long they took at most, by cost, and page by page", async () => {
  const spans = [
    trace(1, 7200, 1, { "gen_ai.usage.cost": 0.5 }),
    trace(2, 600, 9),
    trace(3, 60, 2, { "gen_ai.usage.cost": 0.01 }),
  ];
  await store.ingest(batch({ spans }));
  expect(await ids("/api/traces?window=3600")).toEqual([3, 2]);
  // As long as a server may be set to keep traces.
  expect(await ids("/api/traces?window=315360000")).toEqual([3, 2, 1]);
  expect(await ids("/api/traces?max_duration=2")).toEqual([3, 1]);
  expect(await ids("/api/traces?min_duration=1.5&max_duration=2")).toEqual([3]);
  expect(await ids("/api/traces?min_cost=0.02")).toEqual([1]);
  expect(await ids("/api/traces?limit=2")).toEqual([3, 2]);
  expect(await ids(`/api/traces?limit=2&after=${traceId(2)}`)).toEqual([1]);
  expect(await ids(`/api/traces?sort=slowest&after=${traceId(3)}`)).toEqual([1]);
});

test.each([
  ["/api/traces?window=3600&from=2026-11-24T11:00:00Z", "expected from and to, or window; found both"],
  ["/api/traces?window=0", "a whole number from 1"],
  ["/api/traces?min_cost=free", "a number from 0"],
  ["/api/traces?max_duration=-1", "a number from 0"],
  ["/api/traces?modle=gpt-4o", 'found "modle"'],
  ["/api/trace-values?service=bot", "no parameters"],
  ["/api/conversations/talk?colour=red", 'found "colour"'],
  ["/api/conversations/talk?sort=slowest", 'found "sort"'],
  ["/api/conversations/talk?conversation=other", 'found "conversation"'],
  ["/api/conversations/talk?limit=51", "a whole number from 1 to 50"],
  ["/api/traces?window=315360001", "a whole number from 1 to 315360000"],
])("%s is refused with what was expected", async (path, message) => {
  await expect(get(path)).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
});

test("what the newest traces can be looked for by is told, the most frequent first", async () => {
  const of = (type: string, model: string): SpanRow["attributes"] => ({
    ...{ outcome: "success", "chainwatch.request.type": type, "gen_ai.request.model": model },
  });
  const spans = [
    trace(1, 30, 1, of("chat", "gpt-4o")),
    trace(2, 20, 1, of("chat", "gpt-4o")),
    trace(3, 10, 1, of("batch", "a-model")),
  ];
  await store.ingest(batch({ spans }));
  expect(await get("/api/trace-values")).toEqual({
    services: ["bot"],
    types: ["chat", "batch"],
    models: ["gpt-4o", "a-model"],
  });
});

test("a conversation's turns come in the order of time, each with its last question and its final answer", async () => {
  const talk = { "gen_ai.conversation.id": "talk/7" };
  const agent = { ...talk, "gen_ai.operation.name": "invoke_agent" };
  const spans = [
    // The call of a tool comes first; its text is not the answer.
    trace(1, 300, 9, agent),
    { ...trace(1, 299, 2, said("How warm is it?", "I will look it up.")), spanId: spanId(2), parentSpanId: spanId(1) },
    { ...trace(1, 295, 3, said("How warm is it?", "21 degrees.")), spanId: spanId(3), parentSpanId: spanId(1) },
    trace(2, 200, 1, { ...talk, ...said('{"question":"And tomorrow?"}', "x".repeat(5000)) }),
    trace(3, 100, 1, talk),
    trace(4, 50, 1, said("Another?", "Yes.")),
  ];
  await store.ingest(batch({ spans }));
  const { conversation_id, turns } = await get<ConversationView>("/api/conversations/talk%2F7");
  expect(conversation_id).toBe("talk/7");
  expect(turns.map(({ trace, ...texts }) => [trace.trace_id, texts])).toEqual([
    [traceId(1), { question: "How warm is it?", answer: "21 degrees." }],
    [traceId(2), { question: "And tomorrow?", answer: `${"x".repeat(2000)}…` }],
    [traceId(3), {}],
  ]);
  const shown = async (path: string): Promise<string[]> =>
    (await get<ConversationView>(path)).turns.map((turn) => turn.trace.trace_id);
  expect(await shown("/api/conversations/talk%2F7?limit=2")).toEqual([traceId(2), traceId(3)]);
  expect(await shown(`/api/conversations/talk%2F7?limit=2&after=${traceId(2)}`)).toEqual([traceId(1)]);
  expect(await shown("/api/conversations/talk%2F7?min_duration=2")).toEqual([traceId(1)]);
  expect(await shown("/api/conversations/none")).toEqual([]);
});

test("a resource that spans share is told once", async () => {
  const other = { ...RESOURCE, "service.name": "other" };
  const spans = [1, 2, 3].map((n) =>
    span({ spanId: spanId(n), startTimeUs: NOON_US + n, resource: n === 2 ? other : { ...RESOURCE } }),
  );
  await store.ingest(batch({ spans }));
  const view = await get<TraceView>(`/api/traces/${traceId(1)}`);
  expect(view.resources).toEqual([RESOURCE, other]);
  expect(view.spans.map(({ resource, service }) => [resource, service])).toEqual([
    [0, "bot"],
    [1, "other"],
    [0, "bot"],
  ]);
});
