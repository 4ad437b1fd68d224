import { expect, test } from "vitest";
import { SendLimit } from "../../../src/notify/robot/send-limit.js";

const START_MS = Date.parse("2026-08-01T10:00:00Z");

test("of any 60 seconds, not of clock minutes", () => {
  const limit = new SendLimit(2);
  expect(limit.take(START_MS + 50_000)).toBe(0);
  expect(limit.take(START_MS + 59_000)).toBe(0);
  expect(limit.take(START_MS + 61_000)).toBe(49_000);
  expect(limit.take(START_MS + 109_999)).toBe(1);
  expect(limit.take(START_MS + 110_000)).toBe(0);
  expect(limit.take(START_MS + 110_001)).toBe(8_999);
});

test("who waits takes no place", () => {
  const limit = new SendLimit(1);
  expect(limit.take(START_MS)).toBe(0);
  for (let waiting = 1; waiting < 5; waiting++) expect(limit.take(START_MS + waiting)).toBe(60_000 - waiting);
  expect(limit.take(START_MS + 60_000)).toBe(0);
});

test("a clock that is set back does not close it for hours", () => {
  const limit = new SendLimit(1);
  expect(limit.take(START_MS)).toBe(0);
  expect(limit.take(START_MS - 3_600_000)).toBe(0);
});
