import type { z } from "zod";
import { findIndicator } from "../indicators/catalogue.js";
import type { DimensionValues } from "../indicators/dimension.js";
import { checkRule, suggestion } from "./check-rule.js";
import { defaultRules, RULE_DEFAULTS, RULE_OPTIONAL_PARTS, type RuleDefaults } from "./default-rules.js";
import type { Rule } from "./rule.js";
import { knownKeys, RULES_SCHEMA, type WrittenRule } from "./rules-schema.js";
import { parseThreshold, type Threshold } from "./threshold.js";
import { YamlSource } from "./yaml-source.js";

/** The rules that hold, or every mistake of the file, each `file:line:column: expected …, found …`. */
export type RulesFileResult = { ok: true; rules: Rule[] } | { ok: false; errors: string[] };

/** The sections of a configuration file that this reads. */
const SECTIONS = ["defaults", "rules"];

/** What the design of the file has and this version does not do: refused, rather than passed over. */
const NOT_YET: Readonly<Record<string, string>> = {
  route: "alerts go to every channel",
  receivers: "alerts go to the console",
  expr: "use indicator and when",
  compare_to: "use when with a fixed value",
};

/**
 * Reads the `defaults` and `rules` of a configuration file. A rule with the id of a default rule takes its place, the
 * others are added; `defaults` hold for the default rules too. `${NAME}` is replaced by the environment variable.
 *
 * @param fileName as errors show it
 * @param otherSections top-level keys that others read
 */
export function parseRulesFile(
  text: string,
  fileName: string,
  env: Readonly<Record<string, string | undefined>>,
  otherSections: readonly string[] = [],
): RulesFileResult {
  const source = new YamlSource(text, fileName);
  // Where the syntax is wrong, what the values are is a guess.
  if (source.mistakes.length > 0) return { ok: false, errors: source.mistakes };
  source.substitute(env);
  const written = source.toJs();

  checkSections(source, written, otherSections);
  const parsed = RULES_SCHEMA.safeParse(written);
  for (const issue of parsed.error?.issues ?? []) addShapeMistake(source, written, issue);
  const raw = rawRules(written);
  raw.forEach((rule, index) => {
    for (const { key, message } of checkRule(rule)) source.add(["rules", index, key], message);
  });
  checkIds(source, raw);
  if (source.mistakes.length > 0 || !parsed.success) return { ok: false, errors: source.mistakes };

  const { window, interval } = parsed.data.defaults ?? {};
  const defaults: RuleDefaults = {
    windowS: window ?? RULE_DEFAULTS.windowS,
    intervalS: interval ?? RULE_DEFAULTS.intervalS,
  };
  const rules = new Map(defaultRules(defaults).map((rule) => [rule.id, rule]));
  for (const rule of parsed.data.rules ?? []) rules.set(rule.id, toRule(rule, defaults));
  return { ok: true, rules: [...rules.values()] };
}

function checkSections(source: YamlSource, written: unknown, otherSections: readonly string[]): void {
  if (typeof written !== "object" || written === null || Array.isArray(written)) return;
  const known = [...SECTIONS, ...otherSections];
  for (const key of Object.keys(written)) {
    if (!known.includes(key)) source.addAtKey([], key, unknownKey(key, known));
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  return Object.hasOwn(NOT_YET, key)
    ? `"${key}" is not supported yet: ${NOT_YET[key]}`
    : `unknown key "${key}"${suggestion(key, known)}`;
}

function addShapeMistake(source: YamlSource, written: unknown, issue: z.core.$ZodIssue): void {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(path) ?? [];
    for (const key of issue.keys) source.addAtKey(path, key, unknownKey(key, known));
    return;
  }
  const [section, index] = path;
  const isExpr = section === "rules" && typeof index === "number" && rawRules(written)[index]?.expr !== undefined;
  // That expr is not supported is said; that indicator and when are missing beside it is no second mistake.
  if (isExpr && source.textAt(path) === "nothing") return;
  const found = source.textAt(path);
  const near = issue.code === "invalid_value" ? suggestion(found, issue.values.map(String)) : "";
  const of = typeof path.at(-1) === "string" ? `${String(path.at(-1))}: ` : "";
  source.add(path, `${of}expected ${issue.message}, found ${found}${near.includes("did you mean") ? near : ""}`);
}

