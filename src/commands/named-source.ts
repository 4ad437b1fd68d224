import { DEFAULT_ENDPOINT } from "../export/export-settings.js";
import type { PrometheusBackend } from "../query/prometheus/prometheus-client.js";
import { readMetricsBackend } from "../server/metrics-backend.js";
import { serverUrl } from "./server-url.js";
import type { Terminal } from "./terminal.js";

/** Who has the figures: a running server, or a metrics backend. */
export type NamedSource =
  | {
      /** Its URL, without a slash at its end. */
      server: string;
      /** The option or variable that says so. */
      at: string;
    }
  | { backend: PrometheusBackend };

/**
 * Reads `--source`, else `CHAINWATCH_SOURCE`: `local=URL`, a running server, `local` for that of this machine; or
 * `prometheus=URL`.
 *
 * @returns undefined when neither says anything
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function namedSource(given: string | undefined, env: Terminal["env"]): NamedSource | undefined {
  const value = given ?? (env.CHAINWATCH_SOURCE || undefined);
  if (value === undefined) return undefined;
  const at = given === undefined ? "CHAINWATCH_SOURCE" : "--source";
  const [, address] = /^local=(.*)$/s.exec(value) ?? [];
  if (address !== undefined) return { server: serverUrl(at, address), at };
  const backend = readMetricsBackend({ option: "source", at, value }, env);
  return backend === undefined ? { server: DEFAULT_ENDPOINT, at } : { backend };
}
