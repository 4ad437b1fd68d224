import { RULE_OPTIONAL_PARTS } from "../../src/alert/default-rules.js";
import type { Rule } from "../../src/alert/rule.js";

/** A rule `response_time.avg > 5 s`, asked every 15 s, with what a test cares about changed. */
export function ruleOf(parts: Partial<Rule> = {}): Rule {
  return {
    ...RULE_OPTIONAL_PARTS,
    id: "slow",
    name: { en: "Slow", zh: "慢" },
    indicator: "response_time.avg",
    unit: "s",
    windowS: 300,
    intervalS: 15,
    when: { op: ">", value: 5 },
    ...parts,
  };
}
