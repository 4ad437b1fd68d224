import { expect, test } from "vitest";
import type { AlertState, AlertTransition } from "../../../../src/alert/alert-view.js";
import { concerns, firingPeriods } from "../../../../src/dashboard/page/chart/firing-periods.js";

const START = Date.UTC(2026, 0, 31, 9);
const MINUTE_MS = 60_000;

function transition(
  minute: number,
  from: AlertState,
  to: AlertState,
  parts: Partial<AlertTransition> = {},
): AlertTransition {
  const at = new Date(START + minute * MINUTE_MS).toISOString();
  return {
    id: `${minute}`,
    rule: "slow",
    name: { en: "Slow", zh: "慢" },
    severity: "warning",
    indicator: "response_time.avg",
    labels: {},
    from,
    to,
    reason: "condition_true",
    unit: "s",
    at,
    since: at,
    ...parts,
  };
}

/** In minutes after the start. `story`: the oldest first, as one writes it down. */
function minutes(story: AlertTransition[], active: AlertTransition[] = []): [from: number, to: number | undefined][] {
  return firingPeriods({ transitions: story.toReversed(), active, fromMs: START }).map(({ fromMs, toMs }) => [
    (fromMs - START) / MINUTE_MS,
    toMs === undefined ? undefined : (toMs - START) / MINUTE_MS,
  ]);
}

test("an alert fires from its firing to its end, each time; pending is not firing", () => {
  const story = [
    transition(1, "inactive", "pending"),
    transition(2, "pending", "firing"),
    transition(5, "firing", "resolved"),
    transition(7, "resolved", "firing"),
    transition(9, "firing", "inactive"),
  ];
  expect(minutes(story)).toEqual([
    [2, 5],
    [7, 9],
  ]);
});

test("what fired before the beginning fires from there on", () => {
  expect(minutes([transition(4, "firing", "resolved")])).toEqual([[0, 4]]);
});

test("of what is not read, nothing is told: what fired before fires from where the reading begins", () => {
  const transitions = [transition(9, "firing", "resolved"), transition(8, "firing", "resolved", { rule: "dear" })];
  const active = [transition(3, "pending", "firing", { rule: "old" })];
  const periods = firingPeriods({ transitions, active, fromMs: START, cutAtMs: START + 8 * MINUTE_MS });
  expect(periods.map(({ rule, fromMs }) => [rule, (fromMs - START) / MINUTE_MS])).toEqual([
    // That it still fires, and since when, is known without the history.
    ["old", 3],
    ["dear", 8],
    ["slow", 8],
  ]);
});

test("what still fires has no end, whether it began in this time or before", () => {
  const now = transition(3, "pending", "firing");
  expect(minutes([now], [now])).toEqual([[3, undefined]]);
  expect(minutes([], [transition(-90, "pending", "firing")])).toEqual([[0, undefined]]);
  expect(minutes([], [transition(2, "inactive", "pending")])).toEqual([]);
});

test("alerts of one rule are told apart by their labels, whatever their order", () => {
  const both = { model: "a", service: "s" };
  const story = [
    transition(1, "inactive", "firing", { labels: both }),
    transition(2, "inactive", "firing", { labels: { model: "b" } }),
    transition(3, "firing", "resolved", { labels: { service: "s", model: "a" } }),
  ];
  const periods = firingPeriods({ transitions: story.toReversed(), active: [], fromMs: START });
  expect(periods.map(({ labels, toMs }) => [labels.model, toMs !== undefined])).toEqual([
    ["a", true],
    ["b", false],
  ]);
});

test("an alert concerns a chart of its indicator, unless it is of another service", () => {
  const alert = transition(0, "pending", "firing");
  const chart = { indicator: "response_time.avg", service: "shop" };
  expect(concerns(alert, chart)).toBe(true);
  expect(concerns(alert, { ...chart, indicator: "cost.total" })).toBe(false);
  expect(concerns({ ...alert, labels: { service: "other" } }, chart)).toBe(false);
  expect(concerns({ ...alert, where: { service: "other" } }, chart)).toBe(false);
  expect(concerns({ ...alert, where: { service: "shop" } }, chart)).toBe(true);
  expect(concerns({ ...alert, labels: { service: "other" } }, { ...chart, service: undefined })).toBe(true);
});
