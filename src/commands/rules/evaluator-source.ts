import type { SourceAbilities } from "../../alert/check-rule.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import type { ExprSource } from "../../query/expr-source.js";
import type { MetricSource } from "../../query/metric-source.js";
import { PrometheusSource } from "../../query/prometheus/prometheus-source.js";
import { ServerSource } from "../../query/server-source.js";
import { readMetricsBackend } from "../../server/metrics-backend.js";
import { serverToken } from "../server-token.js";
import { serverUrl } from "../server-url.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Who answers an evaluator's questions. */
export interface EvaluatorSource {
  source: MetricSource;
  /** Absent: it does not speak PromQL. */
  exprSource?: ExprSource;
  abilities: SourceAbilities;
  /** The server's, when it is one: it has a page. */
  pageUrl?: string;
}

/**
 * Reads `--source`, else `CHAINWATCH_SOURCE`: `prometheus=URL`, or `local=URL`, a running server.
 *
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function evaluatorSource(given: string | undefined, env: Terminal["env"]): EvaluatorSource {
  const value = given ?? env.CHAINWATCH_SOURCE ?? "";
  if (value === "") {
    throw new UsageError({
      en: `expected --source prometheus=URL, a backend with the figures, or local=URL, a running server such as ${DEFAULT_ENDPOINT}`,
      zh: `缺少 --source：prometheus=URL（指标后端），或 local=URL（运行中的服务器，例如 ${DEFAULT_ENDPOINT}）`,
    });
  }
  if (value === "local" || value.startsWith("local=")) {
    const url = serverUrl("--source", value === "local" ? DEFAULT_ENDPOINT : value.slice("local=".length));
    const token = serverToken(env);
    const source = new ServerSource({ url, ...(token && { token }) });
    return { source, abilities: { sides: ["metrics", "records"], promql: false }, pageUrl: url };
  }
  const at = given === undefined ? "CHAINWATCH_SOURCE" : "--source";
  const backend = readMetricsBackend({ option: "source", at, value }, env);
  if (backend === undefined) throw new Error(`a source that is neither local nor a backend: ${value}`);
  const source = new PrometheusSource(backend);
  return { source, exprSource: source, abilities: { sides: ["metrics"], promql: true } };
}
