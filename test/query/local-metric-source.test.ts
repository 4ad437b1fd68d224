import { describe, expect, it } from "vitest";
import type { Dimension } from "../../src/indicators/dimension.js";
import { METRIC_REQUEST_ACTIVE, METRIC_REQUEST_ACTIVE_PEAK } from "../../src/instrument/semconv.js";
import { LocalMetricSource } from "../../src/query/local-metric-source.js";
import type { IndicatorQuery, Sample } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { atMs, ExampleApp } from "./example-app.js";
import { MemoryStore } from "./memory-store.js";

function setUp() {
  const store = new MemoryStore();
  const source = new LocalMetricSource(store);
  const app = new ExampleApp(0, "one", "delta");
  const ask = (indicator: string, at: number, more: Partial<IndicatorQuery> = {}): Promise<Sample[]> =>
    source.query({ indicator, windowS: 300, atMs: atMs(at), ...more });
  const value = async (indicator: string, at: number): Promise<number | undefined> =>
    (await ask(indicator, at))[0]?.value;
  return { store, source, app, ask, value };
}

describe("rates of outcomes", () => {
  it("are shares of success + error + timeout and add up to 100 %", async () => {
    const { store, app, ask } = setUp();
    for (const outcome of ["success", "success", "success", "error", "timeout"] as const) app.request(outcome, 1);
    for (const outcome of ["cancelled", "abandoned", "interrupted"] as const) app.request(outcome, 1);
    store.ingest(app.export(10));

    expect(await ask("success_rate", 10)).toEqual([{ labels: {}, value: 60, count: 5 }]);
    expect(await ask("error_rate", 10)).toEqual([{ labels: {}, value: 20, count: 5 }]);
    expect(await ask("timeout_rate", 10)).toEqual([{ labels: {}, value: 20, count: 5 }]);
  });

  it("of a total failure are 0 % success, not no data", async () => {
    const { store, app, ask } = setUp();
    app.request("error", 1);
    store.ingest(app.export(10));

    expect(await ask("success_rate", 10)).toEqual([{ labels: {}, value: 0, count: 1 }]);
    expect(await ask("error_rate", 10)).toEqual([{ labels: {}, value: 100, count: 1 }]);
  });

  it("are no data when nothing was rated", async () => {
    const { store, app, ask } = setUp();
    expect(await ask("success_rate", 10)).toEqual([]);
    app.request("cancelled", 1);
    store.ingest(app.export(10));

    expect(await ask("success_rate", 10)).toEqual([]);
    expect(await ask("response_time.avg", 10)).toEqual([]);
    expect(await ask("response_time.p95", 10)).toEqual([]);
    expect(await ask("requests.count", 10)).toEqual([{ labels: {}, value: 1, count: 1 }]);
  });
});

describe("requests", () => {
  it("are counted whatever their outcome, and timed only when rated", async () => {
    const { store, app, value } = setUp();
    app.request("success", 1);
    app.request("error", 3);
    app.request("abandoned", 1000);
    store.ingest(app.export(10));

    expect(await value("requests.count", 10)).toBe(3);
    expect(await value("requests.rate", 10)).toBe(3 / 300);
    expect(await value("response_time.avg", 10)).toBe(2);
  });

  it("count in the window (at - window, at]", async () => {
    const { store, app, value } = setUp();
    app.request("success", 1);
    store.ingest(app.export(100));

    expect(await value("requests.count", 99.999)).toBeUndefined();
    expect(await value("requests.count", 100)).toBe(1);
    expect(await value("requests.count", 399.999)).toBe(1);
    expect(await value("requests.count", 400)).toBeUndefined();
  });

  it("peak in the busiest clock minute", async () => {
    const { store, app, ask } = setUp();
    // 10:00:50 and 10:01:10 are different minutes; 10:02:05 and 10:02:55 are the same.
    for (const [second, requests] of [
      [50, 4],
      [70, 4],
      [125, 3],
      [175, 3],
    ] as const) {
      for (let i = 0; i < requests; i++) app.request("success", 1);
      store.ingest(app.export(second));
    }

    expect(await ask("requests.rate_peak", 200)).toEqual([{ labels: {}, value: 6 / 60, count: 14 }]);
    // The window begins at 10:02:10: only the later three of that minute are inside.
    expect(await ask("requests.rate_peak", 430)).toEqual([{ labels: {}, value: 3 / 60, count: 3 }]);
  });

  it("peak over a long window in one question to the store", async () => {
    const { store, app, ask } = setUp();
    app.request("success", 1);
    store.ingest(app.export(10));

    const [sample] = await ask("requests.rate_peak", 3600, { windowS: 86_400 });
    expect(sample).toEqual({ labels: {}, value: 1 / 900, count: 1 });
    expect(store.calls).toHaveLength(1);
  });

  it("percentiles come from all series merged", async () => {
    const { store, app, value } = setUp();
    const other = new ExampleApp(0, "two", "delta");
    for (let i = 0; i < 90; i++) app.request("success", 1, { type: "fast" });
    for (let i = 0; i < 10; i++) other.request("error", 8, { type: "slow" });
    store.ingest(app.export(10));
    store.ingest(other.export(10));

    const bucket = 2 ** (1 / 64);
    expect(await value("response_time.p50", 10)).toBeGreaterThan(1 / bucket);
    expect(await value("response_time.p50", 10)).toBeLessThanOrEqual(1);
    expect(await value("response_time.p95", 10)).toBeGreaterThan(8 / bucket);
    expect(await value("response_time.p95", 10)).toBeLessThanOrEqual(8);
    expect(await value("response_time.avg", 10)).toBeCloseTo(1.7, 12);
  });
});

