import { CATALOGUE, findIndicator } from "../indicators/catalogue.js";
import { DIMENSIONS, type Dimension } from "../indicators/dimension.js";
import type { Indicator } from "../indicators/indicator.js";
import { nearestName } from "../instrument/nearest-name.js";
import { answeringSide } from "../query/answering-side.js";
import { QueryError } from "../query/query-error.js";
import { holds, parseThreshold, type Threshold } from "./threshold.js";

/** A mistake in one key of a rule. */
export interface RuleMistake {
  key: string;
  message: string;
}

/**
 * What is wrong between the parts of a rule that each have the right shape. Parts of a wrong shape are passed over,
 * since that is said already; so all mistakes come at once.
 *
 * @param rule as the file has it
 */
export function checkRule(rule: Readonly<Record<string, unknown>>): RuleMistake[] {
  if (typeof rule.indicator !== "string") return [];
  const indicator = findIndicator(rule.indicator);
  if (indicator === undefined) return [{ key: "indicator", message: unknownIndicator(rule.indicator) }];
  return [...checkQuestion(indicator, rule), ...checkConditions(indicator, rule)];
}

/** `; did you mean "…"?`, or what there is, when nothing is near. */
export function suggestion(found: string, known: readonly string[]): string {
  const near = nearestName(found, known);
  return near === undefined ? `; known: ${known.join(", ")}` : `; did you mean "${near}"?`;
}

function unknownIndicator(found: string): string {
  const known = CATALOGUE.map(({ id }) => id);
  return `expected the id of an indicator, found "${found}"${suggestion(found, known)}`;
}

function checkQuestion(indicator: Indicator, rule: Readonly<Record<string, unknown>>): RuleMistake[] {
  if (indicator.list) {
    const message = `expected an indicator with one value, found "${indicator.id}", which is a list; use requests.count with by: [type], for example`;
    return [{ key: "indicator", message }];
  }
  const by = Array.isArray(rule.by) ? rule.by.filter(isDimension) : [];
  const where = Object.fromEntries(
    Object.entries(isMap(rule.where) ? rule.where : {}).filter(([name]) => isDimension(name)),
  );
  try {
    answeringSide({ indicator: indicator.id, by, where }, ["metrics", "records"]);
    return [];
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return [{ key: by.length > 0 ? "by" : "where", message: error.message }];
  }
}

function checkConditions(
  { unit }: Indicator,
  { when, resolve_when: resolveWhen }: Readonly<Record<string, unknown>>,
): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  const read = (key: string, text: unknown): Threshold | undefined => {
    if (typeof text !== "string") return undefined;
    const threshold = parseThreshold(text, unit);
    if (!("mistake" in threshold)) return threshold;
    mistakes.push({ key, message: threshold.mistake });
    return undefined;
  };
  const start = read("when", when);
  const end = read("resolve_when", resolveWhen);
  if (start === undefined || end === undefined) return mistakes;

  const opposite = start.op.startsWith(">") ? "<" : ">";
  if (!end.op.startsWith(opposite)) {
    const message = `expected the opposite of when: "${when}", so a comparison with ${opposite} or ${opposite}=, found "${resolveWhen}"`;
    mistakes.push({ key: "resolve_when", message });
  } else if (holds(start, end.value) && holds(end, start.value)) {
    const message = `expected a condition that does not hold together with when: "${when}", found "${resolveWhen}", which would end the alert while its condition holds`;
    mistakes.push({ key: "resolve_when", message });
  }
  return mistakes;
}

function isDimension(value: unknown): value is Dimension {
  return DIMENSIONS.some((dimension) => dimension === value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
