import { expect, test } from "vitest";
import { PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { SteadySender } from "./parts/steady-sender.js";
import { until } from "./parts/until.js";

/** `CHAINWATCH_COLLECTOR_KILLS=20` for a longer run. */
const KILLS = Number(process.env.CHAINWATCH_COLLECTOR_KILLS ?? 5);
/** Traces between two kills, at most: 20 are a second. */
const MOST_BETWEEN = 60;

const parts = new RunningParts();

test(`${KILLS} kills of the Collector under load lose nothing that was answered with 200`, async () => {
  const stack = await PipelineStack.start(parts);
  const sender = new SteadySender(stack.collector.url);
  sender.start();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const enough = sender.accepted.length + 1 + Math.floor(Math.random() * MOST_BETWEEN);
    await until("load", () => sender.accepted.length >= enough);
    await stack.collector.part.kill();
    await stack.collector.part.start();
  }
  await sender.stop();
  expect(sender.refusals).toEqual([]);
  expect(sender.repeats).toBeGreaterThan(0);

  const { accepted } = sender;
  const startedMs = Date.now();
  for (const { traceId, spanIds, requestId } of accepted) {
    await until(`${traceId} at Jaeger`, async () =>
      holdsAll(
        (await stack.jaegerSpans(traceId)).map(({ spanID }) => spanID),
        spanIds,
      ),
    );
    const trace = await until(`${traceId} at Chainwatch`, async () => {
      const found = await stack.chainwatchTrace(traceId);
      const arrived = found?.spans.map(({ span_id }) => span_id) ?? [];
      return found?.requests[0]?.request_id === requestId && holdsAll(arrived, spanIds) && found;
    });
    // What was sent twice is there once.
    expect([trace.spans.length, trace.requests.length]).toEqual([spanIds.length, 1]);
  }
  const points = accepted.map(({ pointMs }) => pointMs);
  await until("every metric point at Prometheus", async () =>
    holdsAll(await stack.sampleTimes("steady_traces_total"), points),
  );
  const recorded = await stack.recordedIds();
  expect(
    holdsAll(
      recorded,
      accepted.map(({ requestId }) => requestId),
    ),
  ).toBe(true);
  console.log(
    `${KILLS} kills, ${accepted.length} traces of 50 spans, ${sender.repeats} requests sent again; ` +
      `all there ${Date.now() - startedMs} ms after the last; ` +
      `${recorded.length - new Set(recorded).size} records twice in the files`,
  );
});

function holdsAll<Item>(items: readonly Item[], wanted: readonly Item[]): boolean {
  const set = new Set(items);
  return wanted.every((item) => set.has(item));
}
