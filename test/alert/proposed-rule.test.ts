import { expect, test } from "vitest";
import { proposedRule, type WatchedChart } from "../../src/alert/proposed-rule.js";
import type { Rule } from "../../src/alert/rule.js";
import { parseRulesFile } from "../../src/alert/rules-file.js";
import { holds } from "../../src/alert/threshold.js";
import { addsUp } from "../../src/indicators/adds-up.js";
import { CATALOGUE, findIndicator } from "../../src/indicators/catalogue.js";

/** The rule as the reader of rules files understands it; that reader must find nothing to say. */
function read(chart: WatchedChart): Rule {
  const { rules, findings } = parseRulesFile(proposedRule(chart), "chainwatch.yaml", { env: {} });
  expect(findings.map(({ text }) => text)).toEqual([]);
  const rule = rules.find(({ id }) => id.startsWith(chart.indicator.replaceAll(/[._]/g, "-")));
  if (rule === undefined) throw new Error(`no rule on ${chart.indicator}`);
  return rule;
}

const figures = CATALOGUE.filter(({ list }) => !list).map(({ id }) => id);

test.each(figures)("the rule proposed for %s is accepted, and does not fire at what the chart shows", (indicator) => {
  const all = [[], [0], [undefined, 0.0000004], [3, 7.77, undefined, 5], [99.96, 100], [123_456.7]];
  for (const values of all.filter((some) => findIndicator(indicator)?.unit !== "%" || (some[0] ?? 0) <= 100)) {
    for (const windowS of [10, 300, 3600, 86_400]) {
      const rule = read({ indicator, where: { service: 'shop "a": b' }, windowS, values });
      const { when, question } = rule;
      if (when === undefined || question.kind !== "indicator") throw new Error("expected a rule on an indicator");
      expect(question).toMatchObject({ indicator, where: { service: 'shop "a": b' } });
      expect(question.windowS).toBe(Math.max(300, windowS));
      // At most, every step of the rule's window is as high as the highest that was shown.
      const id = findIndicator(indicator);
      const steps = id !== undefined && addsUp(id) ? question.windowS / windowS : 1;
      for (const value of values) {
        if (value !== undefined) expect(holds(when, value * steps), `${value} ${JSON.stringify(when)}`).toBe(false);
      }
    }
  }
});

test.each([
  ["response_time.p95", [2, 4], ">", 6],
  ["cost.total", [0.01, 0.02], ">", 0.3],
  ["error_rate", [40, 80], ">", 90],
  ["success_rate", [97, 99], "<", 96],
  ["success_rate", [0.5], "<", 0.25],
] as const)("%s of %j proposes %s %f", (indicator, values, op, value) => {
  expect(read({ indicator, where: {}, windowS: 30, values }).when).toEqual({ op, value });
});

test("the rule of a split chart is split the same", () => {
  expect(read({ indicator: "cost.total", where: {}, by: "model", windowS: 300, values: [1] }).question).toMatchObject({
    by: ["model"],
  });
});

test("a share is not judged by few requests", () => {
  expect(read({ indicator: "error_rate", where: {}, windowS: 300, values: [1] }).minRequests).toBe(5);
});
