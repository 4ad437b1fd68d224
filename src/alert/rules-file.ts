import { findIndicator } from "../indicators/catalogue.js";
import type { DimensionValues } from "../indicators/dimension.js";
import { checkRule, type RawRule, type SourceAbilities } from "./check-rule.js";
import { checkReceivers, checkRulesTogether } from "./check-rules-together.js";
import { defaultRules, RULE_DEFAULTS, RULE_OPTIONAL_PARTS, type RuleDefaults } from "./default-rules.js";
import { parseDuration } from "./duration.js";
import type { IndicatorQuestion, Rule } from "./rule.js";
import { knownKeys, RULES_SCHEMA, type WrittenRule } from "./rules-schema.js";
import { addShapeMistakes, unknownKey } from "./shape-mistakes.js";
import { parseChange, parseThreshold, type Threshold } from "./threshold.js";
import { type Finding, YamlSource } from "./yaml-source.js";

/** The rules that hold and what is odd about them, or everything that is wrong. Findings are in the file's order. */
export type RulesFileResult = { ok: boolean; rules: Rule[]; findings: Finding[] };

/** What the file is read for. */
export interface RulesFileContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Who will be asked; absent: who can answer anything. */
  source?: SourceAbilities;
  /**
   * Reads the sections about who is told, and adds what is wrong with them; absent: they are passed over, with the
   * variables in them, so that whoever needs the rules alone needs no secrets.
   */
  readTold?(source: YamlSource, sections: ToldSections): void;
}

/** As the file writes them. */
export interface ToldSections {
  receivers?: unknown;
  route?: unknown;
}

const TOLD_SECTIONS: readonly (keyof ToldSections)[] = ["receivers", "route"];

const SECTIONS = ["defaults", "rules", ...TOLD_SECTIONS];

/** What people who know other rules files write, and what is meant here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  alert: "id",
  alertname: "id",
  query: "expr",
  metric: "indicator",
  threshold: "when",
  condition: "when",
  duration: "for",
  groups: "rules, one list",
  runbook_url: "annotations: { runbook_url: … }",
  summary: "annotations: { summary: … }",
  description: "annotations: { description: … }",
};

const ANY_SOURCE: SourceAbilities = { sides: ["metrics", "records"], promql: true };

/**
 * Reads the `defaults` and `rules` of a configuration file. A rule with the id of a default rule takes its place, the
 * others are added; `defaults` hold for the default rules too. `${NAME}` is replaced by the environment variable.
 *
 * @param fileName as findings show it
 */
export function parseRulesFile(
  text: string,
  fileName: string,
  { env, source: abilities = ANY_SOURCE, readTold }: RulesFileContext,
): RulesFileResult {
  const source = new YamlSource(text, fileName);
  // Where the syntax is wrong, what the values are is a guess.
  if (source.hasMistakes) return { ok: false, rules: [], findings: source.findings };
  source.substitute(env, readTold === undefined ? TOLD_SECTIONS : []);
  const written = source.toJs();

  checkSections(source, written);
  const parsed = RULES_SCHEMA.safeParse(written);
  addShapeMistakes(source, parsed.error, { at: [], knownKeys, elsewhere: ELSEWHERE });
  const defaults = defaultsOf(written);
  const raw = rawRules(written);
  raw.forEach((rule, index) => {
    // What is no map is said already.
    if (rule === NO_RULE) return;
    for (const { path, message, within, odd } of checkRule(rule, abilities, defaults)) {
      if (odd) source.warn(["rules", index, ...path], message);
      else source.add(["rules", index, ...path], message, within);
    }
  });
  checkRulesTogether(source, raw, defaults);
  const told = isMap(written) ? written : {};
  checkReceivers(source, raw, told.receivers);
  readTold?.(source, told);
  const { findings } = source;
  if (source.hasMistakes || !parsed.success) return { ok: false, rules: [], findings };

  const rules = new Map(defaultRules(defaults).map((rule) => [rule.id, rule]));
  for (const rule of parsed.data.rules ?? []) rules.set(rule.id, toRule(rule, defaults));
  return { ok: true, rules: [...rules.values()], findings };
}

