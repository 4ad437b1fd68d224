import { expect, onTestFinished, test } from "vitest";
import type { Rule } from "../../src/alert/rule.js";
import { ROUTE_SETTINGS, routeOf } from "../../src/notify/route-settings.js";
import { ruleOf } from "../alert/rule-of.js";
import { NotifyRun } from "./notify-run.js";
import { LASTS_S, TOLD_CASES, TOLD_RULES, type ToldCase, toldText } from "./told-cases.js";

const RULES: readonly Rule[] = TOLD_RULES.map(({ id, severity, inhibits = [] }) =>
  ruleOf({ id, severity, inhibits, labels: { service: "shop" } }),
);

test.each(TOLD_CASES.map((told) => [told.name, told] as const))("%s", async (_, told) => {
  expect(await toldIn(told)).toEqual(told.told);
});

/** The rules are evaluated every half second. */
async function toldIn({ route, steps }: ToldCase): Promise<string[]> {
  const run = new NotifyRun(RULES);
  onTestFinished(async () => {
    await run.stop();
    run.remove();
  });
  run.route = routeOf(ROUTE_SETTINGS.parse(route));
  await run.start();
  const firing = new Set<string>();
  for (let atS = 0; atS <= LASTS_S; atS += 0.5) {
    for (const { fires = [], resolves = [], silences } of steps.filter((step) => step.atS === atS)) {
      for (const id of fires) firing.add(id);
      for (const id of resolves) firing.delete(id);
      if (silences !== undefined) run.silences.push(run.silence(silences.rule, atS, atS + silences.forS));
    }
    await run.evaluate(Object.fromEntries(RULES.map(({ id }) => [id, firing.has(id) ? 9 : 1])));
    await run.pass(0.5);
  }
  return run.arrivals.map(({ atS, notification }) => {
    const alerts = notification.alerts.map(({ rule, to }) => ({ name: rule, isFiring: to === "firing" }));
    return toldText(atS, alerts);
  });
}
