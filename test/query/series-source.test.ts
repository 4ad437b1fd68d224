import { describe, expect, it } from "vitest";
import type { Dimension } from "../../src/indicators/dimension.js";
import { IndicatorSource } from "../../src/query/indicator-source.js";
import { LocalMetricSource } from "../../src/query/local-metric-source.js";
import { LocalRecordSource } from "../../src/query/local-record-source.js";
import { atMs, ExampleApp } from "./example-app.js";
import { exampleRecord } from "./example-record.js";
import { MemoryStore } from "./memory-store.js";

describe("a series", () => {
  const times = { fromMs: atMs(60), toMs: atMs(180), stepMs: 60_000 };

  it("has each group's value in the windows that end at its times, and no point without data", async () => {
    const store = new MemoryStore();
    const app = new ExampleApp(0, "one", "delta");
    app.request("success", 1, { type: "chat" });
    store.ingest(app.export(30));
    app.request("success", 1, { type: "chat" });
    app.request("success", 1, { type: "search" });
    store.ingest(app.export(150));
    const source = new IndicatorSource(new LocalMetricSource(store), new LocalRecordSource(store));

    expect(await source.querySeries({ indicator: "requests.count", windowS: 60, by: ["type"] }, times)).toMatchObject([
      {
        labels: { type: "chat" },
        points: [
          { atMs: atMs(60), value: 1 },
          { atMs: atMs(180), value: 1 },
        ],
      },
      { labels: { type: "search" }, points: [{ atMs: atMs(180), value: 1 }] },
    ]);
  });

  it("is one question to the store for each instrument, or one for records, whatever the number of times", async () => {
    const store = new MemoryStore();
    const source = new IndicatorSource(new LocalMetricSource(store), new LocalRecordSource(store));
    const calls = async (indicator: string, by: readonly Dimension[]) => {
      store.calls.length = 0;
      await source.querySeries({ indicator, windowS: 120, by }, times);
      return [...store.calls];
    };
    expect(await calls("response_time.p95", ["type"])).toEqual(["growth chainwatch.request.duration"]);
    expect(await calls("requests.rate_peak", [])).toEqual(["growth chainwatch.request.duration"]);
    expect((await calls("tokens.total", ["model"])).sort()).toEqual([
      "growth chainwatch.llm.tokens",
      "growth gen_ai.client.operation.duration",
    ]);
    expect(await calls("cost.total", ["user"])).toEqual(["totals"]);
    expect(await calls("users.active", ["tenant"])).toEqual(["users"]);
  });

  it("comes from request records where only they can answer", async () => {
    const store = new MemoryStore();
    store.records.push(exampleRecord(100, { user_id: "u1" }));
    const source = new IndicatorSource(new LocalMetricSource(store), new LocalRecordSource(store));

    expect(await source.querySeries({ indicator: "users.active", windowS: 60 }, times)).toMatchObject([
      { labels: {}, points: [{ atMs: atMs(120), value: 1 }] },
    ]);
  });
});
