import { expect, test } from "vitest";
import { holds, parseThreshold } from "../../src/alert/threshold.js";

test.each([
  ["> 5s", "s", { op: ">", value: 5 }],
  ["> 250ms", "s", { op: ">", value: 0.25 }],
  [">=1m30s", "s", { op: ">=", value: 90 }],
  ["> 5 s", "s", { op: ">", value: 5 }],
  ["< 95%", "%", { op: "<", value: 95 }],
  ["<= 99.9 %", "%", { op: "<=", value: 99.9 }],
  ["> 20 USD", "USD", { op: ">", value: 20 }],
  ["> 100", "requests", { op: ">", value: 100 }],
  ["> 100 requests", "requests", { op: ">", value: 100 }],
  ["< 0.5 req/s", "req/s", { op: "<", value: 0.5 }],
] as const)("%s of an indicator in %s", (text, unit, threshold) => {
  expect(parseThreshold(text, unit)).toEqual(threshold);
});

test.each([
  ["> 5", "s", 'found no unit in "> 5"'],
  ["< 0.95", "%", 'found no unit in "< 0.95"'],
  ["> 5 USD", "s", 'found the unit "USD"'],
  ["< 95%", "requests", 'found the unit "%"'],
  ["= 5s", "s", 'found "= 5s"'],
  ["> many", "requests", 'found "> many"'],
  ["> NaN", "%", 'found "> NaN"'],
] as const)("%s is refused for an indicator in %s, with an example that is accepted", (text, unit, complaint) => {
  const answer = parseThreshold(text, unit);
  expect(answer).toHaveProperty("mistake", expect.stringContaining(complaint));
  const example = "mistake" in answer ? (answer.mistake.match(/such as "([^"]+)"/)?.[1] ?? "") : "";
  expect(parseThreshold(example, unit)).not.toHaveProperty("mistake");
});

test.each([
  [">", false, true],
  [">=", true, true],
  ["<", false, false],
  ["<=", true, false],
] as const)("%s at its threshold and above it", (op, at, above) => {
  expect(holds({ op, value: 5 }, 5)).toBe(at);
  expect(holds({ op, value: 5 }, 5.1)).toBe(above);
});
