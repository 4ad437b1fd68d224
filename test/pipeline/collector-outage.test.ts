import { beforeAll, describe, expect, it } from "vitest";
import type { PartProcess } from "./parts/part-process.js";
import { PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { type Accepted, SteadySender } from "./parts/steady-sender.js";
import { until } from "./parts/until.js";

/** While a back end is down; 20 are accepted in a second. */
const TRACES = 60;

const parts = new RunningParts();
let stack: PipelineStack;

beforeAll(async () => {
  stack = await PipelineStack.start(parts);
});

type Backend = "jaeger" | "prometheus" | "chainwatch";

const holds: Record<Backend, (one: Accepted) => Promise<boolean>> = {
  jaeger: async ({ traceId, spanIds }) => {
    const ids = new Set((await stack.jaegerSpans(traceId)).map(({ spanID }) => spanID));
    return spanIds.every((id) => ids.has(id));
  },
  prometheus: async ({ pointMs }) => (await stack.sampleTimes("steady_traces_total")).includes(pointMs),
  chainwatch: async ({ traceId, spanIds, requestId }) => {
    const trace = await stack.chainwatchTrace(traceId);
    return trace?.spans.length === spanIds.length && trace.requests[0]?.request_id === requestId;
  },
};

describe.each(["jaeger", "prometheus", "chainwatch"] as const)("%s down for a while", (down) => {
  it("loses nothing and holds up nobody", async () => {
    const part: PartProcess = stack[down].part;
    const others = (Object.keys(holds) as Backend[]).filter((name) => name !== down);
    await part.kill();
    // Begins after the kill: Jaeger keeps its traces in memory, so what it had is gone with it.
    const sender = new SteadySender(stack.collector.url);
    sender.start();
    await until("traffic", () => sender.accepted.length >= TRACES);
    const newest = sender.accepted.at(-1) as Accepted;
    // While the one is still down.
    for (const other of others) await until(`the newest at ${other}`, () => holds[other](newest));
    await part.start();
    const restartedMs = Date.now();
    await sender.stop();
    expect(sender.repeats).toBe(0);
    for (const backend of [...others, down]) {
      for (const one of sender.accepted) await until(`${one.requestId} at ${backend}`, () => holds[backend](one));
    }
    console.log(`${down}: ${sender.accepted.length} traces, all there ${Date.now() - restartedMs} ms after its start`);
  });
});
