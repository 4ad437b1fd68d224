import type { SourceAbilities } from "../../alert/check-rule.js";
import { pastAsker } from "../../alert/past-asker.js";
import type { QuestionAsker } from "../../alert/question-asker.js";
import type { Rule } from "../../alert/rule.js";
import { DEFAULT_ENDPOINT } from "../../export/export-settings.js";
import type { Terminal } from "../terminal.js";
import { evaluatorSource, serverSource } from "./evaluator-source.js";

/** Who answers the questions of rules about the past. */
export interface QuestionSource {
  /** Shown in messages. */
  name: string;
  abilities: SourceAbilities;
  /** An asker for one rule at many times, in few queries where the source allows that. */
  askerFor(rule: Rule): QuestionAsker;
}

/**
 * Reads `--source`, by default the running server of this machine.
 *
 * @throws {ConfigError}
 * @throws {UsageError}
 */
export function questionSource(given: string | undefined, env: Terminal["env"]): QuestionSource {
  const { source, backend, abilities } = evaluatorSource(given, env) ?? serverSource(DEFAULT_ENDPOINT, env);
  return { name: source.name, abilities, askerFor: (rule) => pastAsker({ source, backend }, rule) };
}
