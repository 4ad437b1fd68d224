import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../src/indicators/catalogue.js";
import type { Dimension } from "../../src/indicators/dimension.js";
import { boardFigures } from "../../src/query/board-figures.js";
import { IndicatorSource } from "../../src/query/indicator-source.js";
import { LocalMetricSource } from "../../src/query/local-metric-source.js";
import { LocalRecordSource } from "../../src/query/local-record-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { atMs, ExampleApp } from "./example-app.js";
import { exampleRecord } from "./example-record.js";
import { MemoryStore } from "./memory-store.js";

function setUp() {
  const store = new MemoryStore();
  const source = new IndicatorSource(new LocalMetricSource(store), new LocalRecordSource(store));
  const ask = (indicator: string, by: Dimension[] = []) =>
    source.query({ indicator, windowS: 300, atMs: atMs(10), by });
  return { store, source, ask };
}

describe("an indicator question", () => {
  it("goes to metrics where they carry the dimensions, else to records", async () => {
    const { store, ask } = setUp();
    await ask("cost.total", ["model"]);
    await ask("cost.total");
    expect(store.calls).toEqual(["growth chainwatch.llm.cost", "growth chainwatch.llm.cost"]);
    store.calls.length = 0;
    await ask("cost.total", ["user"]);
    await ask("llm.calls", ["type"]);
    await ask("users.active");
    expect(store.calls).toEqual(["totals", "totals", "users"]);
  });

  it("is known to be one for whoever answers it", () => {
    const { store } = setUp();
    const backend = Object.assign(new LocalMetricSource(store), { name: "prometheus http://p" });
    const source = new IndicatorSource(backend, new LocalRecordSource(store));
    expect(source.partFor({ indicator: "cost.total", by: ["model"] })).toBe("prometheus http://p");
    expect(source.partFor({ indicator: "cost.total", by: ["user"] })).toBe("local");
    expect(source.partFor({ indicator: "cost.total", by: ["model", "user"] })).toBe("prometheus http://p + local");
  });

  it("that mixes both sides is refused, with what each can do", async () => {
    const { ask } = setUp();
    await expect(ask("cost.total", ["model", "user"])).rejects.toMatchObject({
      reason: "unsupported_dimension",
      message:
        "cost.total by or where model, user: not possible. Use dimensions of one side (from metrics: service, " +
        "environment, release, instance, type, model, provider; from request records: service, environment, release, " +
        "instance, type, user, session, tenant)",
    });
  });
});

describe("the board", () => {
  it("has every single figure; what has no data has no value", async () => {
    const { source } = setUp();
    const figures = await boardFigures(source, { windowS: 300, atMs: atMs(10) });

    expect(figures.window_s).toBe(300);
    expect(figures.at).toBe("2026-01-31T10:00:10.000Z");
    expect(figures.indicators.map(({ id }) => id)).toEqual(CATALOGUE.filter(({ list }) => !list).map(({ id }) => id));
    for (const figure of figures.indicators) {
      expect(figure).not.toHaveProperty("value");
      expect(figure.count).toBe(0);
    }
  });

  it("shows metrics and records, and asks the store once for each instrument and window", async () => {
    const { store, source } = setUp();
    const app = new ExampleApp(0, "one", "delta");
    for (let i = 0; i < 4; i++) app.request("success", 0.5, { costUsd: 0.01 });
    app.request("error", 0.5);
    app.call({ tokens: { input: 10, output: 5 }, costUsd: 0.04 });
    store.ingest(app.export(5));
    store.records.push(exampleRecord(5, { user_id: "a" }), exampleRecord(5, { user_id: "b" }));

    const { indicators } = await boardFigures(source, { windowS: 300, atMs: atMs(10) });
    const values = Object.fromEntries(indicators.map(({ id, value }) => [id, value]));
    expect(values).toMatchObject({
      "requests.count": 5,
      success_rate: 80,
      error_rate: 20,
      timeout_rate: 0,
      "response_time.avg": 0.5,
      "tokens.total": 15,
      "cost.total": 0.04,
      "cost.per_request": 0.01,
      "llm.calls": 1,
      "users.active": 2,
    });
    expect(indicators.find(({ id }) => id === "success_rate")).toEqual({
      id: "success_rate",
      name: { en: "Success rate", zh: "成功率" },
      unit: "%",
      group: "quality",
      value: 80,
      count: 5,
    });
    // Once the whole window, and once its pieces for the peak, which are cut at the clock's minutes.
    expect(store.calls.filter((call) => call === "growth chainwatch.request.duration")).toHaveLength(2);
    expect(store.calls.filter((call) => call === "growth chainwatch.llm.tokens")).toHaveLength(1);
    expect(store.calls.filter((call) => call === "growth gen_ai.client.operation.duration")).toHaveLength(1);
  });

  it("compares with the same window an hour earlier when asked to, where there was data then", async () => {
    const { store, source } = setUp();
    const hourAgo = new ExampleApp(-3600, "one", "delta");
    hourAgo.request("success", 0.5);
    hourAgo.request("success", 0.5);
    store.ingest(hourAgo.export(5 - 3600));
    const app = new ExampleApp(0, "one", "delta");
    app.request("success", 0.5, { costUsd: 0.01 });
    store.ingest(app.export(5));

    const question = { windowS: 300, atMs: atMs(10) };
    const figure = async (id: string, compare?: "hour") =>
      (await boardFigures(source, { ...question, compare })).indicators.find((each) => each.id === id);
    expect(await figure("requests.count", "hour")).toMatchObject({ value: 1, count: 1, before: 2 });
    expect(await figure("cost.per_request", "hour")).toMatchObject({ value: 0.01 });
    expect(await figure("cost.per_request", "hour")).not.toHaveProperty("before");
    expect(await figure("requests.count")).not.toHaveProperty("before");
  });

  it("says of a figure why it cannot be had, and shows the others", async () => {
    const { store } = setUp();
    const refusal = new QueryError("invalid_question", "users.active: too many. Ask for a shorter window");
    const refuse = () => Promise.reject(refusal);
    const records = { name: "local", query: refuse, querySeries: refuse };
    const source = new IndicatorSource(new LocalMetricSource(store), records);
    const app = new ExampleApp(0, "one", "delta");
    app.request("success", 1);
    store.ingest(app.export(5));

    const { indicators } = await boardFigures(source, { windowS: 300, atMs: atMs(10) });
    const users = indicators.find(({ id }) => id === "users.active");
    expect(users).toMatchObject({ count: 0, error: expect.stringContaining("Ask for a shorter window") });
    expect(users).not.toHaveProperty("value");
    expect(indicators.find(({ id }) => id === "requests.count")).toMatchObject({ value: 1 });
  });

  it("fails as a whole when the store fails", async () => {
    const failing = new LocalMetricSource({
      growth: () => Promise.reject(new Error("disk I/O error")),
      points: async () => [],
    });
    const source = new IndicatorSource(failing, new LocalRecordSource(new MemoryStore()));
    const figures = boardFigures(source, { windowS: 300, atMs: atMs(10) });
    await expect(figures).rejects.toMatchObject({ reason: "source_failed" });
  });
});
