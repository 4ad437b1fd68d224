import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration, formatTime } from "../../../src/dashboard/page/format.js";

test.each([
  [0, "0 ms"],
  [0.0004, "0.4 ms"],
  [0.412, "412 ms"],
  [3.214, "3.21 s"],
  [125, "2 min 5 s"],
  [119.7, "2 min 0 s"],
])("%d s is shown as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [38, "38"],
  [9999, "9,999"],
  [12_345, "12.3k"],
  [4_100_000, "4.1M"],
])("a count of %d is shown as %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [512, "512 B"],
  [1_234_567, "1.2 MB"],
  [10_000_000_000, "10 GB"],
])("%d bytes are shown as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("a time of another day names the day", () => {
  const now = new Date(2026, 4, 3, 12, 0, 0);
  expect(formatTime(new Date(2026, 4, 3, 9, 5, 7).toISOString(), "en", now)).toBe("09:05:07");
  expect(formatTime(new Date(2026, 4, 2, 9, 5, 7).toISOString(), "en", now)).toBe("2 May 09:05:07");
  expect(formatTime(new Date(2026, 4, 2, 9, 5, 7).toISOString(), "zh", now)).toBe("5月2日 09:05:07");
});
