import { beforeAll, expect, test } from "vitest";
import { CATALOGUE } from "../../../src/indicators/catalogue.js";
import type { Dimension } from "../../../src/indicators/dimension.js";
import type { Indicator } from "../../../src/indicators/indicator.js";
import { metricDimensions } from "../../../src/indicators/metric-attribute.js";
import type { MetricQuestion } from "../../../src/indicators/metric-question.js";
import type { IndicatorQuery } from "../../../src/query/metric-source.js";
import { RunningParts } from "../parts/running-parts.js";
import { type Comparison, compare, disagreements, tableLine } from "./comparison.js";
import { type ComparedAnswer, differenceTable, relativeError } from "./difference-table.js";
import { ExactAnswers } from "./exact-answers.js";
import { EXACT_RECORD_ANSWERS, endedIn } from "./exact-record-answers.js";
import { type RecordedStream, recordStream } from "./recorded-stream.js";
import { askable, type ThreeSources } from "./three-sources.js";
import { busyApp, latencyCase, STREAM_MS, smoothLatency } from "./workload.js";

const MINUTE_MS = 60_000;
const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const startMs = endMs - STREAM_MS;

const outlierLatency = smoothLatency(1.6);
const SCRIPTS = [
  busyApp("shop", "1.0", startMs, 2, 1),
  busyApp("shop", "1.1", startMs, 2, 2),
  latencyCase("outliers", startMs, 1, (atMs, random) => {
    // Far beyond anything before, so that the histogram gets coarser in the middle of the stream.
    const inTheMiddle = atMs >= 36 * MINUTE_MS && atMs < 36 * MINUTE_MS + 3000;
    return { seconds: inTheMiddle ? 150 : outlierLatency(random) };
  }),
  latencyCase("cache hits", startMs, 1, (_, random) =>
    random() < 0.4 ? { seconds: 0, cached: true } : { seconds: 6 + 4 * random() },
  ),
  latencyCase("bimodal", startMs, 1, (_, random) => ({
    seconds: random() < 0.5 ? 0.2 + 0.2 * random() : 5 + random(),
  })),
];

const parts = new RunningParts();
let stream: RecordedStream;
let sources: ThreeSources;
let exact: ExactAnswers;

beforeAll(async () => {
  stream = await recordStream(SCRIPTS);
  sources = await askable(parts, stream);
  exact = new ExactAnswers(stream.apps);
});

type MetricIndicator = Indicator & { metricQuestion: MetricQuestion };

const METRIC_INDICATORS = CATALOGUE.filter(
  (indicator): indicator is MetricIndicator => indicator.metricQuestion !== undefined,
);
const SPLITS = [
  "model",
  "type",
  "instance",
  "release",
  "tool",
  "what",
  "reason",
] as const satisfies readonly Dimension[];

/** Windows that end with a report, between two, and long before the end; a whole hour; and each split. */
function questionsOf({ id, metricQuestion }: MetricIndicator): IndicatorQuery[] {
  const of = { indicator: id, where: { service: "shop" } };
  return [
    { ...of, windowS: 300, atMs: endMs },
    { ...of, windowS: 3600, atMs: endMs },
    { ...of, windowS: 300, atMs: endMs - 7 * MINUTE_MS },
    { ...of, windowS: 300, atMs: endMs - 7 * MINUTE_MS + 3700 },
    { ...of, windowS: 600, atMs: endMs - 20 * MINUTE_MS },
    ...SPLITS.filter((by) => metricDimensions(metricQuestion).includes(by)).flatMap((by) => [
      { ...of, windowS: 300, atMs: endMs - 10 * MINUTE_MS - 7000, by: [by] },
      { ...of, windowS: 3600, atMs: endMs, by: [by] },
    ]),
  ];
}

async function compareAll(questions: readonly IndicatorQuery[]): Promise<Comparison[]> {
  const compared: Comparison[] = [];
  for (const question of questions) compared.push(...(await compare(sources.metrics, exact, question)));
  return compared;
}

const show = (lines: readonly ComparedAnswer[]): void => console.log(`\n${differenceTable(lines)}\n`);

test("counts, sums, rates and means are exact in all three; percentiles are within a bucket", async () => {
  const lines: ComparedAnswer[] = [];
  const wrong: string[] = [];
  for (const indicator of METRIC_INDICATORS) {
    const compared = await compareAll(questionsOf(indicator));
    const [first] = compared;
    if (first !== undefined) lines.push(tableLine("main", first));
    // An indicator that has data nowhere would agree about nothing.
    if (compared.every((one) => one.exact === undefined)) wrong.push(`${indicator.id}: the stream has no data for it`);
    wrong.push(...compared.flatMap((one) => disagreements(one, stream.apps)));
  }
  show(lines);
  expect(wrong).toEqual([]);
});

test("P50 and P95 of smooth latencies are within 1 % in all three", async () => {
  const smooth = METRIC_INDICATORS.filter(
    ({ metricQuestion: { ask, ...question } }) => ask === "quantile" && "q" in question && question.q < 0.99,
  );
  expect(smooth.map(({ id }) => id)).toContain("response_time.p95");
  const compared = await compareAll(smooth.flatMap(questionsOf).filter(({ by }) => by === undefined));
  const wrong = compared.flatMap(({ question, exact, answers }) =>
    Object.entries(answers)
      .filter(([, answer]) => relativeError(answer?.value, exact?.value) > 0.01)
      .map(([name, answer]) => `${name}: ${answer?.value} for ${exact?.value}, ${JSON.stringify(question)}`),
  );
  expect(wrong).toEqual([]);
});

test("outliers, cache hits and bimodal latencies are within a bucket, with the error named", async () => {
  const compared = await compareAll(
    ["outliers", "cache hits", "bimodal"].flatMap((service) =>
      ["response_time.p50", "response_time.p95", "response_time.p99"].flatMap((indicator) =>
        [300, 3600].map((windowS) => ({ indicator, windowS, atMs: endMs, where: { service } })),
      ),
    ),
  );
  show(compared.map((one) => tableLine(one.question.where?.service ?? "", one)));
  expect(compared.flatMap((one) => disagreements(one, stream.apps))).toEqual([]);
});

test("request records answer exactly", async () => {
  for (const { id, recordQuestion } of CATALOGUE) {
    if (recordQuestion === undefined) continue;
    const exactAnswer = EXACT_RECORD_ANSWERS[id];
    if (exactAnswer === undefined) throw new Error(`${id}: write its exact answer into exact-record-answers.ts`);
    for (const [windowS, atMs] of [
      [300, endMs - 10 * MINUTE_MS - 3700],
      [3600, endMs],
    ] as const) {
      const samples = await sources.records.query({ indicator: id, windowS, atMs, where: { service: "shop" } });
      const expected = exactAnswer(endedIn(SCRIPTS.slice(0, 2), windowS, atMs), windowS);
      if (typeof expected === "object") {
        const found = samples.map(({ labels, value }) => [labels.query ?? labels.type, value]);
        expect(found, id).toEqual(Object.entries(expected));
      } else {
        expect(samples, id).toHaveLength(1);
        expect(relativeError(samples[0]?.value, expected), `${id} ${samples[0]?.value} ${expected}`).toBeLessThan(1e-9);
      }
    }
  }
});
