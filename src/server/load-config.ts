import type { SourceAbilities } from "../alert/check-rule.js";
import { defaultRules } from "../alert/default-rules.js";
import { parseConfigFile } from "../notify/config-file.js";
import type { Receiver } from "../notify/receiver.js";
import type { Route } from "../notify/route.js";
import { LOCAL_STORE, type LoadedRules, readRulesFile, rulesFileOf, withoutMistakes } from "./load-rules.js";

/** Rules, and who is told of their alerts. */
export interface LoadedConfig extends LoadedRules {
  receivers: readonly Receiver[];
  /** Undefined: every alert goes to every receiver. */
  route: Route | undefined;
}

/**
 * The same file as `loadRules`, as a whole; without one the default rules and no receivers.
 *
 * @throws {ConfigError} the named file cannot be read
 * @throws {RulesFileError}
 */
export function loadConfig(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  source: SourceAbilities = LOCAL_STORE,
): LoadedConfig {
  const file = rulesFileOf(named);
  if (file === undefined) return { rules: defaultRules(), receivers: [], route: undefined, file };
  const { rules, receivers, route } = withoutMistakes(parseConfigFile(readRulesFile(file), file, { env, source }));
  return { rules, receivers, route, file };
}