/** Of a file that may have mistakes elsewhere, and here. */
function defaultsOf(written: unknown): RuleDefaults {
  const given = (written as { defaults?: Readonly<Record<string, unknown>> | null } | null)?.defaults;
  const seconds = (text: unknown): number | undefined => (typeof text === "string" ? parseDuration(text) : undefined);
  return {
    windowS: seconds(given?.window) ?? RULE_DEFAULTS.windowS,
    intervalS: seconds(given?.interval) ?? RULE_DEFAULTS.intervalS,
  };
}

function checkSections(source: YamlSource, written: unknown): void {
  for (const key of isMap(written) ? Object.keys(written) : []) {
    if (!SECTIONS.includes(key)) source.addAtKey([], key, unknownKey(key, SECTIONS, ELSEWHERE));
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const NO_RULE: RawRule = {};

function rawRules(written: unknown): RawRule[] {
  const rules = (written as { rules?: unknown } | null)?.rules;
  // The index must stay that of the file, so what is no map counts as an empty one.
  return Array.isArray(rules) ? rules.map((rule) => (typeof rule === "object" && rule !== null ? rule : NO_RULE)) : [];
}

function toRule(written: WrittenRule, defaults: RuleDefaults): Rule {
  const { id, name = id } = written;
  const { question, unit } = questionOf(written, defaults);
  const threshold = (text: string): Threshold => {
    const read = written.compare_to === undefined ? parseThreshold(text, unit) : parseChange(text);
    if ("mistake" in read) throw new Error(`checked before: ${read.mistake}`);
    return read;
  };
  return {
    id,
    name: typeof name === "string" ? { en: name, zh: name } : name,
    question,
    unit,
    intervalS: written.interval ?? defaults.intervalS,
    ...(written.when !== undefined && { when: threshold(written.when) }),
    ...(written.resolve_when !== undefined && { resolveWhen: threshold(written.resolve_when) }),
    forS: written.for ?? RULE_OPTIONAL_PARTS.forS,
    keepFiringForS: written.keep_firing_for ?? RULE_OPTIONAL_PARTS.keepFiringForS,
    severity: written.severity ?? RULE_OPTIONAL_PARTS.severity,
    minRequests: written.min_requests ?? RULE_OPTIONAL_PARTS.minRequests,
    noData: written.no_data ?? RULE_OPTIONAL_PARTS.noData,
    noDataForS: written.no_data_for ?? RULE_OPTIONAL_PARTS.noDataForS,
    inhibits: written.inhibits ?? RULE_OPTIONAL_PARTS.inhibits,
    receivers: written.receivers ?? RULE_OPTIONAL_PARTS.receivers,
    labels: written.labels ?? RULE_OPTIONAL_PARTS.labels,
    annotations: written.annotations ?? RULE_OPTIONAL_PARTS.annotations,
  };
}

function questionOf(written: WrittenRule, defaults: RuleDefaults): Pick<Rule, "question" | "unit"> {
  if (written.expr !== undefined) return { question: { kind: "expr", expr: written.expr }, unit: "" };
  const indicator = findIndicator(written.indicator ?? "");
  if (indicator === undefined) throw new Error(`checked before: ${written.indicator}`);
  const { compare_to: compareTo } = written;
  const question: IndicatorQuestion = {
    kind: "indicator",
    indicator: indicator.id,
    where: { ...(written.where as DimensionValues | undefined) },
    by: written.by ?? [],
    windowS: written.window ?? defaults.windowS,
  };
  if (compareTo === undefined) return { question, unit: indicator.unit };
  return { question: { ...question, compareTo }, unit: "%" };
}
