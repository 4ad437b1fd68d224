import type { SourceHealth } from "../../alert/alert-view.js";
import type { RulesFileView } from "../../alert/rule-view.js";
import type { StoreStatus } from "../../store/telemetry-store.js";

/** How the evaluation of rules does. */
export interface AlertWorkView {
  /** Of each source that rules ask. */
  source_health: SourceHealth[];
  /** Absent: the default rules alone. */
  rules_file?: RulesFileView;
}

/** The answer of `/api/status`. */
export interface StatusView extends AlertWorkView {
  version: string;
  /** No span and no request has ever arrived, and no figures can come from elsewhere. */
  waiting: boolean;
  /** ISO 8601, UTC. */
  started_at: string;
  spans: number;
  requests: number;
  points: number;
  services: { service: string; instances: number; first_seen: string; last_seen: string }[];
  /** The oldest row kept, ISO 8601. */
  oldest?: string;
  data_folder: { path: string; size_bytes: number };
  /** Spans, records and points are kept for `days`, what they add up to by hour and day for `roll_up_days`. */
  retention: { days: number; roll_up_days: number; max_bytes: number };
  /** Damaged files set aside at start, if any. */
  set_aside: string[];
  /** Who answers metric indicators and record indicators, e.g. `prometheus http://…` and `local`. */
  sources: { metrics: string; records: string };
  /** Where people reach the Jaeger that has the same traces, without a trailing slash. */
  jaeger_url?: string;
}

/** What the server knows of itself. */
export interface ServerFacts {
  version: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  dataDir: string;
  /** Damaged files that others than the store set aside at start. */
  setAside: readonly string[];
  sources: { metrics: string; records: string };
  jaegerUrl: string | undefined;
}

export function statusView(server: ServerFacts, status: StoreStatus, alertWork: AlertWorkView): StatusView {
  return {
    version: server.version,
    waiting: status.spans === 0 && status.requests === 0 && server.sources.metrics === server.sources.records,
    started_at: server.startedAt,
    spans: status.spans,
    requests: status.requests,
    points: status.points,
    services: status.services,
    ...(status.oldest !== undefined && { oldest: status.oldest }),
    data_folder: { path: server.dataDir, size_bytes: status.sizeBytes },
    retention: {
      days: status.retention.days,
      roll_up_days: status.retention.rollUpDays,
      max_bytes: status.retention.maxBytes,
    },
    set_aside: [...server.setAside, ...status.setAside],
    sources: server.sources,
    ...alertWork,
    ...(server.jaegerUrl !== undefined && { jaeger_url: server.jaegerUrl }),
  };
}
