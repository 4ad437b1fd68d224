import { expect, it } from "vitest";
import { monthSpend, spendingMonth } from "../../src/query/month-spend.js";

const at = (text: string): number => Date.parse(text);

it("a month is the calendar's in UTC, December too", () => {
  const month = spendingMonth(at("2026-12-31T23:59:59Z"), 0);
  expect(new Date(month.fromMs).toISOString()).toBe("2026-12-01T00:00:00.000Z");
  expect(new Date(month.toMs).toISOString()).toBe("2027-01-01T00:00:00.000Z");
});

it("the rate is of seven days, or of all that was seen", () => {
  const nowMs = at("2026-11-20T12:00:00Z");
  expect(spendingMonth(nowMs, 0).rateFromMs).toBe(at("2026-11-13T12:00:00Z"));
  // The first report tells of what was before it.
  expect(spendingMonth(nowMs, at("2026-11-19T00:00:00Z")).rateFromMs).toBe(at("2026-11-18T23:59:00Z"));
});

it("a month comes to what was spent and the rest at the rate", () => {
  const nowMs = at("2026-11-21T00:00:00Z");
  const month = spendingMonth(nowMs, 0);
  // $70 in seven days are $10 a day, and ten days are left.
  expect(monthSpend(month, nowMs, { spentUsd: 100, recentUsd: 70 })).toEqual({ perDayUsd: 10, byEndUsd: 200 });
});

it("early in a month the rate is of the month before, and nothing is said of days that are over", () => {
  const nowMs = at("2026-11-02T00:00:00Z");
  const month = spendingMonth(nowMs, 0);
  expect(month.rateFromMs).toBeLessThan(month.fromMs);
  expect(monthSpend(month, nowMs, { spentUsd: 3, recentUsd: 7 })).toEqual({ perDayUsd: 1, byEndUsd: 3 + 29 });
});