function checkIds(source: YamlSource, raw: readonly Readonly<Record<string, unknown>>[]): void {
  const known = [...new Set([...defaultRules().map(({ id }) => id), ...raw.map(({ id }) => String(id))])];
  const seen = new Set<unknown>();
  raw.forEach(({ id, inhibits }, index) => {
    if (typeof id === "string" && seen.has(id)) {
      source.add(["rules", index, "id"], `expected an id of its own, found "${id}", which an earlier rule has`);
    }
    seen.add(id);
    if (!Array.isArray(inhibits)) return;
    inhibits.forEach((other: unknown, place) => {
      const path = ["rules", index, "inhibits", place];
      if (typeof other !== "string") return;
      if (!known.includes(other)) {
        source.add(path, `expected the id of a rule, found "${other}"${suggestion(other, known)}`);
      } else if (silencesItself(raw, String(id), other)) {
        source.add(
          path,
          `expected a rule that does not inhibit "${id}" in turn, found "${other}": neither would be sent`,
        );
      }
    });
  });
}

/** Whether following `inhibits` from the other rule leads back. */
function silencesItself(raw: readonly Readonly<Record<string, unknown>>[], id: string, other: string): boolean {
  const inhibited = new Map<string, readonly unknown[]>(defaultRules().map((rule) => [rule.id, rule.inhibits]));
  for (const rule of raw) inhibited.set(String(rule.id), Array.isArray(rule.inhibits) ? rule.inhibits : []);
  const reached = new Set<unknown>([other]);
  for (const next of reached) for (const further of inhibited.get(String(next)) ?? []) reached.add(further);
  return reached.has(id);
}

function rawRules(written: unknown): Readonly<Record<string, unknown>>[] {
  const rules = (written as { rules?: unknown } | null)?.rules;
  // The index must stay that of the file, so what is no map counts as an empty one.
  return Array.isArray(rules) ? rules.map((rule) => (typeof rule === "object" && rule !== null ? rule : {})) : [];
}

function toRule(written: WrittenRule, defaults: RuleDefaults): Rule {
  const indicator = findIndicator(written.indicator);
  if (indicator === undefined) throw new Error(`checked before: ${written.indicator}`);
  const threshold = (text: string): Threshold => {
    const read = parseThreshold(text, indicator.unit);
    if ("mistake" in read) throw new Error(`checked before: ${read.mistake}`);
    return read;
  };
  const { id, name = id } = written;
  const rule: Rule = {
    id,
    name: typeof name === "string" ? { en: name, zh: name } : name,
    question: {
      kind: "indicator",
      indicator: indicator.id,
      where: { ...(written.where as DimensionValues | undefined) },
      by: written.by ?? [],
      windowS: written.window ?? defaults.windowS,
    },
    unit: indicator.unit,
    intervalS: written.interval ?? defaults.intervalS,
    when: threshold(written.when),
    forS: written.for ?? RULE_OPTIONAL_PARTS.forS,
    keepFiringForS: written.keep_firing_for ?? RULE_OPTIONAL_PARTS.keepFiringForS,
    severity: written.severity ?? RULE_OPTIONAL_PARTS.severity,
    minRequests: written.min_requests ?? RULE_OPTIONAL_PARTS.minRequests,
    noData: written.no_data ?? RULE_OPTIONAL_PARTS.noData,
    noDataForS: written.no_data_for ?? RULE_OPTIONAL_PARTS.noDataForS,
    inhibits: written.inhibits ?? RULE_OPTIONAL_PARTS.inhibits,
    receivers: RULE_OPTIONAL_PARTS.receivers,
    labels: written.labels ?? RULE_OPTIONAL_PARTS.labels,
    annotations: written.annotations ?? RULE_OPTIONAL_PARTS.annotations,
  };
  if (written.resolve_when !== undefined) rule.resolveWhen = threshold(written.resolve_when);
  return rule;
}
