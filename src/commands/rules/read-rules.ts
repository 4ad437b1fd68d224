import type { SourceAbilities } from "../../alert/check-rule.js";
import type { Rule } from "../../alert/rule.js";
import { loadRules, RulesFileError } from "../../server/load-rules.js";
import type { Terminal } from "../terminal.js";

/**
 * The rules of the named file, else of `chainwatch.yaml`, else the default ones.
 *
 * @returns undefined when the file has mistakes, which are told: the exit code is 2
 * @throws {ConfigError} the named file cannot be read
 */
export function readRules(
  file: string | undefined,
  { env, err }: Pick<Terminal, "env" | "err">,
  source: SourceAbilities,
): Rule[] | undefined {
  try {
    return loadRules(file, env, source).rules;
  } catch (error) {
    if (!(error instanceof RulesFileError)) throw error;
    err(`chainwatch: ${error.message}`);
    return undefined;
  }
}
