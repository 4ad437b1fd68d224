import { expect, test } from "vitest";
import { figureChange } from "../../src/dashboard/figure-change.js";
import { findIndicator } from "../../src/indicators/catalogue.js";

function change(id: string, before: number | undefined, value: number | undefined) {
  const { name, unit, group } = findIndicator(id) ?? {};
  if (name === undefined || unit === undefined || group === undefined) throw new Error(`no indicator ${id}`);
  const known = { ...(value !== undefined && { value }), ...(before !== undefined && { before }) };
  return figureChange({ id, name, unit, group, count: 1, ...known });
}

test.each([
  ["requests.count", 100, 112, { text: "↑12%" }],
  ["requests.count", 100, 60, { text: "↓40%" }],
  ["requests.count", 100, 100.3, { text: "=" }],
  ["requests.count", 0, 0, { text: "=" }],
  // Nothing is a multiple of zero.
  ["requests.count", 0, 5, { text: "↑" }],
  ["requests.count", 100, 1400, { text: "×14" }],
  ["cost.total", 2, 3, { text: "↑50%" }],
  ["cost.per_request", 2, 3, { text: "↑50%", verdict: "worse" }],
  ["response_time.p95", 1, 2, { text: "↑100%", verdict: "worse" }],
  ["response_time.p95", 2, 1, { text: "↓50%", verdict: "better" }],
  // The noise of any hour.
  ["response_time.p95", 100, 109, { text: "↑9%" }],
  ["llm.retries", 0, 3, { text: "↑", verdict: "worse" }],
  ["success_rate", 99.5, 71.4, { text: "↓28pp", verdict: "worse" }],
  ["success_rate", 98.6, 99.2, { text: "↑0.6pp" }],
  ["success_rate", 99.99, 100, { text: "=" }],
  ["error_rate", 5, 2.5, { text: "↓2.5pp", verdict: "better" }],
])("%s from %d to %d is %j", (id, before, value, expected) => {
  expect(change(id, before, value)).toEqual(expected);
});

test("there is none without both values", () => {
  expect(change("requests.count", undefined, 1)).toBeUndefined();
  expect(change("requests.count", 1, undefined)).toBeUndefined();
});
