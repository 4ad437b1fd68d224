import { expect, it } from "vitest";
import { chartTimes } from "../../src/dashboard/board-questions.js";
import { LONGEST_WINDOW_S } from "../../src/query/query-window.js";

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

it.each([
  [300, 60, 60],
  [HOUR_S, 60, 60],
  [HOUR_S + 1, 120, 31],
  [1.5 * HOUR_S, 120, 45],
  [DAY_S, 1_800, 48],
  [3 * DAY_S, 2 * HOUR_S, 36],
  [7 * DAY_S, 3 * HOUR_S, 56],
  [30 * DAY_S, 12 * HOUR_S, 60],
  [LONGEST_WINDOW_S, DAY_S, LONGEST_WINDOW_S / DAY_S],
])("charts of a window of %i s have a point every %i s: %i", (windowS, stepS, points) => {
  expect(chartTimes(windowS)).toEqual({ stepS, points });
});

it("charts of any window look back as far as it, an hour at least, in few points", () => {
  for (let windowS = 1; windowS <= LONGEST_WINDOW_S; windowS = Math.ceil(windowS * 1.03)) {
    const { stepS, points } = chartTimes(windowS);
    expect(stepS * points, `${windowS}`).toBeGreaterThanOrEqual(Math.max(windowS, HOUR_S));
    expect(points, `${windowS}`).toBeGreaterThan(20);
    expect(points, `${windowS}`).toBeLessThanOrEqual(90);
  }
});

it("charts of a server that has just begun look at its ten minutes", () => {
  expect(chartTimes(300, true)).toEqual({ stepS: 10, points: 60 });
});
