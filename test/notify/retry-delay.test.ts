import { expect, test } from "vitest";
import { retryDelayMs } from "../../src/notify/retry-delay.js";

test("delays double up to five minutes, anywhere between nothing and that", () => {
  const longest = [1, 2, 3, 8, 9, 100].map((failures) => retryDelayMs(failures, 1));
  expect(longest).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000]);
  expect(retryDelayMs(100, 0)).toBe(0);
  expect(retryDelayMs(1, 0.5)).toBe(1000);
});

test("a service that says how long is not asked earlier, nor by everybody at once", () => {
  expect(retryDelayMs(1, 0, 60_000)).toBe(60_000);
  expect(retryDelayMs(9, 0.5, 60_000)).toBe(60_500);
});
