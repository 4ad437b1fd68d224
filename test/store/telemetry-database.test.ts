import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExponentialHistogram, SpanRow } from "../../src/receive/telemetry-batch.js";
import { SqliteConnection } from "../../src/store/sqlite-connection.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import {
  batch,
  DAY_MS,
  NOON_MS,
  NOON_US,
  point,
  RESOURCE,
  requestLog,
  SECOND_US,
  span,
  spanId,
  traceId,
} from "./rows.js";

const RETENTION = { days: 30, rollUpDays: 400, maxBytes: 1_000_000_000 };
const EVER = { fromUs: 0, toUs: NOON_US * 2 };

let dataDir: string;
let database: TelemetryDatabase;
const open = (retention = RETENTION, nowMs = NOON_MS): TelemetryDatabase => {
  database = new TelemetryDatabase({ dataDir, retention }, nowMs);
  return database;
};
const reopen = (retention = RETENTION, nowMs = NOON_MS): TelemetryDatabase => {
  database.close();
  return open(retention, nowMs);
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-store-"));
  open();
});
afterEach(() => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("spans", () => {
  const full = span({
    parentSpanId: spanId(9),
    kind: "client",
    status: "error",
    statusMessage: "boom",
    attributes: { "gen_ai.usage.input_tokens": 7, list: ["a", 1, true, null], map: { deep: { er: 0.5 } } },
    events: [{ name: "exception", timeUs: NOON_US + 1, attributes: { "exception.type": "E" } }],
  });

  it("come back as they were sent, by start, also after a restart", () => {
    const later = span({ spanId: spanId(2), startTimeUs: NOON_US + 5 });
    database.ingest(batch({ spans: [later, full] }), NOON_MS);
    expect(database.trace(traceId(1), NOON_MS)).toEqual([full, later]);
    expect(reopen().trace(traceId(1), NOON_MS)).toEqual([full, later]);
    expect(database.trace(traceId(2), NOON_MS)).toEqual([]);
  });

  it("come back as they were sent, whatever text is in them", () => {
    let id = 0;
    // Neither NUL nor half of a surrogate pair: the receiver lets neither through.
    const text = fc
      .string({ unit: "binary", maxLength: 40 })
      .map((any) => Buffer.from(any.replaceAll("\0", "")).toString());
    fc.assert(
      fc.property(text, fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean())), (name, attributes) => {
        id += 1;
        const sent = span({ traceId: traceId(id), name, attributes: Object.assign(Object.create(null), attributes) });
        database.ingest(batch({ spans: [sent] }), NOON_MS);
        const [kept] = database.trace(traceId(id), NOON_MS);
        expect(kept?.attributes).toEqual(sent.attributes);
        expect(kept?.name).toBe(name);
      }),
      { numRuns: 200 },
    );
  });

  it("named __proto__ stay attributes", () => {
    const attributes = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as SpanRow["attributes"];
    database.ingest(batch({ spans: [span({ attributes })] }), NOON_MS);
    const kept = database.trace(traceId(1), NOON_MS)[0]?.attributes ?? {};
    expect(Object.keys(kept)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(kept)).toBeNull();
  });

  it("sent again are stored once, within a batch and between batches", () => {
    expect(database.ingest(batch({ spans: [full, full] }), NOON_MS)).toMatchObject({ spans: 1, duplicates: 1 });
    expect(database.ingest(batch({ spans: [full] }), NOON_MS)).toMatchObject({ spans: 0, duplicates: 1 });
    expect(database.trace(traceId(1), NOON_MS)).toHaveLength(1);
    expect(database.traces({}, NOON_MS)).toMatchObject([{ spans: 1, errors: 1 }]);
    expect(database.status(NOON_MS).spans).toBe(1);
  });

  it("of one trace on both sides of midnight are found together", () => {
    const midnight = (NOON_MS + DAY_MS / 2) * 1_000;
    const spans = [span({ startTimeUs: midnight - 1 }), span({ spanId: spanId(2), startTimeUs: midnight + 1 })];
    database.ingest(batch({ spans }), NOON_MS + DAY_MS / 2);
    expect(database.trace(traceId(1), NOON_MS).map((row) => row.startTimeUs)).toEqual([midnight - 1, midnight + 1]);
  });

  it("from clocks that are years off make no table a day", () => {
    const years = Array.from({ length: 50 }, (_, i) => i * 365 * DAY_MS * 1_000);
    database.ingest(
      batch({ spans: years.map((startTimeUs, i) => span({ spanId: spanId(i + 1), startTimeUs })) }),
      NOON_MS,
    );
    expect(database.trace(traceId(1), NOON_MS)).toHaveLength(50);
    database.close();
    const connection = new SqliteConnection(join(dataDir, "telemetry.db"));
    const tables = connection.statement("SELECT name FROM sqlite_master WHERE name GLOB 'spans_????????'").all();
    connection.close();
    expect(tables).toEqual([{ name: "spans_20261025" }]);
    open();
  });
});

