import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { startPipelineApp } from "./parts/pipeline-app.js";
import { PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";

const BETWEEN_KILLS = 60;
const KILLS = 3;
/** Request, workflow, model call, HTTP call. */
const SPANS_A_REQUEST = 4;

const parts = new RunningParts();
let stack: PipelineStack;
let models: ModelServer;

beforeAll(async () => {
  stack = await PipelineStack.start(parts);
  models = await startModelServer({ latencyScale: 0 });
});
afterAll(() => models.close());

it("a watched app whose Collector is killed and comes back: what ended is stored, and nothing was dropped", async () => {
  const app = startPipelineApp("steadily", { models, collector: stack.collector });
  let answered = 0;
  let flushed = false;
  createInterface({ input: app.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    if (line === "answered") answered += 1;
    if (line === "flushed") flushed = true;
  });
  const ended = once(app, "close");
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const enough = answered + BETWEEN_KILLS;
    await until("requests", () => answered >= enough);
    await stack.collector.part.kill();
    // The app goes on while nobody takes its telemetry.
    const more = answered + BETWEEN_KILLS;
    await until("requests without a Collector", () => answered >= more);
    await stack.collector.part.start();
  }
  app.stdin?.write("stop\n");
  expect(await ended).toEqual([0, null]);
  expect(flushed).toBe(true);

  const records = await until("a record a request", async () => {
    const arrived = await stack.chainwatchRequests();
    return arrived.length >= answered && arrived;
  });
  expect(records.map(({ request_id }) => request_id).toSorted()).toEqual(
    Array.from({ length: answered }, (_, index) => `steady-${index + 1}`).toSorted(),
  );
  for (const { trace_id = "" } of records) {
    await until(`the trace ${trace_id}`, async () => {
      const [atJaeger, atChainwatch] = [await stack.jaegerSpans(trace_id), await stack.chainwatchTrace(trace_id)];
      return [new Set(atJaeger.map(({ spanID }) => spanID)).size, atChainwatch?.spans.length].every(
        (count) => count === SPANS_A_REQUEST,
      );
    });
  }
  await until("a measurement a request", async () => {
    const [counted] = await stack.prometheusValues("histogram_count(sum(chainwatch_request_duration_seconds))");
    return counted?.value === answered;
  });
  expect(await stack.prometheusValues("chainwatch_telemetry_dropped_total")).toEqual([]);
  console.log(`${answered} requests, ${answered * SPANS_A_REQUEST} spans, ${KILLS} kills`);
});
