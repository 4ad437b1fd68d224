import type { Tracer } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import type { MetricInstruments } from "./metric-instruments.js";

/** Where spans, metric points and records go. */
export interface Signals {
  tracer: Tracer;
  instruments: MetricInstruments;
  logger: Logger;
}

/**
 * Decides on first use: an app may start its own OpenTelemetry set-up after `instrument()`, and instruments that were
 * made before a provider exists stay without effect for ever.
 */
export type SignalSource = () => Signals;
