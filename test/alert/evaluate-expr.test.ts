import { expect, test } from "vitest";
import type { AlertInstance } from "../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { type Answer, evaluateRule } from "../../src/alert/evaluate.js";
import type { Rule } from "../../src/alert/rule.js";
import { comparisonText } from "../../src/alert/watched.js";
import { ruleOf } from "./rule-of.js";

const COUNTED = ruleOf({ question: { kind: "expr", expr: "sum by (job) (errors)" }, unit: "" });
const { when: _, ...without } = COUNTED;
/** As a rule of Prometheus: the query compares, and what is returned is bad. */
const COMPARED: Rule = { ...without, question: { kind: "expr", expr: "errors > 5" } };

const api = (value: number): Answer => ({ samples: [{ labels: { job: "api" }, value }] });
const nothing: Answer = { samples: [] };

function play(rule: Rule, answers: readonly Answer[]): AlertTransition[] {
  let instances: AlertInstance[] = [];
  return answers.flatMap((answer, index) => {
    const evaluation = evaluateRule(rule, instances, answer, index * 15_000);
    instances = evaluation.instances;
    return evaluation.transitions;
  });
}

const path = (transitions: AlertTransition[]): string[] => transitions.map(({ to, reason }) => `${to} ${reason}`);

test("a returned series fires, and one that is no longer returned is over", () => {
  const transitions = play(COMPARED, [api(9), nothing]);
  expect(path(transitions)).toEqual(["firing condition_true", "resolved condition_false"]);
  expect(transitions[0]).toMatchObject({ labels: { job: "api" }, expr: "errors > 5", value: 9, unit: "" });
  expect(transitions[0]).not.toHaveProperty("indicator");
  expect(transitions[0]).not.toHaveProperty("threshold");
});

test("a returned series holds whatever its value, also when that is no number", () => {
  const transitions = play({ ...COMPARED, forS: 15 }, [api(9), api(Number.POSITIVE_INFINITY), api(Number.NaN)]);
  expect(path(transitions)).toEqual(["pending condition_true", "firing condition_held"]);
  expect(transitions[1]).not.toHaveProperty("value");
});

test("an error is no empty answer", () => {
  expect(path(play(COMPARED, [api(9), { error: "down" }, { error: "down" }]))).toEqual(["firing condition_true"]);
});

test("with a condition, a series that is gone is no data", () => {
  expect(path(play({ ...COUNTED, noDataForS: 30 }, [api(9), nothing, nothing, nothing]))).toEqual([
    "firing condition_true",
    "resolved no_data_expired",
  ]);
  expect(path(play(COUNTED, [api(9), api(1)]))).toEqual(["firing condition_true", "resolved condition_false"]);
});

test("nothing fires for an expression that returned nothing yet", () => {
  expect(play({ ...COMPARED, noData: "alert", noDataForS: 0 }, [nothing, nothing])).toEqual([]);
});

test.each([
  [{ indicator: "success_rate", unit: "%", value: 71.4, op: "<", threshold: 90 }, "success_rate 71.4 % < 90 %"],
  [{ indicator: "success_rate", unit: "%", op: "<", threshold: 90 }, "success_rate < 90 %"],
  [
    { indicator: "cost.total", compare_to: "1d", unit: "%", value: 25, op: ">", threshold: 20 },
    "cost.total against 1 day before +25 % > +20 %",
  ],
  [{ expr: "sum(a)\n  > 1", unit: "", value: 0.0125 }, "sum(a) > 1 → 0.0125"],
] as const)("%j reads %s", (alert, text) => {
  expect(comparisonText(alert, "en")).toBe(text);
});
