import { expect, test } from "vitest";
import {
  type ChosenRange,
  OFFERED_RANGES,
  statisticsRange,
  type TimeRange,
  timeRange,
} from "../../../../src/dashboard/page/controls/time-range.js";

const NOW = Date.UTC(2026, 0, 31, 9, 31, 17);

function shown({ fromMs, toMs, stepS }: TimeRange): [from: string, to: string, stepS: number] {
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), stepS];
}

function rangeOf(chosen: Partial<ChosenRange>): TimeRange | undefined {
  return timeRange({ range: undefined, from: undefined, to: undefined, ...chosen }, NOW);
}

function existing(range: TimeRange | undefined): TimeRange {
  if (range === undefined) throw new Error("expected a range");
  return range;
}

test("the last hour ends with the step that is under way", () => {
  expect(shown(existing(rangeOf({})))).toEqual(["2026-01-31T08:32:00.000Z", "2026-01-31T09:32:00.000Z", 60]);
});

test.each(OFFERED_RANGES)("$value has as many steps as a chart can show, all of one length", ({ value, lengthS }) => {
  const { fromMs, toMs, stepS } = existing(rangeOf({ range: value }));
  expect(toMs - fromMs).toBe(lengthS * 1000);
  const steps = (toMs - fromMs) / (stepS * 1000);
  expect(Number.isInteger(steps)).toBe(true);
  expect(steps).toBeGreaterThanOrEqual(60);
  expect(steps).toBeLessThanOrEqual(200);
  expect(toMs % (stepS * 1000)).toBe(0);
  expect(toMs - NOW).toBeGreaterThanOrEqual(0);
  expect(toMs - NOW).toBeLessThan(stepS * 1000);
});

test("times of the reader's own are widened to whole steps", () => {
  const own = { range: "own", from: "2026-01-30T08:59:31Z", to: "2026-01-30T20:10:01Z" };
  expect(shown(existing(rangeOf(own)))).toEqual(["2026-01-30T08:55:00.000Z", "2026-01-30T20:15:00.000Z", 300]);
});

test.each([
  ["in the wrong order", { from: "2026-01-30T09:00:00Z", to: "2026-01-30T08:00:00Z" }],
  ["that are the same", { from: "2026-01-30T09:00:00Z", to: "2026-01-30T09:00:00Z" }],
  ["that are none", { from: "yesterday", to: "2026-01-30T08:00:00Z" }],
  ["of which one is missing", { to: "2026-01-30T08:00:00Z" }],
  ["too far apart for the points of an answer", { from: "2020-01-30T08:00:00Z", to: "2026-01-30T08:00:00Z" }],
])("times %s are no range", (_, times) => {
  expect(rangeOf({ range: "own", ...times })).toBeUndefined();
});

test("a range that is not offered is none", () => {
  expect(rangeOf({ range: "3y" })).toBeUndefined();
});

test("statistics are by the hour up to a week, and by the day above", () => {
  const statistics = (value: string): TimeRange => statisticsRange(existing(rangeOf({ range: value })));
  expect(shown(statistics("1h"))).toEqual(["2026-01-31T08:00:00.000Z", "2026-01-31T10:00:00.000Z", 3600]);
  expect(statistics("7d").stepS).toBe(3600);
  expect(shown(statistics("30d"))).toEqual(["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", 86_400]);
});
