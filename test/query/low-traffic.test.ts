import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LocalMetricSource } from "../../src/query/local-metric-source.js";
import { openTelemetryStore } from "../../src/store/open-telemetry-store.js";
import type { TelemetryStore } from "../../src/store/telemetry-store.js";
import { atMs, ExampleApp } from "./example-app.js";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The real store, in a folder of its own. */
async function setUp() {
  const dataDir = await mkdtemp(join(tmpdir(), "chainwatch-query-"));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const store = await openTelemetryStore({
    dataDir,
    retention: { days: 30, maxBytes: 1e9 },
    clock: () => atMs(900),
  });
  cleanUps.push(() => store.close());
  const source = new LocalMetricSource(store);
  /** The figures at a second, over a window that ends then; undefined is no data. */
  const ask = async (at: number, indicators: readonly string[], windowS = 300): Promise<(number | undefined)[]> => {
    const answers = indicators.map((indicator) => source.query({ indicator, windowS, atMs: atMs(at) }));
    return (await Promise.all(answers)).map(([sample]) => sample?.value);
  };
  return { store, source, ask };
}

/** Exports every ten seconds, as an instrumented app does. */
async function exportEveryTen(store: TelemetryStore, app: ExampleApp, from: number, to: number): Promise<void> {
  for (let second = from; second <= to; second += 10) await store.ingest(app.export(second));
}

function simpleRequest(app: ExampleApp, durationS = 0.5): void {
  app.call({ durationS, tokens: { input: 20, output: 18 }, costUsd: 0.00002 });
  app.request("success", durationS, { costUsd: 0.00002 });
}

const COUNTS = ["requests.count", "success_rate", "response_time.avg", "tokens.total", "cost.total"] as const;

describe.each(["cumulative", "delta"] as const)("low traffic is exact, with %s points:", (temporality) => {
  it("five requests at the start, then idle", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    for (const durationS of [0.2, 0.4, 0.6, 0.8, 1]) simpleRequest(app, durationS);
    await exportEveryTen(store, app, 10, 600);

    for (const at of [10, 60, 309]) {
      const [count, success, avg, tokens, cost] = await ask(at, COUNTS);
      expect([count, success, tokens]).toEqual([5, 100, 190]);
      expect(avg).toBeCloseTo(0.6, 12);
      expect(cost).toBeCloseTo(0.0001, 15);
      expect(await ask(at, ["requests.rate"])).toEqual([5 / 300]);
    }
    const [count, success, avg, tokens] = await ask(310, COUNTS);
    // An app that still sends says that there were none; one that sends deltas says nothing while it is idle.
    expect([count, tokens]).toEqual(temporality === "cumulative" ? [0, 0] : [undefined, undefined]);
    expect([success, avg]).toEqual([undefined, undefined]);
    expect(await ask(600, ["requests.count"], 600)).toEqual([5]);
  });

  it("the first error of an app that has run for long", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    for (let i = 0; i < 100; i++) simpleRequest(app);
    await store.ingest(app.export(10));
    for (let i = 0; i < 3; i++) simpleRequest(app);
    await store.ingest(app.export(400));
    expect(await ask(405, ["error_rate", "success_rate"])).toEqual([0, 100]);
    app.request("error", 0.5);
    await store.ingest(app.export(410));

    expect(await ask(410, ["requests.count", "error_rate", "success_rate", "timeout_rate"])).toEqual([4, 25, 75, 0]);
  });

  it("three requests in one export", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    await exportEveryTen(store, app, 10, 100);
    for (let i = 0; i < 3; i++) simpleRequest(app);
    await exportEveryTen(store, app, 110, 200);

    expect(await ask(109, ["requests.count"])).toEqual([undefined]);
    expect(await ask(110, ["requests.count", "requests.rate", "llm.calls", "tokens.input"], 60)).toEqual([
      3, 0.05, 3, 60,
    ]);
    expect(await ask(200, ["requests.count", "success_rate"])).toEqual([3, 100]);
  });

  it("one request a minute", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    for (let second = 10; second <= 600; second += 10) {
      if (second % 60 === 30) simpleRequest(app);
      await store.ingest(app.export(second));
    }
    for (const at of [300, 305, 360, 599, 600]) {
      const [count, rate, tokens] = await ask(at, ["requests.count", "requests.rate", "tokens.total"]);
      expect([count, rate, tokens]).toEqual([5, 5 / 300, 190]);
    }
  });

  it.each([
    ["a new instance", "two"],
    ["the same instance id", "one"],
  ])("an app that restarts in the middle as %s", async (_, secondInstance) => {
    const { store, ask } = await setUp();
    const before = new ExampleApp(0, "one", temporality);
    for (let i = 0; i < 3; i++) simpleRequest(before);
    await exportEveryTen(store, before, 10, 100);
    const after = new ExampleApp(105, secondInstance, temporality);
    simpleRequest(after);
    after.request("error", 0.5);
    await exportEveryTen(store, after, 115, 205);

    expect(await ask(205, ["requests.count", "success_rate", "error_rate", "tokens.output"])).toEqual([5, 80, 20, 72]);
    expect(await ask(205, ["requests.count", "success_rate"], 100)).toEqual([2, 50]);
  });

  it("an export that arrives twice", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    simpleRequest(app);
    const batch = app.export(10);
    await store.ingest(batch);
    await store.ingest(batch);
    expect(await ask(10, ["requests.count", "tokens.total", "requests.rate_peak"])).toEqual([1, 38, 1 / 60]);
  });

  it("a total failure from the first request on", async () => {
    const { store, ask } = await setUp();
    const app = new ExampleApp(0, "one", temporality);
    app.call({ error: "rate_limit", retries: 2 });
    app.request("error", 0.1);
    await store.ingest(app.export(10));
    expect(await ask(10, ["success_rate", "error_rate", "llm.error_rate", "llm.retries"])).toEqual([0, 100, 100, 2]);
    expect(await ask(10, ["tokens.total", "cost.total"])).toEqual([undefined, undefined]);
  });
});

it("exports that got lost are made up for by the next cumulative one", async () => {
  const { store, ask } = await setUp();
  const app = new ExampleApp(0, "one", "cumulative");
  simpleRequest(app);
  await store.ingest(app.export(10));
  simpleRequest(app);
  app.export(20);
  simpleRequest(app);
  await store.ingest(app.export(30));
  expect(await ask(30, ["requests.count", "tokens.total"])).toEqual([3, 114]);
});