describe("trace summaries", () => {
  const root = span({
    name: "invoke_workflow 问答",
    endTimeUs: NOON_US + 3 * SECOND_US,
    attributes: {
      "chainwatch.request.id": "r1",
      "chainwatch.request.type": "chat",
      "chainwatch.request.tokens.total": 38,
      "chainwatch.request.cost": 0.002,
      outcome: "success",
      "user.id": "user_001",
    },
  });
  const call = (n: number, attributes: SpanRow["attributes"] = {}): SpanRow =>
    span({
      spanId: spanId(n),
      parentSpanId: spanId(1),
      name: "chat gpt-4o",
      startTimeUs: NOON_US + n,
      endTimeUs: NOON_US + SECOND_US,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 9,
        "gen_ai.usage.cost": 0.001,
        ...attributes,
      },
    });
  const spans = [
    root,
    call(2),
    call(3, { "gen_ai.response.model": "gpt-4o-mini" }),
    { ...call(4), status: "error" as const },
  ];
  const expected = {
    trace_id: traceId(1),
    name: "invoke_workflow 问答",
    service: "bot",
    start: "2026-11-24T12:00:00.000Z",
    duration: 3,
    spans: 4,
    errors: 1,
    type: "chat",
    user_id: "user_001",
    outcome: "success",
    models: ["gpt-4o", "gpt-4o-mini"],
    tokens: 38,
    cost_usd: 0.002,
  };

  it("are the same in whatever order and batches the spans come, some of them twice", () => {
    let id = 1;
    const arrival = fc.shuffledSubarray([...spans, ...spans], { minLength: spans.length * 2 });
    fc.assert(
      fc.property(arrival, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (order, cuts) => {
        id += 1;
        let pending: SpanRow[] = [];
        order.forEach((row, i) => {
          pending.push({ ...row, traceId: traceId(id) });
          if (cuts[i] === true || i === order.length - 1) {
            database.ingest(batch({ spans: pending }), NOON_MS);
            pending = [];
          }
        });
        const found = database.traces({ limit: 1_000 }, NOON_MS).find((trace) => trace.trace_id === traceId(id));
        expect(found).toEqual({ ...expected, trace_id: traceId(id) });
      }),
      { numRuns: 100 },
    );
  });

  it("show the earliest span and the calls' sums while the root has not arrived, and without a price no cost", () => {
    const unpriced = call(3);
    delete unpriced.attributes["gen_ai.usage.cost"];
    database.ingest(batch({ spans: [unpriced] }), NOON_MS);
    const [trace] = database.traces({}, NOON_MS);
    expect(trace).toEqual({
      ...{ trace_id: traceId(1), name: "chat gpt-4o", service: "bot", start: "2026-11-24T12:00:00.000Z" },
      ...{ duration: 0.999997, spans: 1, errors: 0, models: ["gpt-4o"], tokens: 19 },
    });
    database.ingest(batch({ spans: [call(2)] }), NOON_MS);
    expect(database.traces({}, NOON_MS)).toMatchObject([{ tokens: 38, cost_usd: 0.001 }]);
  });

  it("count the tokens of model calls only, where another sender's agents repeat them", () => {
    const agent = call(5, { "gen_ai.operation.name": "invoke_agent" });
    database.ingest(batch({ spans: [agent, call(2)] }), NOON_MS);
    expect(database.traces({}, NOON_MS)).toMatchObject([{ tokens: 19, cost_usd: 0.001 }]);
  });

  it("can be filtered and sorted", () => {
    const traces = [1, 2, 3].map((n) =>
      span({
        traceId: traceId(n),
        name: n === 2 ? "100% sure_thing" : `trace ${n}`,
        startTimeUs: NOON_US + n * SECOND_US,
        endTimeUs: NOON_US + n * SECOND_US + (4 - n) * SECOND_US,
        resource: { ...RESOURCE, "service.name": n === 3 ? "other" : "bot" },
        attributes: {
          ...{ "gen_ai.operation.name": "chat", "gen_ai.request.model": n === 1 ? "gpt-4o" : "gpt-4o-mini" },
          ...{
            "chainwatch.request.type": `type-${n}`,
            "user.id": `user_00${n}`,
            outcome: n === 2 ? "error" : "success",
          },
          ...(n === 3 ? {} : { "gen_ai.usage.cost": n / 100 }),
          ...(n === 1 ? {} : { "gen_ai.conversation.id": "talk" }),
          ...(n === 1 ? { "gen_ai.input.messages": JSON.stringify([{ role: "user", content: '说"你好"\n' }]) } : {}),
          ...(n === 3 ? { note: "not content" } : {}),
        },
      }),
    );
    database.ingest(batch({ spans: traces }), NOON_MS);
    const ids = (filter: Parameters<TelemetryDatabase["traces"]>[0]) =>
      database.traces(filter, NOON_MS).map((trace) => Number.parseInt(trace.trace_id, 16));

    expect(ids({})).toEqual([3, 2, 1]);
    expect(ids({ sort: "slowest" })).toEqual([1, 2, 3]);
    expect(ids({ sort: "most_expensive" })).toEqual([2, 1]);
    expect(ids({ limit: 1 })).toEqual([3]);
    expect(ids({ fromMs: NOON_MS + 2_000 })).toEqual([3, 2]);
    expect(ids({ toMs: NOON_MS + 2_000 })).toEqual([1]);
    expect(ids({ service: "bot" })).toEqual([2, 1]);
    expect(ids({ type: "type-2" })).toEqual([2]);
    expect(ids({ user: "user_003" })).toEqual([3]);
    expect(ids({ outcome: "error" })).toEqual([2]);
    expect(ids({ model: "gpt-4o" })).toEqual([1]);
    expect(ids({ minDurationS: 2 })).toEqual([2, 1]);
    expect(ids({ maxDurationS: 2 })).toEqual([3, 2]);
    expect(ids({ minCostUsd: 0.02 })).toEqual([2]);
    expect(ids({ conversation: "talk" })).toEqual([3, 2]);
    expect(ids({ conversation: "tal" })).toEqual([]);
    expect(ids({ text: "TRACE" })).toEqual([3, 1]);
    expect(ids({ text: "100% s" })).toEqual([2]);
    expect(ids({ text: "%" })).toEqual([2]);
    expect(ids({ text: '说"你好"\n' })).toEqual([1]);
    expect(ids({ text: "not content" })).toEqual([]);
    expect(ids({ text: "trace", fromMs: NOON_MS + 2_000, sort: "slowest" })).toEqual([3]);
  });

  it("come page by page in every order, none twice and none left out where they are equal", () => {
    const attributes = { "gen_ai.operation.name": "chat", "gen_ai.usage.cost": 0.5 };
    const spans = [1, 2, 3, 4, 5].map((n) => span({ traceId: traceId(n), attributes }));
    database.ingest(batch({ spans }), NOON_MS);
    for (const sort of ["newest", "slowest", "most_expensive"] as const) {
      const all = database.traces({ sort }, NOON_MS).map((trace) => trace.trace_id);
      const paged: string[] = [];
      for (let after: string | undefined; ; after = paged.at(-1)) {
        const page = database.traces({ sort, limit: 2, ...(after !== undefined && { after }) }, NOON_MS);
        if (page.length === 0) break;
        paged.push(...page.map((trace) => trace.trace_id));
      }
      expect(paged).toEqual(all);
      expect(new Set(all).size).toBe(5);
    }
  });
});

