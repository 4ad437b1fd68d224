import { expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { editedRule } from "../../src/alert/edited-rule.js";
import type { Rule } from "../../src/alert/rule.js";
import { ruleText } from "../../src/alert/rule-text.js";
import { parseRulesFile } from "../../src/alert/rules-file.js";
import { ruleOf } from "./rule-of.js";

const EVERY_PART: Rule = {
  ...ruleOf({ by: ["type"], where: { service: "shop: a" }, windowS: 5400, compareTo: "1d" }),
  name: { en: "Slower: than before", zh: "变慢" },
  unit: "%",
  when: { op: ">", value: 20 },
  resolveWhen: { op: "<", value: -0.0000005 },
  intervalS: 30,
  forS: 90,
  keepFiringForS: 300,
  severity: "critical",
  minRequests: 7,
  noData: "alert",
  noDataForS: 600,
  labels: { team: "on # call" },
  annotations: { summary: "{{ value }} of {{ rule.id }}" },
};

test.each<[string, Rule]>([
  ["every part", EVERY_PART],
  ["an expr that compares by itself", exprRule("sum(x) > 1")],
  ...defaultRules().map((rule): [string, Rule] => [rule.id, rule]),
])("a rule as text is read back as the same rule: %s", (_, rule) => {
  const { rules, findings } = parseRulesFile(ruleText(rule), "rules.yaml", { env: {} });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(rules.find(({ id }) => id === rule.id)).toEqual(rule);
});

test("edits change what they name and leave the rest, receivers and inhibited rules too", () => {
  const rule = ruleOf({ receivers: ["nobody-knows"], inhibits: ["gone"], resolveWhen: { op: "<", value: 4 } });
  const edited = editedRule(rule, { when: "> 1m30s", for: "2m", window: "10m" });
  expect(edited).toEqual({
    rule: {
      ...rule,
      question: { ...rule.question, windowS: 600 },
      when: { op: ">", value: 90 },
      forS: 120,
    },
    odd: [],
  });
  expect(rule.when).toEqual({ op: ">", value: 5 });
});

test.each([
  [{ when: "> 5" }, /found no unit/],
  [{ when: "5 s" }, /expected a comparison/],
  [{ when: "> 3 s" }, /would end the alert while its condition holds/],
  [{ for: "soon" }, /expected a duration/],
  [{ window: "400d" }, /from 1s to 90d/],
])("%j is refused as in a file", (edits, message) => {
  const edited = editedRule(ruleOf({ resolveWhen: { op: "<", value: 4 } }), edits);
  expect(edited).toEqual({ mistakes: [expect.stringMatching(message)] });
});

test("what is odd is told and works", () => {
  expect(editedRule(ruleOf(), { for: "5s" })).toMatchObject({
    rule: { forS: 5 },
    odd: [expect.stringContaining("shorter than the interval")],
  });
});

function exprRule(expr: string): Rule {
  const { when: _, ...rule } = ruleOf();
  return { ...rule, question: { kind: "expr", expr }, unit: "" };
}
