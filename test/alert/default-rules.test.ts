import { expect, test } from "vitest";
import { checkRule } from "../../src/alert/check-rule.js";
import { defaultRules, RULE_DEFAULTS } from "../../src/alert/default-rules.js";
import { type RuleQuestion, windowOf } from "../../src/alert/rule.js";
import { thresholdExample } from "../../src/alert/threshold.js";
import { findIndicator } from "../../src/indicators/catalogue.js";

const ANY = { sides: ["metrics", "records"], promql: true } as const;

function indicatorOf(question: RuleQuestion): string {
  if (question.kind !== "indicator") throw new Error("expected a question of the catalogue");
  return question.indicator;
}

test("the six default rules are those of the specification", () => {
  expect(
    defaultRules().map(({ id, name, question, when, unit, severity, minRequests, forS, intervalS }) =>
      [
        id,
        name.zh,
        indicatorOf(question),
        when?.op,
        when?.value,
        unit,
        severity,
        minRequests,
        forS,
        windowOf(question),
        intervalS,
      ].join(" "),
    ),
  ).toEqual([
    "slow-response 响应时间过慢 response_time.avg > 5 s warning 0 0 300 15",
    "very-slow-response 响应时间严重慢 response_time.avg > 10 s critical 0 0 300 15",
    "low-success-rate 成功率过低 success_rate < 95 % warning 5 0 300 15",
    "very-low-success-rate 成功率严重低 success_rate < 90 % critical 5 0 300 15",
    "slow-p95 P95响应时间高 response_time.p95 > 8 s warning 0 0 300 15",
    "high-cost 成本过高 cost.total > 1 USD warning 0 0 300 15",
  ]);
});

test("a critical default rule inhibits the warning about the same indicator", () => {
  const rules = defaultRules();
  for (const { severity, inhibits, question } of rules) {
    const indicator = indicatorOf(question);
    const warnings = rules.filter((rule) => severity === "critical" && indicatorOf(rule.question) === indicator);
    expect(inhibits).toEqual(warnings.filter((rule) => rule.severity === "warning").map(({ id }) => id));
  }
});

test("the default rules ask what the catalogue has, in its units", () => {
  for (const { question, unit } of defaultRules()) {
    const indicator = indicatorOf(question);
    expect(findIndicator(indicator)?.unit).toBe(unit);
    expect(
      checkRule(
        { indicator, when: thresholdExample(findIndicator(indicator)?.unit ?? "").slice(1, -1) },
        ANY,
        RULE_DEFAULTS,
      ),
    ).toEqual([]);
  }
});