describe("request and error records", () => {
  const attributes = {
    ...{ "chainwatch.request.duration": 0.41, "chainwatch.request.llm_calls": 2, "chainwatch.request.llm_time": 0.4 },
    ...{ "chainwatch.request.tokens.input": 30, "chainwatch.request.tokens.output": 8 },
    ...{ "chainwatch.request.tokens.total": 38, "chainwatch.request.cost": 0.00002 },
    ...{ "chainwatch.request.models": ["gpt-4o"], "user.id": "user_001", "session.id": "s", "chainwatch.tenant": "t" },
  };

  it("come back newest first, and filtered", () => {
    const logs = [1, 2, 3].map((n) =>
      requestLog(
        `r${n}`,
        { ...attributes, "user.id": `u${n}` },
        { timeUs: NOON_US + n * SECOND_US, traceId: traceId(n) },
      ),
    );
    database.ingest(batch({ logs }), NOON_MS);
    const ids = (filter: Parameters<TelemetryDatabase["requests"]>[0]) =>
      database.requests(filter, NOON_MS).map((record) => record.request_id);
    expect(ids({})).toEqual(["r3", "r2", "r1"]);
    expect(ids({ limit: 2 })).toEqual(["r3", "r2"]);
    expect(ids({ fromMs: NOON_MS + 2_000, toMs: NOON_MS + 3_000 })).toEqual(["r2"]);
    expect(
      ids({ user: "u1", session: "s", tenant: "t", service: "bot", environment: "test", release: "1.2.3" }),
    ).toEqual(["r1"]);
    expect(ids({ model: "gpt-4o", instance: "i-1", type: "chat", outcome: "success" })).toHaveLength(3);
    expect(ids({ model: "gpt" })).toEqual([]);
    expect(ids({ traceId: traceId(2) })).toEqual(["r2"]);
  });

  describe("by their end", () => {
    const log = (id: string, startS: number, durationS: number, costUsd?: number) =>
      requestLog(
        id,
        {
          "chainwatch.request.duration": durationS,
          ...(costUsd !== undefined && { "chainwatch.request.cost": costUsd }),
        },
        { timeUs: NOON_US + startS * SECOND_US },
      );
    const idsEnded = (fromS: number, toS: number, more: Parameters<TelemetryDatabase["requests"]>[0] = {}) => {
      const ended = { fromUs: NOON_US + fromS * SECOND_US, toUs: NOON_US + toS * SECOND_US };
      return database.requests({ ended, ...more }, NOON_MS).map((record) => record.request_id);
    };

    it("are those of the window, its start exclusive and its end inclusive", () => {
      const logs = [log("at-start", -2, 2), log("in", -2, 2.5), log("at-end", 8, 2), log("later", 8, 2.001)];
      database.ingest(batch({ logs: [...logs, log("no-time", 10.0004, 0)] }), NOON_MS);
      expect(idsEnded(0, 10)).toEqual(["no-time", "at-end", "in"]);
      expect(idsEnded(0, 10, { limit: 2 })).toEqual(["no-time", "at-end"]);
    });

    it("are found when they began up to 15 minutes before the window", () => {
      database.ingest(batch({ logs: [log("long", -899, 900), log("longer", -901, 902)] }), NOON_MS);
      expect(idsEnded(0, 10)).toEqual(["long"]);
    });

    it("come in the order asked for, over midnight too, and those of no known cost are no expensive ones", () => {
      const midnightS = 12 * 3600;
      const before = [log("slow", midnightS - 60, 70, 0.01), log("free", midnightS - 50, 55)];
      const after = [log("quick", midnightS + 1, 1, 0.02), log("equal", midnightS + 2, 1, 0.02)];
      database.ingest(batch({ logs: [...before, ...after] }), NOON_MS + 12 * 3_600_000);
      const [fromS, toS] = [midnightS - 10, midnightS + 60];
      expect(idsEnded(fromS, toS)).toEqual(["equal", "quick", "free", "slow"]);
      expect(idsEnded(fromS, toS, { sort: "slowest" })).toEqual(["slow", "free", "equal", "quick"]);
      expect(idsEnded(fromS, toS, { sort: "slowest", limit: 1 })).toEqual(["slow"]);
      expect(idsEnded(fromS, toS, { sort: "most_expensive" })).toEqual(["equal", "quick", "slow"]);
    });
  });

  it("of two services that were given one request id are two", () => {
    const logs = [requestLog("order-7"), { ...requestLog("order-7"), traceId: traceId(2) }];
    expect(database.ingest(batch({ logs }), NOON_MS)).toMatchObject({ logs: 2, duplicates: 0 });
    expect(database.requests({}, NOON_MS)).toHaveLength(2);
  });

  it("are stored once; other log records are counted and not kept", () => {
    const error = requestLog(
      "r1",
      { "error.type": "rate_limit", "exception.type": "RateLimitError", "exception.message": "429" },
      { eventName: "chainwatch.error" },
    );
    const other = requestLog("r1", {}, { eventName: "app.log" });
    const logs = [requestLog("r1"), requestLog("r1"), error, error, other, requestLog("")];
    expect(database.ingest(batch({ logs }), NOON_MS)).toEqual({
      spans: 0,
      points: 0,
      logs: 2,
      duplicates: 2,
      ignoredLogs: 2,
    });
    expect(database.requests({}, NOON_MS)).toHaveLength(1);
    expect(database.errors({}, NOON_MS)).toEqual([
      {
        ...{ timestamp: "2026-11-24T12:00:00.000Z", service: "bot", error_type: "rate_limit", message: "429" },
        ...{ exception_type: "RateLimitError", request_id: "r1", trace_id: traceId(1), span_id: spanId(1) },
      },
    ]);
    expect(database.errors({ traceId: traceId(2) }, NOON_MS)).toEqual([]);
    expect(database.errors({ fromMs: NOON_MS + 1 }, NOON_MS)).toEqual([]);
  });

  describe("in the daily JSON lines", () => {
    const lines = (day = "2026-11-24"): unknown[] =>
      readFileSync(join(dataDir, `requests_${day}.jsonl`), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));

    it("are the same as in the database, a file a UTC day", () => {
      database.ingest(batch({ logs: [requestLog("r1", attributes)] }), NOON_MS);
      const tomorrow = requestLog("r2", attributes, { timeUs: NOON_US + DAY_MS * 1_000 });
      database.ingest(batch({ logs: [requestLog("r1", attributes), tomorrow] }), NOON_MS + DAY_MS);
      const [second, first] = database.requests({}, NOON_MS);
      expect(lines()).toEqual([first]);
      expect(lines("2026-11-25")).toEqual([second]);
    });

    it("go on after a restart without doubles", () => {
      database.ingest(batch({ logs: [requestLog("r1")] }), NOON_MS);
      reopen().ingest(batch({ logs: [requestLog("r2")] }), NOON_MS);
      reopen();
      expect(lines()).toMatchObject([{ request_id: "r1" }, { request_id: "r2" }]);
    });

    it("are complete and without doubles after a crash at any byte of the append", () => {
      database.ingest(batch({ logs: [requestLog("r1")] }), NOON_MS);
      database.ingest(batch({ logs: [requestLog("r2"), requestLog("r3")] }), NOON_MS);
      const whole = readFileSync(join(dataDir, "requests_2026-11-24.jsonl"));
      const afterFirst = whole.indexOf("\n") + 1;
      // The files as they are now, with the position after r1 committed, are what a kill would leave.
      const copy = mkdtempSync(join(tmpdir(), "chainwatch-crash-"));
      for (let end = afterFirst; end <= whole.length; end += 7) {
        cpSync(dataDir, copy, { recursive: true });
        const lines = join(copy, "requests_2026-11-24.jsonl");
        truncateSync(lines, end);
        new TelemetryDatabase({ dataDir: copy, retention: RETENTION }, NOON_MS).close();
        expect(readFileSync(lines, "utf8")).toBe(whole.toString());
        rmSync(copy, { recursive: true });
      }
    });
  });
});

