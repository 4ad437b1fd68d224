import type { TelemetryStore, TraceFilter, TraceSummary } from "../../store/telemetry-store.js";

/** The answer of `/api/traces`. */
export interface TracesView {
  traces: TraceSummary[];
}

export async function tracesView(store: Pick<TelemetryStore, "traces">, filter: TraceFilter): Promise<TracesView> {
  return { traces: await store.traces(filter) };
}

/** The answer of `/api/trace-values`: what the newest traces can be looked for by; the most frequent come first. */
export interface TraceValuesView {
  services: string[];
  types: string[];
  models: string[];
}

/** Of so many traces, however many are stored: to look through all for a suggestion would take too long. */
const LOOKED_THROUGH = 1_000;

export async function traceValuesView(store: Pick<TelemetryStore, "traces">): Promise<TraceValuesView> {
  const traces = await store.traces({ limit: LOOKED_THROUGH });
  return {
    services: mostFrequent(traces.map(({ service }) => service)),
    types: mostFrequent(traces.flatMap(({ type }) => type ?? [])),
    models: mostFrequent(traces.flatMap(({ models }) => models)),
  };
}

function mostFrequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1)).map(([value]) => value);
}
