import { expect, test } from "vitest";
import { PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { type Accepted, SteadySender } from "./parts/steady-sender.js";
import { until } from "./parts/until.js";

/** `CHAINWATCH_KILLS=20` for a longer run. */
const KILLS = Number(process.env.CHAINWATCH_KILLS ?? 5);
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
  const jaegerSpans = await arrivedTwice(accepted, async ({ traceId, spanIds }) => {
    const arrived = (await stack.jaegerSpans(traceId)).map(({ spanID }) => spanID);
    return holdsAll(arrived, spanIds) ? arrived.length - spanIds.length : undefined;
  });
  await arrivedTwice(accepted, async ({ traceId, spanIds, requestId }) => {
    const trace = await stack.chainwatchTrace(traceId);
    const arrived = trace?.spans.map(({ span_id }) => span_id) ?? [];
    if (!holdsAll(arrived, spanIds) || trace?.requests[0]?.request_id !== requestId) return undefined;
    // Chainwatch knows what it has by its ids.
    expect([arrived.length, trace.requests.length]).toEqual([spanIds.length, 1]);
    return 0;
  });
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
      `all there ${Date.now() - startedMs} ms after the last; twice: ${jaegerSpans} spans at Jaeger, ` +
      `${recorded.length - new Set(recorded).size} lines of records`,
  );
});

/** Waits until each is there. @returns how much is there once more than needed */
async function arrivedTwice(
  accepted: readonly Accepted[],
  surplus: (one: Accepted) => Promise<number | undefined>,
): Promise<number> {
  let sum = 0;
  for (const one of accepted) sum += (await until(one.traceId, async () => wrapped(await surplus(one)))).value;
  return sum;
}

const wrapped = (value: number | undefined) => (value === undefined ? undefined : { value });

function holdsAll<Item>(items: readonly Item[], wanted: readonly Item[]): boolean {
  const set = new Set(items);
  return wanted.every((item) => set.has(item));
}