describe("model calls", () => {
  it("leave out embeddings, cancelled and abandoned calls where the catalogue says so", async () => {
    const { store, app, value } = setUp();
    app.call({ durationS: 2 });
    app.call({ durationS: 3, error: "rate_limit" });
    app.call({ error: "cancelled" });
    app.call({ operation: "embeddings", durationS: 100, tokens: { input: 7 } });
    store.ingest(app.export(10));

    expect(await value("llm.calls", 10)).toBe(3);
    expect(await value("llm.time", 10)).toBe(6);
    expect(await value("llm.error_rate", 10)).toBe(50);
    expect(await value("tokens.input", 10)).toBe(7);
  });

  it("give tokens by type; what was not used is 0", async () => {
    const { store, app, ask, value } = setUp();
    app.call({ tokens: { input: 100, output: 20, cache_read: 60 } });
    app.call({ tokens: { input: 50, output: 5 } });
    store.ingest(app.export(10));

    expect(await ask("tokens.input", 10)).toEqual([{ labels: {}, value: 150, count: 2 }]);
    expect(await value("tokens.output", 10)).toBe(25);
    expect(await value("tokens.total", 10)).toBe(175);
    expect(await value("tokens.cached", 10)).toBe(60);
    expect(await value("tokens.reasoning", 10)).toBe(0);
  });

  it("without token counts have no tokens rather than 0", async () => {
    const { store, app, ask } = setUp();
    app.call();
    store.ingest(app.export(10));
    expect(await ask("tokens.total", 10)).toEqual([]);
  });

  it("cost what their priced part cost", async () => {
    const { store, app, ask } = setUp();
    app.call({ costUsd: 0.25 });
    app.call({ costUsd: 0.5 });
    app.call({ model: "unpriced" });
    app.request("success", 1, { costUsd: 0.75 });
    app.request("success", 1, { costUsd: 0 });
    store.ingest(app.export(10));

    expect(await ask("cost.total", 10)).toEqual([{ labels: {}, value: 0.75, count: 2 }]);
    expect(await ask("cost.per_call", 10)).toEqual([{ labels: {}, value: 0.375, count: 2 }]);
    expect(await ask("cost.per_request", 10)).toEqual([{ labels: {}, value: 0.375, count: 2 }]);
    const byModel = await ask("cost.total", 10, { by: ["model"] });
    expect(byModel).toEqual([{ labels: { model: "gpt" }, value: 0.75, count: 2 }]);
  });

  it("were retried 0 times when no retry was counted", async () => {
    const { store, app, ask } = setUp();
    app.call({ tokens: { input: 1 } });
    app.call({ model: "flaky", retries: 2, tokens: { input: 1 } });
    store.ingest(app.export(10));

    expect(await ask("llm.retries", 10)).toEqual([{ labels: {}, value: 2, count: 2 }]);
    const byModel = await ask("llm.retries", 10, { by: ["model"] });
    expect(byModel).toEqual(
      expect.arrayContaining([
        { labels: { model: "gpt" }, value: 0, count: 1 },
        { labels: { model: "flaky" }, value: 2, count: 1 },
      ]),
    );
  });

  it("without a known price are a share of all that a price was looked up for", async () => {
    const { store, app, ask } = setUp();
    expect(await ask("llm.unpriced_rate", 10)).toEqual([]);
    app.call({ model: "free", costUsd: 0.1 });
    store.ingest(app.export(10));
    expect(await ask("llm.unpriced_rate", 10)).toEqual([{ labels: {}, value: 0, count: 1 }]);
    app.call({ model: "new", unpriced: true });
    app.call({ model: "free", costUsd: 0.1 });
    app.call({ model: "free", costUsd: 0.1 });
    app.call({ model: "failed", error: "rate_limit" });
    store.ingest(app.export(11));

    expect(await ask("llm.unpriced_rate", 11)).toEqual([{ labels: {}, value: 25, count: 4 }]);
    expect(await ask("llm.unpriced_rate", 11, { by: ["model"] })).toEqual(
      expect.arrayContaining([
        { labels: { model: "free" }, value: 0, count: 3 },
        { labels: { model: "new" }, value: 100, count: 1 },
      ]),
    );
  });

  it("have a time to first token only where they stream", async () => {
    const { store, app, value } = setUp();
    app.call();
    store.ingest(app.export(10));
    expect(await value("ttft.p50", 10)).toBeUndefined();
    app.call({ firstChunkS: 0.5 });
    store.ingest(app.export(11));
    expect(await value("ttft.p50", 11)).toBeCloseTo(0.5, 2);
  });
});

