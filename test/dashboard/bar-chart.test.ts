import { expect, test } from "vitest";
import { barChart, lyingBar } from "../../src/dashboard/bar-chart.js";

test("bars stand in eighths of a line, the least value as an eighth, and no data as a gap", () => {
  const values = [0, 1, 4, undefined, 8];
  expect(barChart(values, { width: 5, height: 1, from: 0, to: 8 })).toEqual(["▁▁▄ █"]);
  expect(barChart(values, { width: 5, height: 2, from: 0, to: 8 })).toEqual(["    █", "▁▂█ █"]);
});

test("the newest are shown, at the right", () => {
  expect(barChart([1, 2, 3], { width: 2, height: 1, from: 0, to: 4 })).toEqual(["▄▆"]);
  expect(barChart([4], { width: 3, height: 1, from: 0, to: 4 })).toEqual(["  █"]);
});

test("values outside of the edges are cut, and edges that are the same are no division by zero", () => {
  expect(barChart([-5, 50], { width: 2, height: 1, from: 0, to: 8 })).toEqual(["▁█"]);
  expect(barChart([0, 0], { width: 2, height: 1, from: 0, to: 0 })).toEqual(["▁▁"]);
});

test.each([
  [0, ""],
  [-1, ""],
  [0.01, "▌"],
  [0.5, "██"],
  [0.6, "██▌"],
  [1, "████"],
  [7, "████"],
])("a bar of %d lies as %j on four columns", (share, bar) => {
  expect(lyingBar(share, 4)).toBe(bar);
});