describe("growth", () => {
  const grow = (
    fromUs = NOON_US - 60 * SECOND_US,
    toUs = NOON_US + 600 * SECOND_US,
    metric = "chainwatch.llm.tokens",
  ) => database.growth({ metric, windows: [{ fromUs, toUs }] }, NOON_MS)[0] ?? [];
  const total = (fromUs?: number, toUs?: number): unknown[] => grow(fromUs, toUs).map(({ growth }) => growth);
  const send = (...values: [time: number, value: number, start?: number][]) =>
    database.ingest(
      batch({
        points: values.map(([time, value, start]) =>
          point({ timeUs: NOON_US + time * SECOND_US, value, ...(start === undefined ? {} : { startTimeUs: start }) }),
        ),
      }),
      NOON_MS,
    );

  it("of five requests at start and idle ever after is five, then nothing, and the series stays known", () => {
    send([10, 5]);
    for (let time = 20; time <= 500; time += 10) send([time, 5]);
    expect(total()).toEqual([5]);
    expect(total(NOON_US + 10 * SECOND_US, NOON_US + 500 * SECOND_US)).toEqual([0]);
    expect(grow(NOON_US + 500 * SECOND_US, NOON_US + 600 * SECOND_US)).toEqual([]);
  });

  it("is of the window after its start and up to its end", () => {
    send([10, 1], [20, 3], [30, 6], [40, 10]);
    expect(total(NOON_US + 10 * SECOND_US, NOON_US + 30 * SECOND_US)).toEqual([5]);
    expect(grow()).toEqual([{ attributes: { model: "gpt-4o" }, resource: RESOURCE, kind: "counter", growth: 10 }]);
  });

  it("continues exactly over a restart of the server", () => {
    send([10, 5]);
    reopen();
    expect(send([10, 5])).toMatchObject({ points: 0, duplicates: 1 });
    send([20, 7]);
    expect(total()).toEqual([7]);
  });

  it("counts an app that restarts from its new start on", () => {
    send([10, 5], [20, 6]);
    send([30, 2, NOON_US + 25 * SECOND_US], [40, 3, NOON_US + 25 * SECOND_US]);
    expect(total()).toEqual([9]);
  });

  it("keeps two senders of one series apart by their starts", () => {
    const [a, b] = [NOON_US - 100, NOON_US - 200];
    send([10, 5, a], [11, 100, b], [20, 6, a], [21, 101, b], [30, 6, a], [31, 103, b]);
    expect(total()).toEqual([6 + 103]);
  });

  it("takes a fall with the same start for a restart", () => {
    send([10, 5], [20, 2], [30, 3]);
    expect(total()).toEqual([8]);
  });

  it("learns nothing from a point that is late or sent again", () => {
    expect(send([10, 5], [20, 8])).toMatchObject({ points: 2, duplicates: 0 });
    expect(send([15, 6], [20, 8])).toMatchObject({ points: 0, duplicates: 2 });
    expect(total()).toEqual([8]);
  });

  it("of a series whose start is unknown begins with its second point", () => {
    send([10, 1_000_000, 0]);
    expect(total()).toEqual([]);
    send([20, 1_000_003, 0]);
    expect(total()).toEqual([3]);
  });

  it("adds up delta points, each once", () => {
    const delta = (time: number, value: number) =>
      point({
        temporality: "delta",
        startTimeUs: NOON_US + (time - 10) * SECOND_US,
        timeUs: NOON_US + time * SECOND_US,
        value,
      });
    database.ingest(batch({ points: [delta(10, 1), delta(20, 2), delta(20, 2)] }), NOON_MS);
    expect(database.ingest(batch({ points: [delta(10, 1), delta(30, 4)] }), NOON_MS)).toMatchObject({
      points: 1,
      duplicates: 1,
    });
    expect(total()).toEqual([7]);
  });

  it("is by series: attributes in another order are the same, another instance is not", () => {
    const attributes = [
      { a: "1", b: "2" },
      { b: "2", a: "1" },
    ];
    const start = NOON_US - 5;
    database.ingest(
      batch({
        points: [
          point({ attributes: attributes[0] as never, value: 1, startTimeUs: start }),
          point({ attributes: attributes[1] as never, value: 3, startTimeUs: start, timeUs: NOON_US + 1 }),
          point({
            attributes: attributes[0] as never,
            value: 10,
            resource: { ...RESOURCE, "service.instance.id": "i-2" },
          }),
        ],
      }),
      NOON_MS,
    );
    expect(grow().map(({ growth, resource }) => [resource["service.instance.id"], growth])).toEqual([
      ["i-1", 3],
      ["i-2", 10],
    ]);
  });

  it("of histograms is a histogram, over a change of scale", () => {
    const histogram = (scale: number, offset: number, counts: number[]): ExponentialHistogram => ({
      ...{ type: "exponential", count: counts.reduce((a, b) => a + b, 0), sum: 1, min: 1, max: 9, scale },
      ...{ zeroCount: 0, zeroThreshold: 0, positive: { offset, counts }, negative: { offset: 0, counts: [] } },
    });
    const at = (time: number, value: ExponentialHistogram) =>
      point({ metric: "h", kind: "histogram", timeUs: NOON_US + time * SECOND_US, value });
    database.ingest(
      batch({ points: [at(10, histogram(1, 4, [1, 0, 2])), at(20, histogram(0, 2, [1, 3, 0, 1]))] }),
      NOON_MS,
    );
    const [later] = grow(NOON_US + 10 * SECOND_US, NOON_US + 20 * SECOND_US, "h");
    expect(later?.growth).toMatchObject({ count: 2, scale: 0, positive: { offset: 3, counts: [1, 0, 1] } });
    const [all] = grow(undefined, undefined, "h");
    expect(all?.growth).toMatchObject({ count: 5, scale: 0, positive: { offset: 2, counts: [1, 3, 0, 1] } });
  });

  it("keeps of an idle stream one row a minute", () => {
    for (let time = 0; time < 600; time += 2) send([time, 5]);
    expect(database.status(NOON_MS).points).toBeLessThanOrEqual(12);
    expect(total(NOON_US + 590 * SECOND_US, NOON_US + 600 * SECOND_US)).toEqual([0]);
  });

  it("is that of the points that were ever sent, in any split of batches, with restarts", () => {
    let series = 0;
    const steps = fc.array(
      fc.record({ add: fc.nat(5), resend: fc.boolean(), reopen: fc.integer({ min: 0, max: 30 }) }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (sequence) => {
        series += 1;
        let value = 0;
        sequence.forEach(({ add, resend, reopen: chance }, i) => {
          value += add;
          const next = point({ attributes: { series }, value, timeUs: NOON_US + (i + 1) * SECOND_US });
          database.ingest(batch({ points: resend ? [next, next] : [next] }), NOON_MS);
          if (chance === 0) reopen();
        });
        const own = grow().find(({ attributes }) => attributes.series === series);
        expect(own?.growth).toBe(value);
      }),
      { numRuns: 60 },
    );
  });
});