describe("telemetry that was given up", () => {
  it("is counted by what and why", async () => {
    const { store, app, ask } = setUp();
    app.dropped("span", "queue_full", 40);
    app.dropped("record", "queue_full", 2);
    store.ingest(app.export(10));
    expect(await ask("telemetry.dropped", 10)).toEqual([{ labels: {}, value: 42, count: 42 }]);
    expect(await ask("telemetry.dropped", 10, { by: ["what"], where: { reason: "queue_full" } })).toEqual([
      { labels: { what: "span" }, value: 40, count: 40 },
      { labels: { what: "record" }, value: 2, count: 2 },
    ]);
    expect(await ask("telemetry.dropped", 400)).toEqual([]);
  });
});

describe("tools", () => {
  it("are counted and rated by name", async () => {
    const { store, app, ask } = setUp();
    app.tool("search");
    app.tool("search", "timeout");
    app.tool("calculator");
    app.tool("calculator", "interrupted");
    store.ingest(app.export(10));

    expect(await ask("tools.calls", 10)).toEqual([{ labels: {}, value: 4, count: 4 }]);
    const rates = await ask("tools.error_rate", 10, { by: ["tool"] });
    expect(rates).toEqual([
      { labels: { tool: "search" }, value: 50, count: 2 },
      { labels: { tool: "calculator" }, value: 0, count: 1 },
    ]);
    expect(await ask("tools.calls", 10, { where: { tool: "search" } })).toEqual([{ labels: {}, value: 2, count: 2 }]);
  });
});

describe("splits and filters", () => {
  it("split by resource and by metric attributes at once", async () => {
    const { store, app, ask } = setUp();
    const bot = new ExampleApp(0, "two", "delta", "bot");
    app.request("success", 1, { type: "chat" });
    app.request("error", 1, { type: "summary" });
    bot.request("success", 1, { type: "chat" });
    store.ingest(app.export(10));
    store.ingest(bot.export(10));

    const split = await ask("success_rate", 10, { by: ["service", "type"] });
    expect(split).toEqual([
      { labels: { service: "shop", type: "chat" }, value: 100, count: 1 },
      { labels: { service: "shop", type: "summary" }, value: 0, count: 1 },
      { labels: { service: "bot", type: "chat" }, value: 100, count: 1 },
    ]);
    const filtered = await ask("requests.count", 10, { by: ["type"], where: { service: "bot", release: "1.0" } });
    expect(filtered).toEqual([{ labels: { type: "chat" }, value: 1, count: 1 }]);
    expect(await ask("requests.count", 10, { where: { service: "none" } })).toEqual([]);
  });

  it("leave out a label that the series does not have", async () => {
    const { store, app, ask } = setUp();
    app.request("success", 1);
    store.ingest(app.export(10));
    const split = await ask("requests.count", 10, { by: ["environment", "instance"] });
    expect(split).toEqual([{ labels: { instance: "one" }, value: 1, count: 1 }]);
  });
});

