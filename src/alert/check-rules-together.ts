import { type RawRule, suggestion } from "./check-rule.js";
import { defaultRules, RULE_OPTIONAL_PARTS, type RuleDefaults } from "./default-rules.js";
import { formatDuration, parseDuration } from "./duration.js";
import type { YamlSource } from "./yaml-source.js";

/** What the other rules of a file see of one. */
interface Neighbour {
  inhibits: readonly unknown[];
  severity: unknown;
  intervalS: number;
}

const BY_WEIGHT: readonly unknown[] = ["warning", "error", "critical"];

/** Adds to the source what is wrong, or odd, between the rules of a file and those that hold without it. */
export function checkRulesTogether(source: YamlSource, rules: readonly RawRule[], defaults: RuleDefaults): void {
  const neighbours = neighboursOf(rules, defaults);
  const seen = new Set<unknown>();
  rules.forEach((rule, index) => {
    const { id, inhibits } = rule;
    if (typeof id === "string" && seen.has(id)) {
      source.add(["rules", index, "id"], `expected an id of its own, found "${id}", which an earlier rule has`);
    }
    seen.add(id);
    if (!Array.isArray(inhibits)) return;
    inhibits.forEach((other: unknown, place) => {
      if (typeof other !== "string") return;
      const path = ["rules", index, "inhibits", place];
      const [wrong, strange] = inhibitionMistake(neighbours, String(id), other);
      if (wrong !== undefined) source.add(path, wrong);
      else if (inhibits.indexOf(other) < place) source.warn(path, `"${other}" is listed twice`);
      else if (strange !== undefined) source.warn(path, strange);
    });
  });
}

/** Adds the receivers that the file's section does not have. */
export function checkReceivers(source: YamlSource, rules: readonly RawRule[], section: unknown): void {
  const known = Array.isArray(section)
    ? section.map((receiver) => String((receiver as RawRule | null)?.name))
    : undefined;
  rules.forEach(({ receivers }, index) => {
    if (!Array.isArray(receivers) || receivers.length === 0) return;
    if (known === undefined) {
      const message = "this file has no receivers: section, so the rule's alerts go to the console";
      source.warn(["rules", index, "receivers"], message);
      return;
    }
    receivers.forEach((name: unknown, place) => {
      if (typeof name !== "string" || known.includes(name)) return;
      const message = `expected the name of a receiver, found "${name}"${suggestion(name, known)}`;
      source.add(["rules", index, "receivers", place], message);
    });
  });
}

function neighboursOf(rules: readonly RawRule[], defaults: RuleDefaults): Map<string, Neighbour> {
  const neighbours = new Map<string, Neighbour>(defaultRules(defaults).map((rule) => [rule.id, rule]));
  for (const { id, inhibits, severity = RULE_OPTIONAL_PARTS.severity, interval } of rules) {
    const intervalS = typeof interval === "string" ? parseDuration(interval) : undefined;
    neighbours.set(String(id), {
      inhibits: Array.isArray(inhibits) ? inhibits : [],
      severity,
      intervalS: intervalS ?? defaults.intervalS,
    });
  }
  return neighbours;
}

/** What is wrong with one rule holding back another, and what is only strange. */
function inhibitionMistake(
  neighbours: ReadonlyMap<string, Neighbour>,
  id: string,
  other: string,
): [wrong?: string | undefined, strange?: string] {
  const inhibited = neighbours.get(other);
  const by = neighbours.get(id);
  if (inhibited === undefined || by === undefined) {
    return [`expected the id of a rule, found "${other}"${suggestion(other, [...neighbours.keys()])}`];
  }
  if (reaches(neighbours, other, id)) {
    return [`expected a rule that does not inhibit "${id}" in turn, found "${other}": neither would be sent`];
  }
  if (BY_WEIGHT.indexOf(by.severity) < BY_WEIGHT.indexOf(inhibited.severity)) {
    return [undefined, `the ${by.severity} "${id}" would hold back the ${inhibited.severity} "${other}"`];
  }
  const [shorter, longer] = [by.intervalS, inhibited.intervalS].sort((a, b) => a - b) as [number, number];
  if (!Number.isInteger(longer / shorter)) {
    const strange = `"${id}" is asked every ${formatDuration(by.intervalS)} and "${other}" every ${formatDuration(inhibited.intervalS)}, seldom at the same time, so "${other}" may be told first; make one interval a multiple of the other`;
    return [undefined, strange];
  }
  return [];
}

/** Whether following `inhibits` leads from one rule to another. */
function reaches(neighbours: ReadonlyMap<string, Neighbour>, from: string, to: string): boolean {
  const reached = new Set<unknown>([from]);
  for (const next of reached) for (const further of neighbours.get(String(next))?.inhibits ?? []) reached.add(further);
  return reached.has(to);
}
