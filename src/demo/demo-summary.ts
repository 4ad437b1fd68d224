import type { AlertState, AlertTransition, Severity } from "../alert/alert-view.js";
import { labelsKey } from "../alert/rule.js";
import type { ServerReader } from "./server-reader.js";

/** What `demo --once --json` prints. Seconds, percent, US dollars; null is no data. */
export interface DemoSummary {
  requests: number | null;
  users: number | null;
  success_rate: number | null;
  response_time: { avg: number | null; p50: number | null; p95: number | null; p99: number | null };
  llm_calls: number | null;
  tokens: { input: number | null; output: number | null; total: number | null };
  cost_usd: number | null;
  traces: number;
  /** Every alert that is or was pending or firing, as it stands now. */
  alerts: { rule: string; severity: Severity; state: AlertState; value: number | null; threshold: number | null }[];
  url: string;
}

/** Reads the last `windowS` seconds back from the server. */
export async function readDemoSummary(reader: ServerReader, url: string, windowS: number): Promise<DemoSummary> {
  const [figures, traces, alerts] = await Promise.all([reader.figures(windowS), reader.traces(), reader.alerts()]);
  const value = (id: string) => figures.indicators.find((figure) => figure.id === id)?.value ?? null;
  return {
    requests: value("requests.count"),
    users: value("users.active"),
    success_rate: value("success_rate"),
    response_time: {
      avg: value("response_time.avg"),
      p50: value("response_time.p50"),
      p95: value("response_time.p95"),
      p99: value("response_time.p99"),
    },
    llm_calls: value("llm.calls"),
    tokens: { input: value("tokens.input"), output: value("tokens.output"), total: value("tokens.total") },
    cost_usd: value("cost.total"),
    traces: traces.length,
    alerts: newestOfEach([...alerts.active, ...alerts.history]).map((alert) => ({
      rule: alert.rule,
      severity: alert.severity,
      state: alert.to,
      value: alert.value ?? null,
      threshold: alert.threshold ?? null,
    })),
    url,
  };
}

function newestOfEach(transitions: readonly AlertTransition[]): AlertTransition[] {
  const newest = new Map<string, AlertTransition>();
  for (const transition of transitions) {
    const key = `${transition.rule} ${labelsKey(transition.labels)}`;
    const known = newest.get(key);
    if (known === undefined || Date.parse(transition.at) > Date.parse(known.at)) newest.set(key, transition);
  }
  return [...newest.values()];
}