it("a batch that fails leaves nothing of itself, and can be sent again", () => {
  database.ingest(batch({ points: [point({ value: 1 })] }), NOON_MS);
  const rows = batch({
    spans: [span(), span({ traceId: traceId(2), startTimeUs: NOON_US - DAY_MS * 1_000 })],
    points: [point({ value: 3, timeUs: NOON_US + 1 }), point({ metric: "new", resource: { "service.name": "new" } })],
  });
  const broken = requestLog("r1", {}, { timeUs: Number.NaN });
  expect(() => database.ingest({ ...rows, logs: [requestLog("r0"), broken] }, NOON_MS)).toThrow(RangeError);
  expect(database.status(NOON_MS)).toMatchObject({ spans: 0, requests: 0, points: 1, services: [{ service: "bot" }] });
  expect(database.traces({}, NOON_MS)).toEqual([]);

  const again = database.ingest({ ...rows, logs: [requestLog("r0")] }, NOON_MS);
  expect(again).toEqual({ spans: 2, points: 2, logs: 1, duplicates: 0, ignoredLogs: 0 });
  expect(database.trace(traceId(2), NOON_MS)).toHaveLength(1);
  const [[tokens] = []] = database.growth({ metric: "chainwatch.llm.tokens", windows: [EVER] }, NOON_MS);
  expect(tokens?.growth).toBe(3);
});

