import { describe, expect, test } from "vitest";
import { parseRuleTestFile } from "../../../src/alert/rule-test/rule-test-file.js";
import { type RuleTestFailure, runRuleTest } from "../../../src/alert/rule-test/run-rule-test.js";
import { type RuleParts, ruleOf } from "../rule-of.js";

function failuresOf(text: string, ...rules: RuleParts[]): RuleTestFailure[] {
  const read = parseRuleTestFile(text, "t.yaml", () => ({ rules: rules.map((parts) => ruleOf(parts)) }));
  if (!read.ok) throw new Error(read.errors.join("\n"));
  return read.tests.flatMap(runRuleTest);
}

function mistakesOf(text: string, ...rules: RuleParts[]): string[] {
  const read = parseRuleTestFile(text, "t.yaml", () => ({ rules: rules.map((parts) => ruleOf(parts)) }));
  return read.ok ? [] : read.errors;
}

/** A test of one rule: its series, then its expectations, a line each. */
const testOf = (series: string[], expectations: string[], head = ""): string =>
  [
    head,
    "tests:",
    "  - input_series:",
    ...series.map((one) => `      - { ${one} }`),
    "    alert_rule_test:",
    ...expectations.map((one) => `      - { ${one} }`),
  ].join("\n");

const slow = "indicator: response_time.avg";

describe("the answers", () => {
  test("come a value an interval of the rule, and each expectation is held against its own time", () => {
    const text = testOf(
      [`${slow}, values: '1 9x2 1'`],
      [
        "eval_time: 0s, rule: slow, exp_state: inactive",
        "eval_time: 15s, rule: slow, exp_state: pending",
        "eval_time: 44s, rule: slow, exp_state: pending",
        "eval_time: 60s, rule: slow, exp_state: inactive",
      ],
    );
    expect(failuresOf(text, { forS: 60 })).toEqual([]);
    expect(failuresOf(text, { forS: 30 })).toEqual([]);
    expect(failuresOf(text, { forS: 15 })).toEqual([
      { rule: "slow", evalTimeS: 44, expected: ["pending"], found: ["firing"] },
    ]);
  });

  test("hold until the next one, where the series is slower than the rule", () => {
    const text = testOf(
      [`${slow}, values: '9 1'`],
      ["eval_time: 45s, rule: slow, exp_state: firing", "eval_time: 60s, rule: slow, exp_state: inactive"],
    );
    expect(failuresOf(text.replace("input_series", "interval: 1m\n    input_series"), { forS: 45 })).toEqual([]);
  });

  test("evaluation_interval takes the place of every rule's own", () => {
    const text = testOf(
      [`${slow}, values: '9x3'`],
      ["eval_time: 119s, rule: slow, exp_state: pending", "eval_time: 2m, rule: slow, exp_state: firing"],
      "evaluation_interval: 1m",
    );
    expect(failuresOf(text, { forS: 120 })).toEqual([]);
  });

  test("that are missing, or over, are no data", () => {
    const text = testOf(
      [`${slow}, values: '9 _ 9'`],
      [
        "eval_time: 15s, rule: slow, exp_alerts: [{ value: 9 }]",
        "eval_time: 30s, rule: slow, exp_state: firing",
        "eval_time: 45s, rule: slow, exp_state: firing",
        "eval_time: 60s, rule: slow, exp_state: inactive",
      ],
    );
    expect(failuresOf(text, { noDataForS: 30 })).toEqual([]);
  });

  test("that are errors keep the state, and a failure tells the error", () => {
    const text = testOf([`${slow}, values: '9 errorx9'`], ["eval_time: 2m, rule: slow, exp_state: inactive"]);
    expect(failuresOf(text, {})).toEqual([
      {
        rule: "slow",
        evalTimeS: 120,
        expected: ["inactive"],
        found: ["firing"],
        error: "the test lets the query fail",
      },
    ]);
  });

  test("rest on the counts, when there are any", () => {
    const series = (counts: string) => [`${slow}, values: '9 9', counts: '${counts}'`];
    const expected = (state: string) => [`eval_time: 15s, rule: slow, exp_state: ${state}`];
    expect(failuresOf(testOf(series("4x1"), expected("inactive")), { minRequests: 5 })).toEqual([]);
    expect(failuresOf(testOf(series("4 5"), expected("firing")), { minRequests: 5 })).toEqual([]);
    expect(failuresOf(testOf(series("4"), expected("inactive")), { minRequests: 5 })).toEqual([]);
    expect(failuresOf(testOf([`${slow}, values: '9'`], expected("firing")), { minRequests: 5 })).toEqual([]);
  });

  test("go to the rules that ask for them: indicator, split, filter, comparison, window", () => {
    const rules: RuleParts[] = [
      { id: "whole" },
      { id: "split", by: ["model"], where: { service: "shop" } },
      { id: "change", compareTo: "1d", unit: "%" },
      { id: "hour", windowS: 3600 },
    ];
    const text = testOf(
      [
        `${slow}, window: 5m, values: 1`,
        `${slow}, labels: { model: a, service: shop }, values: 9`,
        `${slow}, labels: { model: b }, values: 8`,
        `${slow}, compare_to: 1d, values: 7`,
        `${slow}, window: 1h, values: 6`,
      ],
      [
        "eval_time: 0s, rule: whole, exp_alerts: []",
        "eval_time: 0s, rule: split, exp_alerts: [{ labels: { model: b }, value: 8 }, { labels: { model: a }, value: 9 }]",
        "eval_time: 0s, rule: change, exp_alerts: [{ value: 7 }]",
        "eval_time: 0s, rule: hour, exp_alerts: [{ value: 6 }]",
      ],
    );
    expect(failuresOf(text, ...rules)).toEqual([]);
  });

  test("of an expr, by its text", () => {
    const { when: _, ...rule } = ruleOf({ id: "down", unit: "" });
    const read = parseRuleTestFile(
      testOf(
        ["expr: 'up  == 0', labels: { job: a }, values: '0 _'"],
        [
          "eval_time: 0s, rule: down, exp_alerts: [{ labels: { job: a } }]",
          "eval_time: 15s, rule: down, exp_alerts: []",
        ],
      ),
      "t.yaml",
      () => ({ rules: [{ ...rule, question: { kind: "expr", expr: "up == 0" } }] }),
    );
    expect(read.ok && read.tests.flatMap(runRuleTest)).toEqual([]);
  });
});

