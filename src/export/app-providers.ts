const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");
const LOGS_GLOBAL = Symbol.for("io.opentelemetry.js.api.logs");

/** Which of OpenTelemetry's global providers somebody has registered. */
export interface RegisteredProviders {
  traces: boolean;
  metrics: boolean;
  logs: boolean;
  context: boolean;
}

/**
 * Looks where the OpenTelemetry API keeps what is registered: every copy of the API in the process reads the same
 * place, and the API itself answers with no-ops in place of saying that nothing is there.
 */
export function registeredProviders(): RegisteredProviders {
  const globals = globalThis as Record<symbol, unknown>;
  const api = (globals[API_GLOBAL] ?? {}) as Record<string, unknown>;
  return {
    traces: api.trace !== undefined,
    metrics: api.metrics !== undefined,
    context: api.context !== undefined,
    logs: globals[LOGS_GLOBAL] !== undefined,
  };
}
