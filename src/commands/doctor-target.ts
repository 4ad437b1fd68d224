import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { exportSettingsOf } from "../export/export-settings.js";
import type { Signal } from "../receive/otlp-schema.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where an app with this environment would send, read as the OTLP exporters read it. */
export interface DoctorTarget {
  urls: Record<Signal, string>;
  headers: Record<Signal, Record<string, string>>;
}

/**
 * @param endpoint base URL; undefined: `OTEL_EXPORTER_OTLP_*`, else the local server's
 * @throws {ConfigError} when one of them cannot work
 */
export function doctorTarget(endpoint: string | undefined, env: Environment): DoctorTarget {
  const { traces, metrics, logs } = exportSettingsOf({ endpoint }, env).destinations;
  const headersOf = (signal: Signal): Record<string, string> => ({
    ...parseKeyPairsIntoRecord(env.OTEL_EXPORTER_OTLP_HEADERS),
    ...parseKeyPairsIntoRecord(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]),
  });
  return {
    urls: { traces: traces.url, metrics: metrics.url, logs: logs.url },
    headers: { traces: headersOf("traces"), metrics: headersOf("metrics"), logs: headersOf("logs") },
  };
}
