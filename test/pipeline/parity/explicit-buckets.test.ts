import { beforeAll, expect, test } from "vitest";
import { CATALOGUE } from "../../../src/indicators/catalogue.js";
import { RunningParts } from "../parts/running-parts.js";
import { type Comparison, compare, disagreements, isQuantile, tableLine } from "./comparison.js";
import { differenceTable, relativeError } from "./difference-table.js";
import { ExactAnswers } from "./exact-answers.js";
import { recordStream } from "./recorded-stream.js";
import { askable } from "./three-sources.js";
import { latencyCase, STREAM_MS, smoothLatency } from "./workload.js";

const endMs = Math.floor(Date.now() / 60_000) * 60_000;
const latency = smoothLatency(1.6);
const script = latencyCase("classic", endMs - STREAM_MS, 2, (_, random) => ({ seconds: latency(random) }), true);

const parts = new RunningParts();
let compared: Comparison[];

beforeAll(async () => {
  const stream = await recordStream([script]);
  const { metrics } = await askable(parts, stream);
  const exact = new ExactAnswers(stream.apps);
  const of = { windowS: 300, atMs: endMs, where: { service: "classic" } };
  const asked = CATALOGUE.filter(({ metricQuestion }) => metricQuestion !== undefined);
  compared = (await Promise.all(asked.map(({ id }) => compare(metrics, exact, { ...of, indicator: id })))).flat();
});

test("with explicit buckets all but percentiles is exact in all three", () => {
  const others = compared.filter(({ question }) => !isQuantile(question));
  expect(others.flatMap((one) => disagreements(one, []))).toEqual([]);
});

test("percentiles of explicit buckets are the same in all three, with their error named", () => {
  const quantiles = compared.filter(({ question }) => isQuantile(question));
  console.log(`\n${differenceTable(quantiles.map((one) => tableLine("explicit buckets", one)))}\n`);
  expect(quantiles.map(({ question }) => question.indicator)).toContain("response_time.p95");
  for (const { answers } of quantiles) {
    expect(answers.local?.value).toBeGreaterThan(0);
    expect(relativeError(answers.prometheus?.value, answers.local?.value)).toBeLessThan(1e-9);
    expect(relativeError(answers.victoriaMetrics?.value, answers.local?.value)).toBeLessThan(1e-9);
  }
});
