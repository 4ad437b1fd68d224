import { expect, test } from "vitest";
import { calmAtMs, isFlapping } from "../../src/notify/flapping.js";

const MINUTE_MS = 60_000;
const changes = (...minutes: number[]): number[] => minutes.map((minute) => minute * MINUTE_MS);

test("an alert that fires for the third time within a quarter of an hour is flapping", () => {
  expect(isFlapping(false, changes(0, 3, 6, 9), 12 * MINUTE_MS)).toBe(false);
  expect(isFlapping(false, changes(0, 3, 6, 9, 12), 12 * MINUTE_MS)).toBe(true);
  expect(isFlapping(false, changes(0, 4, 8, 12, 16), 16 * MINUTE_MS)).toBe(false);
});

test("and is so until it is calm: two changes within that time are not", () => {
  const often = changes(0, 3, 6, 9, 12);
  expect(isFlapping(true, often, 20.9 * MINUTE_MS)).toBe(true);
  expect(isFlapping(true, often, 21 * MINUTE_MS)).toBe(false);
  expect(calmAtMs(often)).toBe(21 * MINUTE_MS);
});
