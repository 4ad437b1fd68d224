import { RULE_OPTIONAL_PARTS } from "./default-rules.js";
import type { Rule } from "./rule.js";
import { type RuleEdits, ruleText } from "./rule-text.js";
import { parseRulesFile } from "./rules-file.js";

/** The rule with the edits, and what is odd about it; or what is wrong with them, as `rules check` says it. */
export type EditedRule = { rule: Rule; odd: string[] } | { mistakes: string[] };

/** What the edits cannot change is not checked again: a receiver is known only beside the file's other sections. */
export function editedRule(rule: Rule, edits: RuleEdits): EditedRule {
  const { inhibits, receivers, labels, annotations } = RULE_OPTIONAL_PARTS;
  const alone = { ...rule, inhibits, receivers, labels, annotations };
  const { ok, rules, findings } = parseRulesFile(ruleText(alone, edits), "", { env: {} });
  const edited = rules.find(({ id }) => id === rule.id);
  if (!ok || edited === undefined) {
    return { mistakes: findings.flatMap(({ severity, message }) => (severity === "error" ? [message] : [])) };
  }
  const { inhibits: _, receivers: __, labels: ___, annotations: ____, ...tried } = edited;
  return { rule: { ...rule, ...tried }, odd: findings.map(({ message }) => message) };
}
