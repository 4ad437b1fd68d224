import { stringify } from "yaml";
import { RULE_OPTIONAL_PARTS } from "./default-rules.js";
import { formatDuration } from "./duration.js";
import type { Rule } from "./rule.js";
import type { Threshold } from "./threshold.js";

/** The parts of a rule that can be tried otherwise, as a rules file writes them: `"> 5 s"`, `"1m"`. */
export interface RuleEdits {
  when?: string | undefined;
  resolve_when?: string | undefined;
  for?: string | undefined;
  window?: string | undefined;
}

/** A rules file with this rule alone. Window and interval are always said: a file's defaults may differ. */
export function ruleText(rule: Rule, edits: RuleEdits = {}): string {
  return stringify({ rules: [{ ...writtenRule(rule), ...edits }] }, { lineWidth: 0, keepUndefined: false });
}

/** The condition in the rule's unit, as a rules file writes it: `> 5 s`, `< 95 %`, `> +20 %`, `> 100`. */
export function thresholdText({ unit, question }: Pick<Rule, "unit" | "question">, { op, value }: Threshold): string {
  const isChange = question.kind === "indicator" && question.compareTo !== undefined;
  const named = unit === "s" || unit === "%" || unit === "USD" ? ` ${unit}` : "";
  return `${op} ${isChange && value >= 0 ? "+" : ""}${plainNumber(value)}${named}`;
}

function writtenRule(rule: Rule): Record<string, unknown> {
  const { question, when, resolveWhen } = rule;
  const isOdd = (key: keyof typeof RULE_OPTIONAL_PARTS): boolean =>
    JSON.stringify(rule[key]) !== JSON.stringify(RULE_OPTIONAL_PARTS[key]);
  return {
    id: rule.id,
    name: rule.name.en === rule.name.zh ? rule.name.en : rule.name,
    ...(question.kind === "expr"
      ? { expr: question.expr }
      : {
          indicator: question.indicator,
          ...(Object.keys(question.where).length > 0 && { where: question.where }),
          ...(question.by.length > 0 && { by: question.by }),
          window: formatDuration(question.windowS),
          ...(question.compareTo !== undefined && { compare_to: question.compareTo }),
        }),
    interval: formatDuration(rule.intervalS),
    ...(when !== undefined && { when: thresholdText(rule, when) }),
    ...(resolveWhen !== undefined && { resolve_when: thresholdText(rule, resolveWhen) }),
    ...(isOdd("forS") && { for: formatDuration(rule.forS) }),
    ...(isOdd("keepFiringForS") && { keep_firing_for: formatDuration(rule.keepFiringForS) }),
    severity: rule.severity,
    ...(isOdd("minRequests") && { min_requests: rule.minRequests }),
    ...(isOdd("noData") && { no_data: rule.noData }),
    ...(isOdd("noDataForS") && { no_data_for: formatDuration(rule.noDataForS) }),
    ...(isOdd("inhibits") && { inhibits: rule.inhibits }),
    ...(isOdd("receivers") && { receivers: rule.receivers }),
    ...(isOdd("labels") && { labels: rule.labels }),
    ...(isOdd("annotations") && { annotations: rule.annotations }),
  };
}

/** Without an exponent, which a condition cannot have. */
function plainNumber(value: number): string {
  return value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });
}
