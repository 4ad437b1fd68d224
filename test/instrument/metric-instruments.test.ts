import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  type MetricReader,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, onTestFinished, test } from "vitest";
import { metricPreferences } from "../../src/export/metric-preferences.js";
import { SteadyMetricReader } from "../../src/export/steady-metric-reader.js";
import { MetricInstruments } from "../../src/instrument/metric-instruments.js";

const HISTOGRAMS = [DataPointType.HISTOGRAM, DataPointType.EXPONENTIAL_HISTOGRAM];

/** One value in each histogram, as a reader collects them. */
async function collectedHistograms(
  readerTo: (exporter: InMemoryMetricExporter) => MetricReader,
): Promise<MetricData[]> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = readerTo(exporter);
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  const instruments = new MetricInstruments(provider.getMeter("test"));
  instruments.operationDuration.record(1.3);
  instruments.tokenUsage.record(700);
  instruments.timeToFirstChunk.record(0.3);
  instruments.toolDuration.record(0.05);
  instruments.llmCost.record(0.000_3);
  instruments.requestDuration.record(90);
  instruments.requestCost.record(0.02);
  instruments.requestTokens.record(20_000);
  instruments.requestLlmCalls.record(8);
  await provider.forceFlush();
  const [resource] = exporter.getMetrics();
  return (resource?.scopeMetrics ?? [])
    .flatMap(({ metrics }) => metrics)
    .filter(({ dataPointType }) => HISTOGRAMS.includes(dataPointType));
}

const ours = (explicitBuckets: boolean) => (exporter: InMemoryMetricExporter) =>
  new SteadyMetricReader({
    ...metricPreferences({ explicitBuckets, temporality: "cumulative" }, undefined),
    send: (metrics) => new Promise((sent) => exporter.export(metrics, () => sent({ sent: true }))),
    intervalMs: 3_600_000,
    onDrop: () => undefined,
    onAttempt: () => undefined,
  });
const theApps = (exporter: InMemoryMetricExporter) =>
  new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });

test.each([
  ["our own reader", ours(true)],
  ["a reader of the app", theApps],
])("explicit buckets of %s fit the unit", async (_, reader) => {
  const buckets = (await collectedHistograms(reader)).flatMap(({ descriptor, dataPointType, dataPoints }) => {
    if (dataPointType !== DataPointType.HISTOGRAM) return [];
    const { boundaries, counts } = dataPoints[0]?.value.buckets ?? expect.fail(`${descriptor.name} has no point`);
    const at = counts.indexOf(1);
    return [[descriptor.name, boundaries[at - 1], boundaries[at], boundaries[0], boundaries.at(-1)]];
  });
  expect(buckets).toEqual([
    ["gen_ai.client.operation.duration", 1.28, 2.56, 0.01, 81.92],
    ["gen_ai.client.token.usage", 256, 1024, 1, 67_108_864],
    ["gen_ai.client.operation.time_to_first_chunk", 0.16, 0.32, 0.01, 81.92],
    ["gen_ai.execute_tool.duration", 0.04, 0.08, 0.01, 81.92],
    ["chainwatch.llm.cost", 0.0002, 0.0005, 0.000_001, 100],
    ["chainwatch.request.duration", 81.92, 163.84, 0.01, 655.36],
    ["chainwatch.request.cost", 0.01, 0.02, 0.000_001, 100],
    ["chainwatch.request.tokens", 16_384, 65_536, 1, 67_108_864],
    ["chainwatch.request.llm_calls", 7, 10, 0, 100],
  ]);
});

test("exponential buckets are the default all the same", async () => {
  const histograms = await collectedHistograms(ours(false));
  expect(histograms).toHaveLength(9);
  for (const { dataPointType, descriptor } of histograms) {
    expect(dataPointType, descriptor.name).toBe(DataPointType.EXPONENTIAL_HISTOGRAM);
  }
});
