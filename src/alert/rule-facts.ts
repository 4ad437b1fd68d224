import type { ActiveAlert } from "./alert-instance.js";
import type { AlertTransition } from "./alert-view.js";
import { renderAnnotations } from "./annotation-template.js";
import type { Rule } from "./rule.js";
import { watchedBy } from "./watched.js";

/** What a transition says of its rule. */
type RuleFacts = Pick<
  AlertTransition,
  | "rule"
  | "name"
  | "severity"
  | "indicator"
  | "compare_to"
  | "expr"
  | "where"
  | "op"
  | "threshold"
  | "unit"
  | "rule_labels"
>;

/** The transition, with what the rule says: its facts, and its annotations filled in. */
export function withRuleFacts(rule: Rule, transition: Omit<AlertTransition, keyof RuleFacts>): AlertTransition {
  const told: AlertTransition = { ...transition, ...ruleFacts(rule) };
  return Object.keys(rule.annotations).length === 0 ? told : { ...told, annotations: renderAnnotations(rule, told) };
}

/** An alert that goes on after its rule was edited, with the rule as it is now. What was found stays. */
export function asRuleIsNow(rule: Rule, alert: ActiveAlert): ActiveAlert {
  const { op: _, threshold: __, where: ___, rule_labels: ____, annotations: _____, ...found } = alert;
  return { ...withRuleFacts(rule, found), latest: alert.latest };
}

function ruleFacts(rule: Rule): RuleFacts {
  const where = rule.question.kind === "indicator" ? rule.question.where : {};
  return {
    rule: rule.id,
    name: rule.name,
    severity: rule.severity,
    ...watchedBy(rule.question),
    ...(rule.when !== undefined && { op: rule.when.op, threshold: rule.when.value }),
    ...(Object.keys(where).length > 0 && { where: { ...where } }),
    unit: rule.unit,
    ...(Object.keys(rule.labels).length > 0 && { rule_labels: { ...rule.labels } }),
  };
}
