import { CATALOGUE } from "../indicators/catalogue.js";
import type { Indicator } from "../indicators/indicator.js";
import type { MetricSource } from "../query/metric-source.js";
import type { StoreStatus } from "../store/telemetry-store.js";
import { familiesText, type MetricFamily } from "./metric-family.js";
import type { OwnMetrics } from "./own-metrics.js";
import type { ServerCounters } from "./server-counters.js";

const WINDOW_S = 300;

export interface MetricsSources {
  indicators: MetricSource;
  counters: ServerCounters;
  /** Of the evaluator's own instruments. */
  own: OwnMetrics;
  status: StoreStatus;
  version: string;
  nowMs: number;
}

/**
 * The page that Prometheus reads, in text format 0.0.4: the indicators that only request records can answer, so that
 * they reach Grafana too, and the server's own counters.
 */
export async function metricsText(sources: MetricsSources): Promise<string> {
  const { counters, own, status, version } = sources;
  const { stored } = counters;
  const families: MetricFamily[] = [
    ...(await recordFamilies(sources)),
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

/** Texts of queries are no labels: they have no end of values, and they are people's words. */
async function recordFamilies({ indicators, nowMs }: MetricsSources): Promise<MetricFamily[]> {
  const recordOnly = CATALOGUE.filter(
    ({ metricQuestion, recordQuestion }) =>
      metricQuestion === undefined && !(recordQuestion?.ask === "top" && recordQuestion.field === "query"),
  );
  return Promise.all(recordOnly.map((indicator) => recordFamily(indicators, indicator, nowMs)));
}

async function recordFamily(source: MetricSource, { id, description }: Indicator, atMs: number): Promise<MetricFamily> {
  const samples = await source.query({ indicator: id, windowS: WINDOW_S, atMs, by: ["service"] });
  return {
    name: `chainwatch_${id.replaceAll(".", "_")}`,
    type: "gauge",
    help: `${description.en} Over the last ${WINDOW_S} s.`,
    samples,
  };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: "counter", help, samples: [{ value }] };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, type: "gauge", help, samples: [{ value }] };
}