describe("concurrency", () => {
  const active = (second: number, instance: string, value: number, metric = METRIC_REQUEST_ACTIVE, type = "chain") => ({
    metric,
    unit: "",
    kind: metric === METRIC_REQUEST_ACTIVE ? ("up_down_counter" as const) : ("gauge" as const),
    temporality: "none" as const,
    attributes: { "chainwatch.request.type": type },
    resource: { "service.instance.id": instance },
    startTimeUs: 0,
    timeUs: atMs(second) * 1000,
    value,
  });

  it("is the newest value of every process that still reports", async () => {
    const { store, ask } = setUp();
    store.ingest({
      points: [active(0, "alive", 9), active(10, "alive", 2), active(0, "killed", 9), active(10, "killed", 5)],
    });
    expect(await ask("concurrency.current", 15)).toEqual([{ labels: {}, value: 7, count: 7 }]);
    store.ingest({ points: [20, 30, 40].map((second) => active(second, "alive", 0)) });

    // Three intervals of 10 s after its last report the killed process holds its value no longer.
    expect(await ask("concurrency.current", 40)).toEqual([{ labels: {}, value: 5, count: 5 }]);
    expect(await ask("concurrency.current", 41)).toEqual([{ labels: {}, value: 0, count: 0 }]);
    expect(await ask("concurrency.current", 71)).toEqual([]);
  });

  it("does not depend on the window", async () => {
    const { store, ask } = setUp();
    store.ingest({ points: [active(0, "slow", 1), active(60, "slow", 3)] });
    expect(await ask("concurrency.current", 100, { windowS: 10 })).toEqual([{ labels: {}, value: 3, count: 3 }]);
  });

  it("peaks at the highest collection of each process, added over the processes", async () => {
    const { store, ask } = setUp();
    const peak = (second: number, instance: string, value: number, type?: string) =>
      active(second, instance, value, METRIC_REQUEST_ACTIVE_PEAK, type);
    store.ingest({
      points: [
        peak(10, "one", 3, "chat"),
        peak(10, "one", 2, "summary"),
        peak(20, "one", 4, "chat"),
        peak(20, "one", 0, "summary"),
        peak(20, "two", 7, "chat"),
      ],
    });
    expect(await ask("concurrency.peak", 30)).toEqual([{ labels: {}, value: 12, count: 12 }]);
    const byType = await ask("concurrency.peak", 30, { by: ["type"] });
    expect(byType).toEqual([
      { labels: { type: "chat" }, value: 11, count: 11 },
      { labels: { type: "summary" }, value: 2, count: 2 },
    ]);
  });
});

describe("a question that cannot be answered", () => {
  const { source } = setUp();
  const base = { windowS: 300, atMs: atMs(0) };

  it.each([
    ["unknown_indicator", { ...base, indicator: "succes_rate" }, 'Did you mean "success_rate"?'],
    ["unknown_indicator", { ...base, indicator: "weather" }, "Indicators: response_time.avg"],
    [
      "unsupported_dimension",
      { ...base, indicator: "llm.error_rate", by: ["type"] as Dimension[] },
      "from metrics: service",
    ],
    ["unsupported_dimension", { ...base, indicator: "cost.total", where: { user: "u" } }, "Send the request records"],
    ["unsupported_dimension", { ...base, indicator: "users.active" }, "only request records can answer this"],
    ["invalid_question", { ...base, indicator: "success_rate", windowS: 0 }, "windowS"],
    ["invalid_question", { ...base, indicator: "success_rate", atMs: Number.NaN }, "atMs"],
  ])("is refused as %s with the cure", async (reason, question, words) => {
    const error = await source.query(question).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ reason, message: expect.stringContaining(words) });
  });

  it("is source_failed when the store fails, with its cause", async () => {
    const broken = new Error("database is locked");
    const failing = new LocalMetricSource({ growth: () => Promise.reject(broken), points: async () => [] });
    const answer = failing.query({ ...base, indicator: "success_rate" });
    await expect(answer).rejects.toMatchObject({ reason: "source_failed", cause: broken });
  });

  it("is a timeout when the signal aborts first, before or during the call", async () => {
    const hanging = new LocalMetricSource({ growth: () => new Promise(() => {}), points: async () => [] });
    const question = { ...base, indicator: "success_rate" };
    await expect(hanging.query(question, AbortSignal.abort())).rejects.toMatchObject({ reason: "timeout" });
    await expect(hanging.query(question, AbortSignal.timeout(5))).rejects.toMatchObject({ reason: "timeout" });
  });
});
