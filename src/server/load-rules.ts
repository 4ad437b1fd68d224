import { existsSync, readFileSync } from "node:fs";
import type { SourceAbilities } from "../alert/check-rule.js";
import { defaultRules } from "../alert/default-rules.js";
import type { Rule } from "../alert/rule.js";
import { parseRulesFile } from "../alert/rules-file.js";
import { ConfigError } from "../instrument/config-error.js";

/** Taken from the working folder when no other file is named and it is there. */
const USUAL_FILE = "chainwatch.yaml";

const LOCAL_STORE: SourceAbilities = { sides: ["metrics", "records"], promql: false };

export interface LoadedRules {
  rules: Rule[];
  /** Undefined: the default rules alone. */
  file: string | undefined;
}

/** The file has mistakes: one a line, each with its place and what was expected. */
export class RulesFileError extends Error {
  override readonly name = "RulesFileError";
}

/**
 * The rules of the named file, else of `chainwatch.yaml` in the working folder, else the default ones.
 *
 * @param source who will be asked; default: the local store
 * @throws {ConfigError} the named file cannot be read
 * @throws {RulesFileError}
 */
export function loadRules(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  source: SourceAbilities = LOCAL_STORE,
): LoadedRules {
  const file = named ?? (existsSync(USUAL_FILE) ? USUAL_FILE : undefined);
  if (file === undefined) return { rules: defaultRules(), file };
  const { ok, rules, findings } = parseRulesFile(read(file), file, { env, source });
  if (ok) return { rules, file };
  const mistakes = findings.filter(({ severity }) => severity === "error").map(({ text }) => text);
  throw new RulesFileError(`the rules file has mistakes; mend them\n${mistakes.join("\n")}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError({
      option: "config",
      expected: "a rules file that can be read",
      found: file,
      cure: `${(error as Error).message}; name another with --config or CHAINWATCH_CONFIG, or leave it out for the default rules`,
    });
  }
}
