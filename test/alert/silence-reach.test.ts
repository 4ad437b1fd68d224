import { expect, test } from "vitest";
import { parseMatcher } from "../../src/alert/alert-matcher.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { ruleView } from "../../src/alert/rule-view.js";
import { silenceReach } from "../../src/alert/silence-reach.js";
import { transitionOf } from "../notify/transition-of.js";
import { ruleOf } from "./rule-of.js";

const RULES = [
  ruleOf({ id: "slow-response" }),
  ruleOf({ id: "slow-model", by: ["model"], severity: "critical", labels: { team: "search" } }),
  ruleOf({ id: "bot", where: { service: "checkout-bot" } }),
  { ...ruleOf({ id: "raw" }), question: { kind: "expr", expr: "up == 0" } as const },
].map(ruleView);

const ACTIVE: AlertTransition[] = [
  transitionOf({ rule: "slow-model", labels: { model: "gpt-4o" } }),
  transitionOf({ rule: "slow-model", labels: { model: "qwen" } }),
  transitionOf({ rule: "raw", severity: "warning", labels: { job: "app" } }),
];

const reach = (...matchers: string[]) => silenceReach(matchers.map(parseMatcher), { active: ACTIVE, rules: RULES });

test.each<[string[], number, number]>([
  [["rule=slow-model"], 2, 1],
  [["rule=slow-response"], 0, 1],
  [["rule=~slow-.*", "model=gpt-4o"], 1, 1],
  [["severity=critical"], 2, 1],
  [["team=search"], 0, 2],
  [["model!=gpt-4o"], 2, 4],
  [["job=app"], 1, 1],
  [["service=checkout-bot"], 0, 2],
  [["service=search"], 0, 1],
])("%j matches %i alerts and %i rules, and nothing in it is unknown", (matchers, alerts, rules) => {
  expect(reach(...matchers)).toEqual({ alerts, rules, unknown: [] });
});

test.each([
  ["rule=slow-respons", 0, { what: "rule", found: "slow-respons", nearest: "slow-response" }],
  ["rule=zzz", 0, { what: "rule", found: "zzz" }],
  ["rule=~zzz.*", 0, { what: "rule", found: "zzz.*" }],
  ["modle=gpt-4o", 1, { what: "label", found: "modle", nearest: "model" }],
  ["severty=critical", 1, { what: "label", found: "severty", nearest: "severity" }],
])("%s names what is not there", (matcher, rules, unknown) => {
  expect(reach(matcher)).toEqual({ alerts: 0, rules, unknown: [unknown] });
});

test("a rule that is excluded need not be there", () => {
  expect(reach("rule!=gone")).toEqual({ alerts: 3, rules: 4, unknown: [] });
});
