import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/alert/duration.js";

test.each([
  ["5m", 300],
  ["15s", 15],
  ["1h30m", 5400],
  ["250ms", 0.25],
  ["1m250ms", 60.25],
  ["1.5s", 1.5],
  ["2d", 172_800],
  ["0s", 0],
])("%s is %d seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "5", "m", "5 m", "30m1h", "-5m", "5min", "1h 30m", "1e3s"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("a formatted duration reads back as the same time, to the millisecond", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms / 1000))).toBe(ms / 1000);
    }),
  );
});