describe("points", () => {
  it("of gauges and up-down counters are those in the window, oldest first", () => {
    const gauge = (time: number, value: number) =>
      point({ metric: "g", kind: "gauge", temporality: "none", timeUs: NOON_US + time * SECOND_US, value });
    database.ingest(batch({ points: [gauge(20, 2), gauge(10, 1), gauge(30, 3), gauge(30, 4)] }), NOON_MS);
    const window = { fromUs: NOON_US + 10 * SECOND_US, toUs: NOON_US + 30 * SECOND_US };
    const [[series] = []] = database.points({ metric: "g", windows: [window] }, NOON_MS);
    expect(series).toMatchObject({ kind: "gauge", attributes: { model: "gpt-4o" } });
    expect(series?.points).toEqual([
      { timeUs: NOON_US + 20 * SECOND_US, value: 2 },
      { timeUs: NOON_US + 30 * SECOND_US, value: 3 },
    ]);
    expect(database.growth({ metric: "g", windows: [EVER] }, NOON_MS)).toEqual([[]]);
  });

  it("of an up-down counter sent as changes are its running total", () => {
    const change = (time: number, value: number) =>
      point({ kind: "up_down_counter", temporality: "delta", timeUs: NOON_US + time * SECOND_US, value });
    database.ingest(batch({ points: [change(1, 3), change(2, -1)] }), NOON_MS);
    reopen().ingest(batch({ points: [change(2, -1), change(3, 4)] }), NOON_MS);
    const window = { fromUs: NOON_US, toUs: NOON_US + 5 * SECOND_US };
    const [[series] = []] = database.points({ metric: "chainwatch.llm.tokens", windows: [window] }, NOON_MS);
    expect(series?.points.map(({ value }) => value)).toEqual([3, 2, 6]);
  });
});

