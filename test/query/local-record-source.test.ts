import { describe, expect, it } from "vitest";
import { LocalRecordSource } from "../../src/query/local-record-source.js";
import type { IndicatorQuery } from "../../src/query/metric-source.js";
import type { RecordSample } from "../../src/query/record-source.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import { atMs } from "./example-app.js";
import { exampleRecord } from "./example-record.js";
import { MemoryStore } from "./memory-store.js";

function setUp(...records: RequestRecord[]) {
  const store = new MemoryStore();
  store.records.push(...records);
  const source = new LocalRecordSource(store);
  return (indicator: string, at = 10, more: Partial<IndicatorQuery> = {}): Promise<RecordSample[]> =>
    source.query({ indicator, windowS: 300, atMs: atMs(at), ...more });
}

describe("active users", () => {
  it("are different user ids, exactly", async () => {
    const users = ["user_001", "user_002", "user_001", "user_003", "user_002"];
    const ask = setUp(...users.map((user_id) => exampleRecord(5, { user_id })), exampleRecord(5));
    expect(await ask("users.active")).toEqual([{ labels: {}, value: 3, count: 5 }]);
  });

  it("are no data where no request names a user", async () => {
    expect(await setUp(exampleRecord(5))("users.active")).toEqual([]);
    expect(await setUp()("users.active")).toEqual([]);
  });
});

describe("a request", () => {
  it("belongs to the window in which it ended", async () => {
    const ask = setUp(exampleRecord(100, { response_time: 400 }));
    expect(await ask("requests.count", 99.999)).toEqual([]);
    expect(await ask("requests.count", 100)).toEqual([{ labels: {}, value: 1, count: 1 }]);
    expect(await ask("requests.count", 399.999)).toEqual([{ labels: {}, value: 1, count: 1 }]);
    expect(await ask("requests.count", 400)).toEqual([]);
  });

  it("is rated by its outcome like in metrics", async () => {
    const outcomes = ["success", "success", "error", "timeout", "cancelled"] as const;
    const ask = setUp(...outcomes.map((outcome) => exampleRecord(5, { outcome, tenant: "acme" })));
    expect(await ask("success_rate", 10, { where: { tenant: "acme" } })).toEqual([{ labels: {}, value: 50, count: 4 }]);
    expect(await ask("error_rate")).toEqual([{ labels: {}, value: 25, count: 4 }]);
    expect(await ask("timeout_rate")).toEqual([{ labels: {}, value: 25, count: 4 }]);
    expect(await ask("requests.count")).toEqual([{ labels: {}, value: 5, count: 5 }]);
    expect(await ask("requests.rate")).toEqual([{ labels: {}, value: 5 / 300, count: 5 }]);
  });

  it("that was not rated leaves rates without data", async () => {
    expect(await setUp(exampleRecord(5, { outcome: "cancelled" }))("success_rate")).toEqual([]);
  });
});

describe("figures of records", () => {
  it("are exact percentiles by nearest rank", async () => {
    const times = [5, 1, 4, 2, 3, 6, 7, 8, 9, 10];
    const ask = setUp(
      ...times.map((response_time) => exampleRecord(20, { response_time })),
      exampleRecord(20, { response_time: 90, outcome: "abandoned" }),
    );
    expect((await ask("response_time.p50", 20))[0]?.value).toBe(5);
    expect((await ask("response_time.p95", 20))[0]?.value).toBe(10);
    expect((await ask("response_time.avg", 20))[0]).toEqual({ labels: {}, value: 5.5, count: 10 });
  });

  it("sum tokens, calls and time, and the cost of what has one", async () => {
    const ask = setUp(exampleRecord(5, { cost_usd: 0.25 }), exampleRecord(5, { cost_usd: 0.5 }), exampleRecord(5));
    const value = async (indicator: string) => (await ask(indicator))[0]?.value;
    expect(await value("tokens.input")).toBe(30);
    expect(await value("tokens.output")).toBe(15);
    expect(await value("tokens.total")).toBe(45);
    expect(await value("tokens.cached")).toBe(12);
    expect(await value("tokens.reasoning")).toBe(6);
    expect(await value("llm.calls")).toBe(3);
    expect(await value("llm.time")).toBe(1.5);
    expect((await ask("cost.total"))[0]).toEqual({ labels: {}, value: 0.75, count: 2 });
    expect(await value("cost.per_request")).toBe(0.375);
  });

  it("have no cost where no request had a price", async () => {
    expect(await setUp(exampleRecord(5))("cost.total")).toEqual([]);
  });

  it("peak in the busiest whole second", async () => {
    const ends = [3.2, 3.9, 4, 4.1, 7.5];
    const ask = setUp(...ends.map((end) => exampleRecord(end)));
    expect(await ask("requests.rate_peak")).toEqual([{ labels: {}, value: 3, count: 5 }]);
  });

  it("split by user, and by what the record lacks", async () => {
    const ask = setUp(
      exampleRecord(5, { user_id: "a", session_id: "s", cost_usd: 1 }),
      exampleRecord(5, { user_id: "b", cost_usd: 2 }),
      exampleRecord(5, { user_id: "a", session_id: "s", cost_usd: 4 }),
    );
    expect(await ask("cost.total", 10, { by: ["user", "session"] })).toEqual([
      { labels: { user: "a", session: "s" }, value: 5, count: 2 },
      { labels: { user: "b" }, value: 2, count: 1 },
    ]);
    expect(await ask("cost.total", 10, { where: { user: "b" } })).toEqual([{ labels: {}, value: 2, count: 1 }]);
  });
});

