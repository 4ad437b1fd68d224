import type { Dimension } from "../../indicators/dimension.js";
import type { PromQlQueries } from "../../query/prometheus/compile-promql.js";
import {
  MIMIR_DIALECT,
  PROMETHEUS_DIALECT,
  type PromQlDialect,
  VICTORIAMETRICS_DIALECT,
} from "../../query/prometheus/promql-dialect.js";
import { dimensionLabel } from "../../query/prometheus/promql-selector.js";
import { replacePlaceholders } from "../annotation-template.js";
import { formatDuration } from "../duration.js";
import { type IndicatorQuestion, questionKey, type Rule } from "../rule.js";
import { watchedBy, watchedFigure } from "../watched.js";
import { type ExportNote, isWhole, joinNotes, leftOutNote, lossNotes } from "./export-note.js";
import { type DialectOf, metricQuestionOf, ruleExpression } from "./rule-expression.js";

/** Who evaluates the rules. */
export interface RulesTarget {
  /** For people. */
  name: string;
  dialectOf: DialectOf;
  /**
   * Whether a rule sees at once what the rules before it in its group recorded. vmalert writes it elsewhere, and reads
   * it an evaluation or more later.
   */
  chained: boolean;
}

/** By the names that `--dialect` takes: each as it comes, with exponential histograms. */
export const RULES_TARGETS = {
  prometheus: targetOf("Prometheus", PROMETHEUS_DIALECT, true),
  victoriametrics: targetOf("vmalert", VICTORIAMETRICS_DIALECT, false),
  mimir: targetOf("Mimir", MIMIR_DIALECT, true),
} satisfies Readonly<Record<string, RulesTarget>>;

/** A rule of a Prometheus rules file, as it stands there. */
export interface PrometheusRule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface PrometheusRuleGroup {
  name: string;
  interval: string;
  rules: PrometheusRule[];
}

/** An entry of Alertmanager's `inhibit_rules`. */
export interface InhibitRule {
  source_matchers: string[];
  target_matchers: string[];
  equal: string[];
}

export interface RulesExport {
  /** Who evaluates them. */
  target: string;
  groups: PrometheusRuleGroup[];
  inhibitRules: InhibitRule[];
  /** What is lost, and which rules are left out. */
  notes: ExportNote[];
}

/** Rules as Prometheus, vmalert and Mimir evaluate them: a group for each interval. */
export function exportPrometheusRules(rules: readonly Rule[], target: RulesTarget): RulesExport {
  const groups = new Map<number, GroupExport>();
  const notes: ExportNote[] = [];
  for (const rule of rules) {
    const group = groups.get(rule.intervalS) ?? new GroupExport(rule.intervalS, target);
    const note = group.add(rule);
    if (note === undefined) {
      groups.set(rule.intervalS, group);
      notes.push(...lossNotes(rule, target.dialectOf));
    } else {
      notes.push(note);
    }
  }
  const exported = rules.filter(({ id }) => !notes.some((note) => note.leftOut && note.rules.includes(id)));
  return {
    target: target.name,
    groups: [...groups.values()].map(({ group }) => group),
    inhibitRules: exported.flatMap((rule) => inhibitRulesOf(rule, exported)),
    notes: joinNotes(notes),
  };
}

class GroupExport {
  readonly group: PrometheusRuleGroup;
  /** By question. */
  readonly #recorded = new Map<string, { value: string; count?: string }>();

  constructor(
    intervalS: number,
    private readonly target: RulesTarget,
  ) {
    const interval = formatDuration(intervalS);
    this.group = { name: `chainwatch-${interval}`, interval, rules: [] };
  }

  /** @returns why it cannot be added */
  add(rule: Rule): ExportNote | undefined {
    const { question } = rule;
    if (question.kind === "expr") {
      this.group.rules.push(alertRule(rule, conditionText(rule, { value: `(${question.expr})` }), this.target));
      return undefined;
    }
    const expression = ruleExpression(question, this.target.dialectOf);
    if ("cannot" in expression) return leftOutNote(rule, expression.cannot);
    const asked = this.target.chained
      ? this.#record(rule, question, expression)
      : { value: `(${expression.value})`, count: `(${expression.count})` };
    this.group.rules.push(alertRule(rule, conditionText(rule, asked), this.target));
    if (rule.noData === "alert" && isWhole(rule)) {
      this.group.rules.push(absenceRule(rule, `absent(${asked.value})`, this.target));
    }
    return undefined;
  }

  /** Rules with the same question share what is recorded, under the id of the first. */
  #record(rule: Rule, question: IndicatorQuestion, { value, count }: PromQlQueries): { value: string; count?: string } {
    const key = questionKey({ question });
    const recorded = this.#recorded.get(key) ?? { value: this.#name(rule.id, "value") };
    if (!this.#recorded.has(key)) {
      this.#recorded.set(key, recorded);
      this.group.rules.push({ record: recorded.value, expr: value });
    }
    if (rule.minRequests > 0 && recorded.count === undefined) {
      recorded.count = this.#name(rule.id, "count");
      this.group.rules.push({ record: recorded.count, expr: count });
    }
    return recorded;
  }

  /** Ids may differ in what no metric's name can have. */
  #name(id: string, what: string): string {
    const name = (suffix: string): string => `chainwatch:${id.replace(/\W/g, "_")}${suffix}:${what}`;
    const taken = (candidate: string): boolean => this.group.rules.some(({ record }) => record === candidate);
    let number = 1;
    let candidate = name("");
    while (taken(candidate)) candidate = name(`_${++number}`);
    return candidate;
  }
}

