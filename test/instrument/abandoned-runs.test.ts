import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Instrumentation } from "../../src/instrument/instrumentation.js";
import { PriceBook } from "../../src/instrument/price-book.js";
import { recordedSignals } from "./recorded-signals.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const recorded = recordedSignals();
let nowMs = 0;
let instrumentation: Instrumentation;

beforeEach(() => {
  recorded.spans.reset();
  nowMs = 1_000;
  instrumentation = new Instrumentation({
    signals: () => recorded.signals,
    clock: { monotonicMs: () => nowMs, unixMs: () => 1_800_000_000_000 + nowMs },
    detail: "steps",
    capture: { spans: false, events: false },
    redact: undefined,
    prices: new PriceBook(),
    release: undefined,
    maxOpenRuns: 10_000,
    idle: { streamMs: 60_000, callMs: 120_000, runMs: 600_000 },
    warnOnce: () => undefined,
  });
});
afterEach(() => instrumentation.stop());

const openRuns = () => instrumentation.listeners.recorder.openCount;
const abandoned = () =>
  recorded.spans.getFinishedSpans().filter(({ attributes }) => attributes.outcome === "abandoned");

describe("runs that never end", () => {
  it("streams that the app breaks off are ended by the sweep, marked abandoned and counted", async () => {
    const dropped = await recorded.counted("chainwatch.telemetry.dropped", { what: "run", reason: "idle" });
    const chain = RunnableLambda.from((text: string) => text).pipe(
      new FakeListChatModel({ responses: ["several chunks"] }),
    );
    for (let stream = 0; stream < 50; stream++) {
      let chunks = 0;
      for await (const _ of await chain.stream("hi")) if (++chunks === 3) break;
    }
    expect(openRuns()).toBe(100);

    nowMs += 59_000;
    instrumentation.sweep();
    expect(openRuns()).toBe(100);

    nowMs += 2_000;
    instrumentation.sweep();
    expect(openRuns()).toBe(0);
    expect(abandoned()).toHaveLength(100);
    expect(await recorded.counted("chainwatch.telemetry.dropped", { what: "run", reason: "idle" })).toBe(dropped + 100);
    expect(await recorded.counted("chainwatch.request.duration", { outcome: "abandoned" })).toBe(50);
    expect(await recorded.counted("chainwatch.request.active")).toBe(0);
  });

  it("keeps at most 10,000 of 100,000 open, ends the oldest, and the heap stays flat", async () => {
    const before = await recorded.counted("chainwatch.telemetry.dropped", { what: "run", reason: "too_many_open" });
    const heapAt: number[] = [];
    for (let run = 0; run < 100_000; run++) {
      instrumentation.handler.handleToolStart({}, "{}", `run-${run}`, undefined, [], {}, "endless");
      if (run % 20_000 === 19_999) {
        recorded.spans.reset();
        recorded.logs.reset();
        collectGarbage();
        heapAt.push(process.memoryUsage().heapUsed);
        // The flow that starts 100,000 runs without ever waiting is the test's, not an app's.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(openRuns()).toBe(10_000);
    expect(await recorded.counted("chainwatch.telemetry.dropped", { what: "run", reason: "too_many_open" })).toBe(
      before + 90_000,
    );
    expect(instrumentation.listeners.recorder.get("run-89999")).toBeUndefined();
    expect(instrumentation.listeners.recorder.get("run-90000")).toBeDefined();
    expect(heapAt.at(-1)).toBeLessThan((heapAt[1] ?? 0) + 20 * 1024 * 1024);
  });
});