describe("expected alerts", () => {
  const split: RuleParts = { by: ["model"], annotations: { summary: "slow" } };
  const series = [`${slow}, labels: { model: a }, values: '9'`, `${slow}, labels: { model: b }, values: '1'`];

  test.each([
    ["exp_alerts: [{ labels: { model: a } }]", []],
    ["exp_alerts: [{ labels: { model: a }, reason: condition_true, annotations: { summary: slow } }]", []],
    ["exp_alerts: []", [[], ['firing {model="a"} value 9']]],
    ["exp_alerts: ", [[], ['firing {model="a"} value 9']]],
    ["exp_alerts: [{ labels: { model: b } }]", [['firing {model="b"}'], ['firing {model="a"} value 9']]],
    [
      "exp_alerts: [{ labels: { model: a }, value: 8 }]",
      [['firing {model="a"} value 8'], ['firing {model="a"} value 9']],
    ],
    ["exp_alerts: [{ labels: { model: a }, state: pending }]", [['pending {model="a"}'], ['firing {model="a"}']]],
    [
      "exp_alerts: [{ labels: { model: a }, reason: no_data }]",
      [['firing {model="a"} reason no_data'], ['firing {model="a"} reason condition_true']],
    ],
  ])("%s", (expectation, difference) => {
    const text = testOf(series, [`eval_time: 0s, rule: slow, ${expectation}`]);
    expect(failuresOf(text, split).flatMap(({ expected, found }) => [expected, found])).toEqual(difference);
  });
});

describe("a mistake is told with its place and cure", () => {
  const good = "eval_time: 0s, rule: slow, exp_state: inactive";
  test.each<[string, string, string]>([
    ["what YAML cannot read", "tests: [", "t.yaml:1:"],
    ["no tests", "rule_files: [a.yaml]", "expected a list of tests, found nothing"],
    ["two rules files", "rule_files: [a, b]\ntests: []", "t.yaml:1:13: rule_files: expected one rules file"],
    [
      "an unknown key",
      `evaluation_intervall: 1m\n${testOf([], [])}`,
      'unknown key "evaluation_intervall"; did you mean "evaluation_interval"?',
    ],
    [
      "promtool's key for a rule",
      testOf([], ["eval_time: 0s, alertname: slow, exp_state: firing"]),
      'unknown key "alertname"; write rule',
    ],
    [
      "promtool's key for a series",
      testOf(["series: up, values: 1"], [good]),
      'unknown key "series"; write indicator and labels, or expr',
    ],
    [
      "promtool's key for labels",
      testOf([], ["eval_time: 0s, rule: slow, exp_alerts: [{ exp_labels: {} }]"]),
      'unknown key "exp_labels"; write labels',
    ],
    ["a value that is none", testOf([`${slow}, values: '1 2 x3'`], [good]), "t.yaml:3:54: expected a value such as"],
    [
      "a rule that is none",
      testOf([], ["eval_time: 0s, rule: slo, exp_state: firing"]),
      't.yaml:4:32: expected the id of a rule, found "slo"; did you mean "slow"?',
    ],
    [
      "an indicator that is none",
      testOf(["indicator: response_time.avgg, values: 1"], [good]),
      'found "response_time.avgg"; did you mean "response_time.avg"?',
    ],
    [
      "a series that no rule asks",
      testOf(["indicator: cost.total, values: 1"], [good]),
      "an indicator that no rule asks: cost.total",
    ],
    [
      "labels that no rule asks",
      testOf([`${slow}, labels: { model: a }, values: 1`], [good]),
      "response_time.avg is asked by slow (without labels)",
    ],
    [
      "a question twice",
      testOf([`${slow}, expr: up, values: 1`], [good]),
      "expected either indicator or expr, found both",
    ],
    ["nothing expected", testOf([], ["eval_time: 0s, rule: slow"]), "expected exp_state or exp_alerts, found neither"],
    [
      "resolved as a state",
      testOf([], ["eval_time: 0s, rule: slow, exp_state: resolved"]),
      "one of inactive, pending, firing",
    ],
    [
      "a time without unit",
      testOf([], ["eval_time: 5, rule: slow, exp_state: firing"]),
      "eval_time: expected a duration, such as 0s",
    ],
  ])("%s", (_, text, mistake) => {
    const mistakes = mistakesOf(text.trimStart(), {});
    expect(mistakes.join("\n")).toContain(mistake);
    expect(mistakes[0]).toMatch(/^t\.yaml:\d+:\d+: /);
  });

  test("of a rules file, at the place that names it", () => {
    const read = parseRuleTestFile("rule_files: [rules.yaml]\ntests: []", "t.yaml", () => ({ mistake: "none" }));
    expect(read).toEqual({
      ok: false,
      errors: ["t.yaml:1:14: expected a rules file without mistakes, found none"],
    });
  });

  test("all that do not fit the rules come at once", () => {
    const text = testOf(
      ["indicator: cost.totl, values: 1", `${slow}, values: x`],
      ["eval_time: 0s, rule: fast, exp_state: firing"],
    );
    expect(mistakesOf(text, {})).toHaveLength(3);
  });
});
