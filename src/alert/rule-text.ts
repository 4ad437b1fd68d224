import { stringify } from "yaml";
import { RULE_OPTIONAL_PARTS } from "./default-rules.js";
import { formatDuration } from "./duration.js";
import type { Rule } from "./rule.js";
import { thresholdText } from "./threshold.js";
import { watchedBy } from "./watched.js";

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

function writtenRule(rule: Rule): Record<string, unknown> {
  const { question, unit, when, resolveWhen } = rule;
  const watched = { ...watchedBy(question), unit };
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
    ...(when !== undefined && { when: thresholdText(when, watched) }),
    ...(resolveWhen !== undefined && { resolve_when: thresholdText(resolveWhen, watched) }),
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
