import { describe, expect, test } from "vitest";
import type { RuleStatus } from "../../src/alert/alert-view.js";
import { unansweredText } from "../../src/alert/unanswered.js";

function rule(id: string, parts: Partial<RuleStatus> = {}): RuleStatus {
  const name = { en: id, zh: id };
  return {
    id,
    name,
    severity: "warning",
    indicator: "cost.total",
    unit: "USD",
    interval_s: 15,
    state: "inactive",
    ...parts,
  };
}

describe("unansweredText", () => {
  test("counts the rules without an answer and gives the first reason, in one line", () => {
    const rules = [
      rule("a", { answer: "data" }),
      rule("b", { answer: "error", error: "prometheus http://p:\n\u001b[31mdown" }),
      rule("c", { answer: "timeout", error: "no answer in time" }),
      rule("d"),
    ];
    expect(unansweredText({ rules }, "en")).toBe("2 of 4 rules have no answer: prometheus http://p: [31mdown");
    expect(unansweredText({ rules }, "zh")).toBe("4 条规则中有 2 条得不到答案：prometheus http://p: [31mdown");
  });

  test("is nothing while each has one, an empty one too", () => {
    const rules = [
      rule("a", { answer: "data" }),
      rule("b", { answer: "empty" }),
      rule("c", { answer: "clock_jumped" }),
    ];
    expect(unansweredText({ rules }, "en")).toBeUndefined();
  });
});
