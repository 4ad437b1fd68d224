import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalMetricSource } from "../../../src/query/local-metric-source.js";
import { LocalRecordSource } from "../../../src/query/local-record-source.js";
import type { MetricSource } from "../../../src/query/metric-source.js";
import { PrometheusSource } from "../../../src/query/prometheus/prometheus-source.js";
import type { RecordSource } from "../../../src/query/record-source.js";
import { createOtlpReceiver } from "../../../src/receive/otlp-receiver.js";
import { openTelemetryStore } from "../../../src/store/open-telemetry-store.js";
import { postProtobuf } from "../parts/otlp-post.js";
import { type MetricsBackend, startPrometheus } from "../parts/prometheus.js";
import type { RunningParts } from "../parts/running-parts.js";
import { startVictoriaMetrics } from "../parts/victoria-metrics.js";
import type { RecordedStream } from "./recorded-stream.js";

/** Everything that answers questions about one stream. */
export interface ThreeSources {
  metrics: { local: MetricSource; prometheus: MetricSource; victoriaMetrics: MetricSource };
  /** Local mode's other side. */
  records: RecordSource;
}

/** Sends a stream to local mode, a real Prometheus and a real VictoriaMetrics, over HTTP as apps do. */
export async function askable(parts: RunningParts, stream: RecordedStream): Promise<ThreeSources> {
  const [local, prometheus, victoriaMetrics] = await Promise.all([
    parts.folder().then((folder) => parts.keep(startLocalMode(folder))),
    parts.folder().then((folder) => parts.keep(startPrometheus(folder))),
    parts.folder().then((folder) => parts.keep(startVictoriaMetrics(folder))),
  ]);
  const urls = [`${local.url}/v1/metrics`, prometheus.otlpMetricsUrl, victoriaMetrics.otlpMetricsUrl];
  for (const { metrics, records } of stream.deliveries) {
    const sent = metrics.length === 0 ? [] : urls.map((url) => postProtobuf(url, metrics));
    if (records !== undefined) sent.push(postProtobuf(`${local.url}/v1/logs`, records));
    await Promise.all(sent);
  }
  // What arrived last is searchable only after a second otherwise.
  await fetch(`${victoriaMetrics.url}/internal/force_flush`);
  return {
    metrics: {
      local: local.metrics,
      prometheus: sourceOf(prometheus),
      victoriaMetrics: sourceOf(victoriaMetrics),
    },
    records: local.records,
  };
}

const sourceOf = ({ url }: MetricsBackend): MetricSource => new PrometheusSource({ url });

/** The receiver and the store of the local server, with both of its sources. */
async function startLocalMode(dataDir: string) {
  const store = await openTelemetryStore({ dataDir, retention: { days: 14, maxBytes: 5e9 }, clock: Date.now });
  const receiver = createOtlpReceiver({
    sink: async (batch) => {
      await store.ingest(batch);
    },
  });
  const server = createServer((request, response) => void receiver(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const part = {
    name: "local mode",
    log: "",
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await store.close();
    },
  };
  return {
    part,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    metrics: new LocalMetricSource(store),
    records: new LocalRecordSource(store),
  };
}
