import { expect, test } from "vitest";
import { chartSummary } from "../../../../src/dashboard/page/chart/chart-summary.js";

const seconds = (value: number): string => `${value} s`;

test("a chart of one line says its latest, lowest and highest value; gaps say nothing", () => {
  const lines = [{ label: "P95", values: [undefined, 3, 0.5, 2, undefined] }];
  expect(chartSummary(lines, seconds, "en")).toBe("Latest 2 s, lowest 0.5 s, highest 3 s");
  expect(chartSummary(lines, seconds, "zh")).toBe("最新 2 s，最低 0.5 s，最高 3 s");
});

test("of several lines each has its label, those without data too", () => {
  const lines = [
    { label: "P95", values: [4, 2] },
    { label: "P50", values: [undefined] },
  ];
  expect(chartSummary(lines, seconds, "en")).toBe("P95: 2 s (2 s to 4 s); P50: no data");
  expect(chartSummary(lines, seconds, "zh")).toBe("P95：2 s（2 s 至 4 s）；P50：暂无数据");
});

test("a chart without data says so", () => {
  expect(chartSummary([{ label: "P95", values: [] }], seconds, "en")).toBe("No data");
  expect(chartSummary([{ label: "P95", values: [undefined] }], seconds, "zh")).toBe("暂无数据");
});

test("zero and negative values are values", () => {
  expect(chartSummary([{ label: "a", values: [0, -1, 0] }], String, "en")).toBe("Latest 0, lowest -1, highest 0");
});
