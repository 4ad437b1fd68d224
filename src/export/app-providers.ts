import type { ContextManager, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { LoggerProvider } from "@opentelemetry/api-logs";

const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");
const LOGS_GLOBAL = Symbol.for("io.opentelemetry.js.api.logs");
/** What the logs API asks its global for; it has never changed. */
const LOGS_VERSION = 1;

/** OpenTelemetry's global providers, each undefined when nobody has registered one. */
export interface AppProviders {
  traces: TracerProvider | undefined;
  metrics: MeterProvider | undefined;
  logs: LoggerProvider | undefined;
  context: ContextManager | undefined;
}

interface Globals {
  [API_GLOBAL]?: { trace?: TracerProvider; metrics?: MeterProvider; context?: ContextManager };
  [LOGS_GLOBAL]?: (version: number) => LoggerProvider;
}

/**
 * Looks where the OpenTelemetry API keeps what is registered: the API itself answers with no-ops in place of saying
 * that nothing is there. Every copy of the API in the process uses the same place.
 */
export function appProviders(): AppProviders {
  const globals = globalThis as Globals;
  const api = globals[API_GLOBAL];
  return {
    traces: api?.trace,
    metrics: api?.metrics,
    context: api?.context,
    logs: globals[LOGS_GLOBAL]?.(LOGS_VERSION),
  };
}
