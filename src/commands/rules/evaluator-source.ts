import type { SourceAbilities } from "../../alert/check-rule.js";
import { type ExampleTrace, exampleTraceFrom } from "../../alert/example-trace.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import type { MetricSource } from "../../query/metric-source.js";
import { PrometheusSource } from "../../query/prometheus/prometheus-source.js";
import { ServerClient } from "../../query/server-client.js";
import { ServerSource } from "../../query/server-source.js";
import { ServerTraces } from "../../query/server-traces.js";
import { readMetricsBackend } from "../../server/metrics-backend.js";
import { serverToken } from "../server-token.js";
import { serverUrl } from "../server-url.js";
import type { Terminal } from "../terminal.js";

/** Who answers the questions of rules. */
export interface EvaluatorSource {
  source: MetricSource;
  /** The same, when it is a backend: it speaks PromQL and answers many times at once. */
  backend?: PrometheusSource;
  abilities: SourceAbilities;
  /** Of a server, which has traces. */
  exampleTrace?: ExampleTrace;
  /** Of the server, when it is one: it has a page. */
  pageUrl?: string;
}

/**
 * Reads `--source`, else `CHAINWATCH_SOURCE`: `local=URL`, a running server, `local` for that of this machine; or
 * `prometheus=URL`.
 *
 * @returns undefined when neither says anything
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function evaluatorSource(given: string | undefined, env: Terminal["env"]): EvaluatorSource | undefined {
  const value = given ?? (env.CHAINWATCH_SOURCE || undefined);
  if (value === undefined) return undefined;
  if (value === "local" || value.startsWith("local=")) {
    return serverSource(value === "local" ? DEFAULT_ENDPOINT : value.slice("local=".length), env);
  }
  const at = given === undefined ? "CHAINWATCH_SOURCE" : "--source";
  const settings = readMetricsBackend({ option: "source", at, value }, env);
  if (settings === undefined) throw new Error(`a source that is neither local nor a backend: ${value}`);
  const backend = new PrometheusSource(settings);
  return { source: backend, backend, abilities: { sides: ["metrics"], promql: true } };
}

/** @throws {UsageError} */
export function serverSource(address: string, env: Terminal["env"]): EvaluatorSource {
  const url = serverUrl("--source", address);
  const token = serverToken(env);
  const client = new ServerClient({ url, ...(token && { token }) });
  const source = new ServerSource(client);
  const exampleTrace = exampleTraceFrom(new ServerTraces(client));
  return { source, exampleTrace, abilities: { sides: ["metrics", "records"], promql: false }, pageUrl: url };
}