describe("status", () => {
  it("says what is kept, of whom, since when, and on how many bytes", () => {
    const other = { ...RESOURCE, "service.instance.id": "i-2" };
    const spans = [span(), span({ spanId: spanId(2), resource: other, startTimeUs: NOON_US - 5 * SECOND_US })];
    database.ingest(batch({ spans, points: [point()], logs: [requestLog("r1")] }), NOON_MS + 1_500);
    expect(database.status(NOON_MS)).toEqual({
      ...{ spans: 2, requests: 1, points: 1, sizeBytes: expect.any(Number), setAside: [], retention: RETENTION },
      services: [
        {
          service: "bot",
          instances: 2,
          first_seen: "2026-11-24T12:00:01.500Z",
          last_seen: "2026-11-24T12:00:01.500Z",
        },
      ],
      oldest: "2026-11-24T11:59:55.000Z",
    });
    const files = readdirSync(dataDir).map((file) => statSync(join(dataDir, file)).size);
    expect(database.status(NOON_MS).sizeBytes).toBe(files.reduce((a, b) => a + b));
    rmSync(dataDir, { recursive: true });
    expect(open().status(NOON_MS)).toEqual({
      ...{
        spans: 0,
        requests: 0,
        points: 0,
        sizeBytes: expect.any(Number),
        setAside: [],
        retention: RETENTION,
        services: [],
      },
    });
  });
});

