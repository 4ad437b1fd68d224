import { expect, test } from "vitest";
import { Schedule } from "../../src/alert/schedule.js";
import { ruleOf } from "./rule-of.js";

const NOON = Date.parse("2026-08-01T12:00:00Z");
const quick = ruleOf({ id: "quick", intervalS: 15 });
const slow = ruleOf({ id: "slow", intervalS: 60 });

const taken = (schedule: Schedule, atMs: number) =>
  schedule.takeDue(atMs).map(({ rule, atMs }) => [rule.id, (atMs - NOON) / 1000]);

test("each rule is due at whole multiples of its interval, once", () => {
  const schedule = new Schedule([quick, slow]);
  expect(taken(schedule, NOON + 100)).toEqual([
    ["quick", 0],
    ["slow", 0],
  ]);
  expect(taken(schedule, NOON + 14_999)).toEqual([]);
  expect(taken(schedule, NOON + 15_010)).toEqual([["quick", 15]]);
  expect(taken(schedule, NOON + 15_020)).toEqual([]);
  expect([schedule.late, schedule.missed]).toEqual([0, 0]);
});

test("two evaluators that started at different times ask at the same times", () => {
  const [one, other] = [new Schedule([slow]), new Schedule([slow])];
  one.takeDue(NOON + 1000);
  other.takeDue(NOON + 48_000);
  expect(one.nextMs(NOON + 1000)).toBe(NOON + 60_000);
  expect(other.nextMs(NOON + 48_000)).toBe(NOON + 60_000);
});

test("what was missed is counted and not made up for; what comes late is counted", () => {
  const schedule = new Schedule([quick]);
  schedule.takeDue(NOON);
  expect(taken(schedule, NOON + 62_000)).toEqual([["quick", 60]]);
  expect([schedule.late, schedule.missed]).toEqual([1, 3]);
});

test("an evaluation out of turn takes no turn away", () => {
  const schedule = new Schedule([quick]);
  schedule.takeDue(NOON);
  schedule.evaluatedAt(quick, NOON + 7_000);
  expect(taken(schedule, NOON + 15_000)).toEqual([["quick", 15]]);
  expect(schedule.missed).toBe(0);
});

test("after a restart the rule is due again, whatever the clock said before, and nothing counts as missed", () => {
  const schedule = new Schedule([quick]);
  schedule.takeDue(NOON);
  schedule.restart();
  expect(taken(schedule, NOON - 3_600_000)).toEqual([["quick", -3600]]);
  expect(schedule.missed).toBe(0);
});