describe("lists", () => {
  it("are the most frequent values first", async () => {
    const types = ["chat", "rag", "chat", "agent", "rag", "chat"];
    const ask = setUp(...types.map((type) => exampleRecord(5, { type })));
    expect(await ask("requests.by_type")).toEqual([
      { labels: { type: "chat" }, value: 3, count: 3 },
      { labels: { type: "rag" }, value: 2, count: 2 },
      { labels: { type: "agent" }, value: 1, count: 1 },
    ]);
  });

  it("of queries are ten at most, and leave out requests without a query", async () => {
    const queries = Array.from({ length: 12 }, (_, i) => `query ${String(i).padStart(2, "0")}`);
    const ask = setUp(
      exampleRecord(5),
      exampleRecord(5, { query: "query 11" }),
      ...queries.map((query) => exampleRecord(5, { query })),
    );
    const answer = await ask("queries.top");
    expect(answer).toHaveLength(10);
    expect(answer[0]).toEqual({ labels: { query: "query 11" }, value: 2, count: 2 });
    expect(answer[1]?.labels).toEqual({ query: "query 00" });
  });
});

describe("a question that records cannot answer", () => {
  it.each([
    ["llm.error_rate", {}],
    ["cost.total", { by: ["model"] as const }],
  ])("is refused: %s %j", async (indicator, more) => {
    await expect(setUp()(indicator, 10, more)).rejects.toMatchObject({
      reason: "unsupported_dimension",
      message: expect.stringContaining("only metrics can answer this"),
    });
  });

  it("is refused rather than answered from a part when there are too many", async () => {
    const record = exampleRecord(5);
    const tooMany = async ({ limit = 0 }) => new Array<RequestRecord>(limit).fill(record);
    const source = new LocalRecordSource(Object.assign(new MemoryStore(), { requests: tooMany }));
    const answer = source.query({ indicator: "response_time.p95", windowS: 300, atMs: atMs(10) });
    await expect(answer).rejects.toMatchObject({
      reason: "invalid_question",
      message: expect.stringContaining("Ask for a shorter window"),
    });
  });

  it("is refused where it needs records that were dropped, and answered from totals where those do", async () => {
    const store = Object.assign(new MemoryStore(), { requestsSince: async () => atMs(0) * 1_000 });
    store.records.push(exampleRecord(-100), exampleRecord(5));
    const source = new LocalRecordSource(store);
    const asked = { windowS: 300, atMs: atMs(10) };
    for (const refused of [
      { indicator: "response_time.p95" },
      { indicator: "queries.top" },
      { indicator: "requests.count", by: ["session"] as const },
      { indicator: "cost.total", by: ["user", "type"] as const },
    ]) {
      await expect(source.query({ ...refused, ...asked })).rejects.toMatchObject({
        reason: "invalid_question",
        message: expect.stringContaining("older ones than of 2026-01-31T10:00:00.000Z were dropped"),
      });
    }
    expect(await source.query({ indicator: "requests.count", ...asked })).toMatchObject([{ value: 2 }]);
    expect(await source.query({ indicator: "response_time.p95", windowS: 10, atMs: atMs(10) })).toMatchObject([
      { value: 1 },
    ]);
  });
});