describe("retention", () => {
  const fill = (daysAgo: number, rows = 1, text = ""): void => {
    const timeUs = NOON_US - daysAgo * DAY_MS * 1_000;
    const spans = Array.from({ length: rows }, (_, i) =>
      span({ traceId: traceId(daysAgo * 1e6 + i + 1), startTimeUs: timeUs, endTimeUs: timeUs, attributes: { text } }),
    );
    const resource = { "service.name": `service-${daysAgo}` };
    const points = [point({ timeUs, resource, metric: "m" })];
    database.ingest(
      batch({ spans, points, logs: [requestLog(`r${daysAgo}`, {}, { timeUs })] }),
      NOON_MS - daysAgo * DAY_MS,
    );
  };

  it("drops days that are older, with all that is only theirs", () => {
    for (const daysAgo of [9, 8, 7, 0]) fill(daysAgo);
    reopen({ ...RETENTION, days: 7 });
    const status = database.status(NOON_MS);
    expect(status).toMatchObject({
      spans: 2,
      requests: 2,
      points: 2,
      oldest: "2026-11-17T11:00:00.000Z".replace("11:", "12:"),
    });
    expect(status.services.map(({ service }) => service)).toEqual(["bot", "service-0", "service-7"]);
    expect(database.traces({}, NOON_MS)).toHaveLength(2);
    expect(readdirSync(dataDir).filter((file) => file.endsWith(".jsonl"))).toEqual([
      "requests_2026-11-17.jsonl",
      "requests_2026-11-24.jsonl",
    ]);
    database.retain(NOON_MS + 8 * DAY_MS);
    expect(database.status(NOON_MS)).toMatchObject({ spans: 0, requests: 0, points: 0, services: [] });
  });

  it("drops daily files of days that the database does not know", () => {
    for (const day of ["2026-11-16", "2026-11-17"]) writeFileSync(join(dataDir, `requests_${day}.jsonl`), "{}\n");
    reopen({ ...RETENTION, days: 7 });
    expect(readdirSync(dataDir).filter((file) => file.endsWith(".jsonl"))).toEqual(["requests_2026-11-17.jsonl"]);
    database.retain(NOON_MS + DAY_MS);
    expect(readdirSync(dataDir).filter((file) => file.endsWith(".jsonl"))).toEqual([]);
  });

  it("writes no line of the daily file again", () => {
    fill(40);
    fill(0);
    database.retain(NOON_MS);
    database.ingest(batch({ logs: [requestLog("after")] }), NOON_MS);
    const lines = readFileSync(join(dataDir, "requests_2026-11-24.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).request_id)).toEqual(["r0", "after"]);
  });

  it("drops the oldest days while there is too much, and gives the space back", () => {
    for (const daysAgo of [3, 2, 1, 0]) fill(daysAgo, 500, "x".repeat(2_000));
    const before = database.status(NOON_MS).sizeBytes;
    reopen({ ...RETENTION, maxBytes: before / 2 });
    expect(database.traces({ limit: 1_000 }, NOON_MS).length).toBeLessThanOrEqual(1_000);
    expect(database.traces({ sort: "newest", limit: 1 }, NOON_MS)[0]?.start).toBe("2026-11-24T12:00:00.000Z");
    expect(database.status(NOON_MS).sizeBytes).toBeLessThan(before / 2 + 100_000);
  });

  it("drops the oldest spans of a day that is too much alone", () => {
    fill(0, 1_000, "x".repeat(2_000));
    reopen({ ...RETENTION, maxBytes: 1_000_000 });
    const { spans, sizeBytes } = database.status(NOON_MS);
    expect(spans).toBeGreaterThan(100);
    expect(spans).toBeLessThan(500);
    expect(sizeBytes).toBeLessThan(1_300_000);
    expect(database.traces({ limit: 1_000 }, NOON_MS)).toHaveLength(spans);
    expect(database.trace(traceId(1_000), NOON_MS)).toHaveLength(1);
  });
});

describe("a database file that is damaged", () => {
  const path = () => join(dataDir, "telemetry.db");
  const fill = (): Buffer => {
    const spans = Array.from({ length: 300 }, (_, i) =>
      span({ traceId: traceId(i + 1), attributes: { text: "x".repeat(300) } }),
    );
    database.ingest(batch({ spans, points: [point()], logs: [requestLog("r1")] }), NOON_MS);
    database.close();
    return readFileSync(path());
  };
  const survives = (): string[] => {
    open();
    // Damage inside a row shows when the row is read.
    for (let n = 1; n <= 300; n += 1) database.trace(traceId(n), NOON_MS);
    database.traces({ limit: 1_000 }, NOON_MS);
    database.requests({}, NOON_MS);
    database.growth({ metric: "chainwatch.llm.tokens", windows: [EVER] }, NOON_MS);
    expect(database.ingest(batch({ spans: [span({ traceId: traceId(9_999) })] }), NOON_MS).spans).toBe(1);
    expect(database.trace(traceId(9_999), NOON_MS)).toHaveLength(1);
    const { setAside } = database.status(NOON_MS);
    for (const file of setAside) expect(existsSync(file)).toBe(true);
    return setAside;
  };

  it.each([0, 1, 50, 4_096, 10_000])("cut to %i bytes is set aside, and said", (size) => {
    fill();
    truncateSync(path(), size);
    expect(survives()).toEqual([`${path()}.damaged-2026-11-24T12-00-00-000Z`]);
  });

  it("with other content is set aside", () => {
    fill();
    writeFileSync(path(), "this is a text, and by no means a database\n".repeat(500));
    expect(survives()).toHaveLength(1);
  });

  it("with flipped bits anywhere is set aside or read, and the server starts", () => {
    const whole = fill();
    let setAside = 0;
    for (let run = 0; run < 60; run += 1) {
      const damaged = Buffer.from(whole);
      // A run of zeros in a place that moves over the whole file.
      damaged.fill(0, Math.floor((run / 60) * whole.length), Math.floor((run / 60) * whole.length) + 64);
      rmSync(dataDir, { recursive: true });
      open().close();
      writeFileSync(path(), damaged);
      setAside += survives().length;
      database.close();
    }
    expect(setAside).toBeGreaterThan(20);
    open();
  });
});

it("a data folder that another one has open is refused with the cure", () => {
  const first = database;
  expect(() => open()).toThrow(/telemetry\.db is in use by another process.*Stop the other one/s);
  database = first;
});

it("a database of a later version is refused, not set aside", () => {
  database.close();
  const bytes = readFileSync(join(dataDir, "telemetry.db"));
  bytes.writeUInt32BE(99, 60);
  writeFileSync(join(dataDir, "telemetry.db"), bytes);
  expect(() => open()).toThrow(/expected table layout 1 or lower, found 99/);
  bytes.writeUInt32BE(1, 60);
  writeFileSync(join(dataDir, "telemetry.db"), bytes);
  open();
});
