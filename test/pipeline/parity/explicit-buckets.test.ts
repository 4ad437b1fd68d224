import { beforeAll, expect, test } from "vitest";
import { CATALOGUE } from "../../../src/indicators/catalogue.js";
import { metricDimensions } from "../../../src/indicators/metric-attribute.js";
import type { IndicatorQuery } from "../../../src/query/metric-source.js";
import { RunningParts } from "../parts/running-parts.js";
import { type Comparison, compare, disagreements, isQuantile, tableLine } from "./comparison.js";
import { differenceTable, relativeError } from "./difference-table.js";
import { ExactAnswers } from "./exact-answers.js";
import { recordStream } from "./recorded-stream.js";
import { askable } from "./three-sources.js";
import { busyApp, latencyCase, STREAM_MS, smoothLatency } from "./workload.js";

const endMs = Math.floor(Date.now() / 60_000) * 60_000;
const startMs = endMs - STREAM_MS;
const [explicitLatency, exponentialLatency] = [smoothLatency(1.6), smoothLatency(2.5)];
/** Both kinds of histogram in one backend, for calls and requests. */
const SCRIPTS = [
  latencyCase("explicit", startMs, 2, (_, random) => ({ seconds: explicitLatency(random) }), true),
  latencyCase("exponential", startMs, 1, (_, random) => ({ seconds: exponentialLatency(random) })),
  busyApp("busy", "1.0", startMs, 1, 3),
];
const METRIC_INDICATORS = CATALOGUE.flatMap(({ id, metricQuestion }) =>
  metricQuestion === undefined ? [] : [{ id, by: metricDimensions(metricQuestion) }],
);

const parts = new RunningParts();
let ask: (more: Partial<IndicatorQuery>) => Promise<Comparison[]>;

beforeAll(async () => {
  const stream = await recordStream(SCRIPTS);
  const { metrics } = await askable(parts, stream);
  const exact = new ExactAnswers(stream.apps);
  ask = async (more) => {
    const compared: Comparison[] = [];
    for (const { id, by } of METRIC_INDICATORS) {
      if (more.by?.some((dimension) => !by.includes(dimension))) continue;
      compared.push(...(await compare(metrics, exact, { indicator: id, windowS: 300, atMs: endMs, ...more })));
    }
    return compared;
  };
});

const show = (name: string, compared: readonly Comparison[]): void =>
  console.log(`\n${differenceTable(compared.map((one) => tableLine(name, one)))}\n`);

test.each<[string, Partial<IndicatorQuery>]>([
  ["an app with explicit buckets", { where: { service: "explicit" } }],
  ["apps of both kinds", {}],
  ["apps of both kinds over an hour", { windowS: 3600 }],
  ["each app", { by: ["service"] }],
  ["each model", { by: ["model"] }],
])("all but percentiles is exact in all three for %s", async (_, more) => {
  const others = (await ask(more)).filter(({ question }) => !isQuantile(question));
  expect(others.flatMap((one) => disagreements(one, []))).toEqual([]);
});

test("percentiles of explicit buckets are the same in all three, with their error named", async () => {
  const quantiles = (await ask({ where: { service: "explicit" } })).filter(({ question }) => isQuantile(question));
  show("explicit buckets", quantiles);
  expect(quantiles.map(({ question }) => question.indicator)).toContain("response_time.p95");
  for (const { answers } of quantiles) {
    expect(answers.local?.value).toBeGreaterThan(0);
    expect(relativeError(answers.prometheus?.value, answers.local?.value)).toBeLessThan(1e-9);
    expect(relativeError(answers.victoriaMetrics?.value, answers.local?.value)).toBeLessThan(1e-9);
  }
});

test.each<[string, Partial<IndicatorQuery>]>([
  ["apps of both kinds", {}],
  ["apps of both kinds over an hour", { windowS: 3600 }],
  ["each app", { by: ["service"] }],
  ["each model", { by: ["model"] }],
])("percentiles for %s are those of local mode within 2 %", async (name, more) => {
  const quantiles = (await ask(more)).filter(({ question }) => isQuantile(question));
  show(name, quantiles);
  expect(quantiles.length).toBeGreaterThanOrEqual(5);
  for (const { question, exact, answers } of quantiles) {
    expect(answers.local?.count, JSON.stringify(question)).toBe(exact?.count);
    for (const answer of [answers.prometheus, answers.victoriaMetrics]) {
      expect(answer?.count).toBe(answers.local?.count);
      // Each keeps the exponential ones at a resolution of its own, and shares out the wide explicit ones by them.
      expect(relativeError(answer?.value, answers.local?.value), JSON.stringify(question)).toBeLessThan(0.02);
    }
  }
});
