import { expect, test } from "vitest";
import type { ExportedSeries } from "../../../../src/dashboard/page/trends/series-export.js";
import { seriesCsv } from "../../../../src/dashboard/page/trends/series-export.js";

const AT = ["2026-01-31T09:00:00.000Z", "2026-01-31T09:01:00.000Z"] as const;

function exported(series: ExportedSeries["series"]): ExportedSeries {
  return { indicator: "cost.total", unit: "USD", where: {}, step_s: 60, series };
}

test("a series is a row a time and a column a line; no data is an empty field, which is not zero", () => {
  const csv = seriesCsv(
    exported([
      { labels: { model: "gpt-4o" }, points: [{ at: AT[0], value: 0.000012 }, { at: AT[1] }] },
      {
        labels: { model: "local" },
        points: [
          { at: AT[0], value: 0 },
          { at: AT[1], value: 2.5 },
        ],
      },
    ]),
  );
  expect(csv).toBe(`time,gpt-4o,local\r\n${AT[0]},0.000012,0\r\n${AT[1]},,2.5\r\n`);
});

test("a series that is not split has the name of its indicator", () => {
  expect(seriesCsv(exported([{ labels: {}, points: [{ at: AT[0], value: 1 }] }]))).toBe(
    `time,cost.total\r\n${AT[0]},1\r\n`,
  );
});

test.each([
  ['a "b", c', '"a ""b"", c"'],
  ["line\nbreak", '"line\nbreak"'],
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["@SUM(1)", "'@SUM(1)"],
  ["-1+1|cmd", "'-1+1|cmd"],
])("a label %j stays text for whoever opens the file", (model, field) => {
  expect(seriesCsv(exported([{ labels: { model }, points: [] }]))).toBe(`time,${field}\r\n`);
});
