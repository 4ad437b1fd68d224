import { expect, test } from "vitest";
import {
  distanceText,
  type HeldFigure,
  thresholdDistance,
} from "../../../../src/dashboard/page/alerts/alert-distance.js";
import type { Language } from "../../../../src/indicators/language.js";

const SLOW: HeldFigure = { indicator: "response_time.avg", unit: "s", op: ">", threshold: 5, state: "inactive" };
const SUCCESS: HeldFigure = { indicator: "success_rate", unit: "%", op: "<", threshold: 95, state: "inactive" };
const CHANGE: HeldFigure = {
  indicator: "cost.total",
  unit: "%",
  compare_to: "1d",
  op: ">",
  threshold: 20,
  state: "inactive",
};

function told(of: HeldFigure, language: Language = "en"): string | undefined {
  const distance = thresholdDistance(of);
  return distance && distanceText(of, distance, language);
}

test.each<[HeldFigure, string, number]>([
  [{ ...SLOW, value: 3 }, "40 % away", 0.6],
  [{ ...SLOW, value: 0 }, "100 % away", 0],
  [{ ...SLOW, value: 4.999 }, "<0.1 % away", 0.9998],
  [{ ...SLOW, value: 5 }, "at the threshold", 1],
  [{ ...SLOW, value: 5.25 }, "5 % above", 1],
  [{ ...SLOW, value: 500 }, "9,900 % above", 1],
  // Percentages differ by points, and the way to a lower limit begins at 100 %.
  [{ ...SUCCESS, value: 99 }, "4 points away", 0.2],
  [{ ...SUCCESS, value: 96 }, "1 point away", 0.8],
  [{ ...SUCCESS, value: 50 }, "45 points below", 1],
  [{ ...SUCCESS, op: ">", threshold: 10, value: 4 }, "6 points away", 0.4],
  [{ ...SUCCESS, threshold: 100, op: "<=", value: 100 }, "at the threshold", 1],
  // Of what counts things, fewer are worse without end.
  [{ ...SLOW, unit: "requests", op: "<", threshold: 10, value: 40 }, "300 % away", 0.25],
  [{ ...SLOW, unit: "requests", op: "<", threshold: 10, value: 5 }, "50 % below", 1],
  // A threshold of 0 has no percent.
  [{ ...SLOW, unit: "retries", op: "<=", threshold: 0, value: 3 }, "3 away", 0],
  [{ ...SLOW, unit: "s", threshold: 0, value: 0.5 }, "0.5 s above", 1],
  [{ ...CHANGE, value: 5 }, "15 points away", 0.25],
  [{ ...CHANGE, value: -30 }, "50 points away", 0],
  [{ ...CHANGE, op: "<", threshold: -10, value: -5 }, "5 points away", 0.5],
  [{ ...CHANGE, op: "<", threshold: -10, value: 40 }, "50 points away", 0],
])("%j is %s", (of, text, used) => {
  expect(told(of)).toBe(text);
  expect(thresholdDistance(of)?.used).toBeCloseTo(used, 3);
});

test("an alert that fires on until it resolves is told how far that is", () => {
  const firing: HeldFigure = { ...SLOW, state: "firing", resolveWhen: { op: "<", value: 4 } };
  expect(told({ ...firing, value: 4.5 })).toBe("13 % until it ends");
  expect(thresholdDistance({ ...firing, value: 4.5 })).toMatchObject({ side: "ending", by: 0.5 });
  expect(told({ ...firing, value: 6 })).toBe("20 % above");
  // Below that it ends, and what counts next is when it fires again.
  expect(told({ ...firing, value: 3 })).toBe("40 % away");
  // What does not fire has nothing to end.
  expect(told({ ...firing, state: "inactive", value: 4.5 })).toBe("10 % away");
});

test("there is no distance without data, or where an expression compares by itself", () => {
  expect(thresholdDistance(SLOW)).toBeUndefined();
  expect(thresholdDistance({ expr: "up == 0", unit: "", value: 0, state: "inactive" })).toBeUndefined();
});

test("it is told in Chinese", () => {
  expect(told({ ...SLOW, value: 3 }, "zh")).toBe("还差 40 %");
  expect(told({ ...SUCCESS, value: 50 }, "zh")).toBe("低于阈值 45 个百分点");
  expect(told({ ...SLOW, value: 6 }, "zh")).toBe("超出阈值 20 %");
  expect(told({ ...SLOW, value: 4.5, state: "firing", resolveWhen: { op: "<", value: 4 } }, "zh")).toBe(
    "距恢复还差 13 %",
  );
});
