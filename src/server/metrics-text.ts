import type { StoreStatus } from "../store/telemetry-store.js";
import { familiesText, type MetricFamily } from "./metric-family.js";
import type { OwnMetrics } from "./own-metrics.js";
import type { RecordFamilies } from "./record-families.js";
import type { ServerCounters } from "./server-counters.js";

export interface MetricsSources {
  records: RecordFamilies;
  counters: ServerCounters;
  /** Of the evaluator's own instruments. */
  own: OwnMetrics;
  status: StoreStatus;
  version: string;
}

/** The page that Prometheus reads, in text format 0.0.4: figures of request records, and the server's own counters. */
export async function metricsText({ records, counters, own, status, version }: MetricsSources): Promise<string> {
  const { stored } = counters;
  const families: MetricFamily[] = [
    ...(await records.families()),
    counter("chainwatch_server_spans_stored_total", "Spans stored since start.", stored.spans),
    counter("chainwatch_server_points_stored_total", "Metric points stored since start.", stored.points),
    counter("chainwatch_server_records_stored_total", "Request and error records stored since start.", stored.logs),
    counter("chainwatch_server_duplicates_total", "Items that had been stored before.", stored.duplicates),
    counter("chainwatch_server_ignored_logs_total", "Log records that are of no use here.", stored.ignoredLogs),
    {
      name: "chainwatch_server_otlp_requests_total",
      type: "counter",
      help: "OTLP requests answered since start.",
      samples: [...counters.otlpAnswers].map(([key, value]) => {
        const [path, code] = key.split(" ");
        return { labels: { path, code }, value };
      }),
    },
    ...(await own.families()),
    gauge("chainwatch_server_data_bytes", "Size of the data folder.", status.sizeBytes),
    {
      name: "chainwatch_server_info",
      type: "gauge",
      help: "Always 1; the version is a label.",
      samples: [{ labels: { version }, value: 1 }],
    },
  ];
  return familiesText(families);
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: "counter", help, samples: [{ value }] };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, type: "gauge", help, samples: [{ value }] };
}
