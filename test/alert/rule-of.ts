import { RULE_OPTIONAL_PARTS } from "../../src/alert/default-rules.js";
import type { IndicatorQuestion, Rule } from "../../src/alert/rule.js";

/** A rule with the parts of its question beside the others. */
export type RuleParts = Partial<Rule> & Partial<Omit<IndicatorQuestion, "kind">>;

/** A rule `response_time.avg > 5 s`, asked every 15 s, with what a test cares about changed. */
export function ruleOf(parts: RuleParts = {}): Rule {
  const { indicator = "response_time.avg", where = {}, by = [], windowS = 300, compareTo, ...others } = parts;
  return {
    ...RULE_OPTIONAL_PARTS,
    id: "slow",
    name: { en: "Slow", zh: "慢" },
    question: { kind: "indicator", indicator, where, by, windowS, ...(compareTo !== undefined && { compareTo }) },
    unit: "s",
    intervalS: 15,
    when: { op: ">", value: 5 },
    ...others,
  };
}
