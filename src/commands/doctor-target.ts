import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { DEFAULT_ENDPOINT, exportSettingsOf } from "../export/export-settings.js";
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
  const settings = exportSettingsOf({ endpoint }, env);
  const base = settings.endpoint ?? (env.OTEL_EXPORTER_OTLP_ENDPOINT || DEFAULT_ENDPOINT).replace(/\/$/, "");
  const urlOf = (signal: Signal): string =>
    (settings.endpoint === undefined ? env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`] : undefined) ||
    `${base}/v1/${signal}`;
  const headersOf = (signal: Signal): Record<string, string> => ({
    ...parseKeyPairsIntoRecord(env.OTEL_EXPORTER_OTLP_HEADERS),
    ...parseKeyPairsIntoRecord(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]),
  });
  return {
    urls: { traces: urlOf("traces"), metrics: urlOf("metrics"), logs: urlOf("logs") },
    headers: { traces: headersOf("traces"), metrics: headersOf("metrics"), logs: headersOf("logs") },
  };
}