function targetOf(name: string, dialect: PromQlDialect, chained: boolean): RulesTarget {
  return { name, dialectOf: () => dialect, chained };
}

function conditionText(
  { when, minRequests, question }: Rule,
  { value, count }: { value: string; count?: string },
): string {
  // An expr without `when` compares by itself, and is written as it is.
  if (when === undefined) return question.kind === "expr" ? question.expr : value;
  const condition = `${value} ${when.op} ${when.value}`;
  return minRequests > 0 && count !== undefined ? `${condition} and ${count} >= ${minRequests}` : condition;
}

function alertRule(rule: Rule, expr: string, target: RulesTarget): PrometheusRule {
  const { id, forS, keepFiringForS, severity, labels } = rule;
  const exported: PrometheusRule = { alert: id, expr };
  if (forS > 0) exported.for = formatDuration(forS);
  if (keepFiringForS > 0) exported.keep_firing_for = formatDuration(keepFiringForS);
  exported.labels = { ...whereLabels(rule), ...splitLabels(rule, target), ...labels, severity };
  exported.annotations = annotationsOf(rule, target);
  return exported;
}

/** An alert of the same name, for data that is missing. */
function absenceRule(rule: Rule, expr: string, target: RulesTarget): PrometheusRule {
  const { id, noDataForS, severity, labels } = rule;
  return {
    alert: id,
    expr,
    for: formatDuration(noDataForS),
    labels: { ...whereLabels(rule), ...labels, severity, reason: "no_data" },
    annotations: annotationsOf(rule, target),
  };
}

/** What the rule is narrowed to, for routes and silences. */
function whereLabels({ question }: Rule): Record<string, string> {
  if (question.kind === "expr") return {};
  return Object.fromEntries(Object.entries(question.where).map(([name, value]) => [name, literalText(value)]));
}

/** The dimensions under their own names, beside the labels that the backend gave them. */
function splitLabels(rule: Rule, target: RulesTarget): Record<string, string> {
  const { question } = rule;
  if (question.kind === "expr") return {};
  return Object.fromEntries(
    question.by.map((dimension) => [dimension, labelReference(backendLabel(question, dimension, target))]),
  );
}

function backendLabel(question: IndicatorQuestion, dimension: Dimension, { dialectOf }: RulesTarget): string {
  const metric = metricQuestionOf(question)?.of.metric ?? "";
  return dimensionLabel(metric, dimension, dialectOf(metric).naming) ?? dimension;
}

function labelReference(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) ? `{{ $labels.${label} }}` : `{{ index $labels ${JSON.stringify(label)} }}`;
}

function annotationsOf(rule: Rule, target: RulesTarget): Record<string, string> {
  const { name, annotations } = rule;
  return {
    name: literalText(name.en),
    ...(name.zh !== name.en && { name_zh: literalText(name.zh) }),
    ...Object.fromEntries(
      Object.entries(annotations).map(([key, template]) => [
        key,
        replacePlaceholders(template, (placeholder, label) => referenceText(rule, target, placeholder, label)),
      ]),
    ),
  };
}

function referenceText(rule: Rule, target: RulesTarget, placeholder: string, label: string | undefined): string {
  const { question, labels, id, name, severity, when, unit } = rule;
  if (label !== undefined) {
    if (question.kind === "expr") return label in labels ? literalText(labels[label] ?? "") : labelReference(label);
    const split = question.by.find((dimension) => dimension === label);
    if (split !== undefined) return labelReference(backendLabel(question, split, target));
    return literalText({ ...labels, ...question.where }[label] ?? "–");
  }
  const watched = { ...watchedBy(question), unit };
  switch (placeholder) {
    case "value":
      // The figure's own text, with the number left open.
      return watchedFigure(watched, 1, "en").replace(/\+?1(\.\d+)?/, '{{ $value | printf "%.4g" }}');
    case "threshold":
      return when === undefined ? "–" : watchedFigure(watched, when.value, "en");
    case "rule.id":
      return id;
    case "rule.name":
      return literalText(name.en);
    case "rule.severity":
      return severity;
    default:
      return "–";
  }
}

/** A text that a Go template leaves as it is. */
function literalText(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function inhibitRulesOf({ id, inhibits, question }: Rule, rules: readonly Rule[]): InhibitRule[] {
  return inhibits.flatMap((other) => {
    const inhibited = rules.find((rule) => rule.id === other);
    if (inhibited === undefined) return [];
    // Alerts about different models (services, …) do not inhibit each other.
    const equal = labelledBy(question).filter((name) => labelledBy(inhibited.question).includes(name));
    return [{ source_matchers: [alertMatcher(id)], target_matchers: [alertMatcher(other)], equal }];
  });
}

/** What alerts about it are labelled with. */
function labelledBy(question: Rule["question"]): readonly string[] {
  return question.kind === "indicator" ? [...question.by, ...Object.keys(question.where)] : [];
}

function alertMatcher(id: string): string {
  return `alertname=${JSON.stringify(id)}`;
}
