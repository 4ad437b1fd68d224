import type { SourceAbilities } from "../../alert/check-rule.js";
import { type ExampleTrace, exampleTraceFrom } from "../../alert/example-trace.js";
import type { MetricSource } from "../../query/metric-source.js";
import { PrometheusSource } from "../../query/prometheus/prometheus-source.js";
import { ServerClient } from "../../query/server-client.js";
import { ServerSource } from "../../query/server-source.js";
import { ServerTraces } from "../../query/server-traces.js";
import { namedSource } from "../named-source.js";
import { serverToken } from "../server-token.js";
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
 * Reads `--source`, else `CHAINWATCH_SOURCE`.
 *
 * @returns undefined when neither says anything
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function evaluatorSource(given: string | undefined, env: Terminal["env"]): EvaluatorSource | undefined {
  const named = namedSource(given, env);
  if (named === undefined) return undefined;
  if ("server" in named) return serverSource(named.server, env, named.at);
  const backend = new PrometheusSource(named.backend);
  return { source: backend, backend, abilities: { sides: ["metrics"], promql: true } };
}

/**
 * @param url of the server, without a slash at its end
 * @param setting the option or variable that says it
 * @throws {ConfigError} its token cannot be read
 */
export function serverSource(url: string, env: Terminal["env"], setting = "--source"): EvaluatorSource {
  const token = serverToken(env);
  const client = new ServerClient({ url, setting, ...(token && { token }) });
  const source = new ServerSource(client);
  const exampleTrace = exampleTraceFrom(new ServerTraces(client));
  return { source, exampleTrace, abilities: { sides: ["metrics", "records"], promql: false }, pageUrl: url };
}
