import { nearestName } from "../instrument/nearest-name.js";
import { type AlertMatcher, matchesAbsence, matchesAlert, matchesText } from "./alert-matcher.js";
import type { AlertTransition } from "./alert-view.js";
import type { RuleView } from "./rule-view.js";

/** What matchers match now. Where it is nothing, they may have been mistyped. */
export interface SilenceReach {
  /** Pending and firing alerts. */
  alerts: number;
  /** Rules whose alerts they can match. */
  rules: number;
  /** Matchers that nothing can meet now. */
  unknown: UnknownMatch[];
}

export interface UnknownMatch {
  /** No rule has this id, or matches the expression; or nothing has a label of this name. */
  what: "rule" | "label";
  found: string;
  /** The name that was probably meant. */
  nearest?: string;
}

/** What every alert has, whatever its rule says. */
const OWN_NAMES = ["rule", "severity"];

export function silenceReach(
  matchers: readonly AlertMatcher[],
  { active, rules }: { active: readonly AlertTransition[]; rules: readonly RuleView[] },
): SilenceReach {
  return {
    alerts: active.filter((alert) => matchers.every((matcher) => matchesAlert(matcher, alert))).length,
    rules: rules.filter((rule) => matchers.every((matcher) => canMatch(matcher, rule))).length,
    unknown: matchers.flatMap((matcher) => unknownIn(matcher, active, rules) ?? []),
  };
}

/** The values that a rule splits by, and the labels of an expression's series, are not known before it is asked. */
function canMatch(matcher: AlertMatcher, { id, severity, labels, by = [], where = {}, expr }: RuleView): boolean {
  const { name, op, value } = matcher;
  if (name === "rule") return matchesText(op, value, id);
  if (name === "severity") return matchesText(op, value, severity);
  if (by.some((dimension) => dimension === name)) return true;
  const holder = [where, labels].find((one) => Object.hasOwn(one, name));
  if (holder !== undefined) return matchesText(op, value, holder[name] ?? "");
  return expr !== undefined || matchesAbsence(matcher);
}

function unknownIn(
  { name, op, value }: AlertMatcher,
  active: readonly AlertTransition[],
  rules: readonly RuleView[],
): UnknownMatch | undefined {
  if (name === "rule") {
    if (op.startsWith("!") || rules.some(({ id }) => matchesText(op, value, id))) return undefined;
    const ids = rules.map(({ id }) => id);
    return unknown("rule", value, op === "=" ? nearestName(value, ids) : undefined);
  }
  const names = new Set([
    ...OWN_NAMES,
    ...rules.flatMap(({ by = [], where = {}, labels }) => [...by, ...Object.keys({ ...where, ...labels })]),
    ...active.flatMap(({ labels, rule_labels: ruleLabels = {} }) => Object.keys({ ...labels, ...ruleLabels })),
  ]);
  return names.has(name) ? undefined : unknown("label", name, nearestName(name, [...names]));
}

function unknown(what: UnknownMatch["what"], found: string, nearest: string | undefined): UnknownMatch {
  return { what, found, ...(nearest !== undefined && { nearest }) };
}
