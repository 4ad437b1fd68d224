import type { Attributes, Meter } from "@opentelemetry/api";
import { DataPointType, MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import type { MetricFamily, MetricSample } from "./metric-family.js";

/** It is only ever asked. */
class PulledReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** OpenTelemetry instruments of this process, which `/metrics` shows. */
export class OwnMetrics {
  readonly #reader = new PulledReader();
  readonly #provider = new MeterProvider({ readers: [this.#reader] });
  readonly meter: Meter = this.#provider.getMeter("chainwatch");

  async families(): Promise<MetricFamily[]> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(familyOf));
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}

/** Named as Prometheus names what comes over OTLP. */
function familyOf(data: MetricData): MetricFamily {
  const { name, description: help, unit } = data.descriptor;
  const base = `${name.replace(/\W/g, "_")}${unit === "s" ? "_seconds" : ""}`;
  switch (data.dataPointType) {
    case DataPointType.HISTOGRAM:
      return {
        name: base,
        type: "histogram",
        help,
        samples: data.dataPoints.flatMap(({ attributes, value: { buckets, count, sum } }): MetricSample[] => {
          const labels = labelsOf(attributes);
          let below = 0;
          const inBuckets = buckets.counts.map((inBucket, index): MetricSample => {
            below += inBucket;
            const le = String(buckets.boundaries[index] ?? "+Inf");
            return { suffix: "_bucket", labels: { ...labels, le }, value: below };
          });
          return [
            ...inBuckets,
            { suffix: "_sum", labels, value: sum ?? 0 },
            { suffix: "_count", labels, value: count },
          ];
        }),
      };
    case DataPointType.SUM:
    case DataPointType.GAUGE: {
      const isCounter = data.dataPointType === DataPointType.SUM && data.isMonotonic;
      return {
        name: isCounter ? `${base}_total` : base,
        type: isCounter ? "counter" : "gauge",
        help,
        samples: data.dataPoints.map(({ attributes, value }) => ({ labels: labelsOf(attributes), value })),
      };
    }
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      throw new Error(`${name}: the text format has no exponential histograms; give it explicit buckets`);
  }
}

function labelsOf(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.replace(/\W/g, "_"), String(value)]),
  );
}
