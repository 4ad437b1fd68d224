import type { SourceAbilities } from "../../alert/check-rule.js";
import { QuestionAsker } from "../../alert/question-asker.js";
import type { Rule } from "../../alert/rule.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import { PrefetchedSource } from "../../query/prefetched-source.js";
import { PrometheusSource } from "../../query/prometheus/prometheus-source.js";
import { ServerSource } from "../../query/server-source.js";
import { readMetricsBackend } from "../../server/metrics-backend.js";
import { serverToken } from "../server-token.js";
import { serverUrl } from "../server-url.js";
import type { Terminal } from "../terminal.js";

/** Who answers the questions of rules about the past. */
export interface QuestionSource {
  /** Shown in messages. */
  name: string;
  abilities: SourceAbilities;
  /** An asker for one rule at many times, in few queries where the source allows that. */
  askerFor(rule: Rule): QuestionAsker;
}

/**
 * Reads `--source`: `local=URL`, a running server, by default that of this machine; or `prometheus=URL`.
 *
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function questionSource(given: string | undefined, env: Terminal["env"]): QuestionSource {
  const value = given ?? (env.CHAINWATCH_SOURCE || "local");
  if (value === "local" || value.startsWith("local=")) {
    const url = serverUrl("--source", value === "local" ? DEFAULT_ENDPOINT : value.slice("local=".length));
    const token = serverToken(env);
    const source = new ServerSource({ url, ...(token && { token }) });
    return {
      name: source.name,
      abilities: { sides: ["metrics", "records"], promql: false },
      askerFor: () => new QuestionAsker(source, undefined),
    };
  }
  const at = given === undefined ? "CHAINWATCH_SOURCE" : "--source";
  const backend = readMetricsBackend({ option: "source", at, value }, env);
  if (backend === undefined) throw new Error(`a source that is neither local nor a backend: ${value}`);
  const source = new PrometheusSource(backend);
  return {
    name: source.name,
    abilities: { sides: ["metrics"], promql: true },
    askerFor({ question, intervalS }) {
      const prefetched = new PrefetchedSource({ source, exprSource: source, question, stepMs: intervalS * 1000 });
      return new QuestionAsker(prefetched, prefetched);
    },
  };
}
