import { existsSync, readFileSync } from "node:fs";
import type { SourceAbilities } from "../alert/check-rule.js";
import { defaultRules } from "../alert/default-rules.js";
import type { Rule } from "../alert/rule.js";
import { parseRulesFile, type RulesFileResult } from "../alert/rules-file.js";
import { ConfigError } from "../instrument/config-error.js";
import { fileTrouble } from "./file-trouble.js";
import { RulesFileError } from "./rules-file-error.js";

/** Taken from the working folder when no other file is named and it is there. */
const USUAL_FILE = "chainwatch.yaml";

export const LOCAL_STORE: SourceAbilities = { sides: ["metrics", "records"], promql: false };

export interface LoadedRules {
  rules: Rule[];
  /** Undefined: the default rules alone. */
  file: string | undefined;
}

/**
 * The rules of the named file, else of `chainwatch.yaml` in the working folder, else the default ones. Its receivers
 * are passed over, so none of their secrets need be set.
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
  const file = rulesFileOf(named);
  if (file === undefined) return { rules: defaultRules(), file };
  return { rules: withoutMistakes(parseRulesFile(readRulesFile(file), file, { env, source })).rules, file };
}

/** @returns undefined: none is named, and none is in the working folder */
export function rulesFileOf(named: string | undefined): string | undefined {
  return named ?? (existsSync(USUAL_FILE) ? USUAL_FILE : undefined);
}

/** @throws {RulesFileError} */
export function withoutMistakes<Result extends RulesFileResult>(result: Result): Result {
  if (result.ok) return result;
  const mistakes = result.findings.filter(({ severity }) => severity === "error").map(({ text }) => text);
  throw new RulesFileError(mistakes);
}

/** @throws {ConfigError} it cannot be read */
export function readRulesFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { en, zh } = fileTrouble(error);
    throw new ConfigError({
      option: "config",
      expected: { en: "a rules file that can be read", zh: "可读取的规则文件" },
      found: file,
      cure: {
        en: `${en}; name another with --config or CHAINWATCH_CONFIG, or leave it out for the default rules`,
        zh: `${zh}；请用 --config 或 CHAINWATCH_CONFIG 指定其他文件，或不写以使用默认规则`,
      },
    });
  }
}
