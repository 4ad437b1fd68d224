import { parseRulesFile, type RulesFileContext, type RulesFileResult } from "../alert/rules-file.js";
import { addShapeMistakes } from "../alert/shape-mistakes.js";
import type { YamlSource } from "../alert/yaml-source.js";
import type { Receiver } from "./receiver.js";
import { readReceivers, receiverNames } from "./receiver-settings.js";
import type { Route } from "./route.js";
import { checkRoute, ROUTE_KEYS, ROUTE_SETTINGS, routeOf, type WrittenRoute } from "./route-settings.js";

/** What a configuration file says, or everything that is wrong with it. */
export interface ConfigFileResult extends RulesFileResult {
  receivers: Receiver[];
  /** Undefined: every alert goes to every receiver. */
  route: Route | undefined;
}

/** What Alertmanager's users write. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  receiver: "receivers, a list",
  match_re: 'matchers, such as [model=~"gpt-.*"]',
};

/**
 * Reads the whole of a configuration file: `defaults`, `rules`, `receivers` and `route`.
 *
 * @param fileName as findings show it
 */
export function parseConfigFile(
  text: string,
  fileName: string,
  context: Omit<RulesFileContext, "readTold">,
): ConfigFileResult {
  let receivers: Receiver[] = [];
  let route: WrittenRoute | undefined;
  const result = parseRulesFile(text, fileName, {
    ...context,
    readTold(source, sections) {
      receivers = readReceivers(source, sections.receivers, context.env);
      const names = receiverNames(sections.receivers).filter((name) => name !== undefined);
      route = readRoute(source, sections.route, names);
    },
  });
  if (!result.ok) return { ...result, receivers: [], route: undefined };
  return { ...result, receivers, route: route && routeOf(route) };
}

function readRoute(source: YamlSource, written: unknown, receivers: readonly string[]): WrittenRoute | undefined {
  if (written === undefined || written === null) return undefined;
  const parsed = ROUTE_SETTINGS.safeParse(written);
  addShapeMistakes(source, parsed.error, { at: ["route"], knownKeys: () => ROUTE_KEYS, elsewhere: ELSEWHERE });
  checkRoute(source, written, receivers);
  return parsed.data;
}
