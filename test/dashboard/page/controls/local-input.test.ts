import { expect, test } from "vitest";
import { localInput } from "../../../../src/dashboard/page/controls/local-input.js";

test("an input has the reader's own time, and leads back to the same", () => {
  const iso = "2026-07-31T22:45:00.000Z";
  const text = localInput(iso);
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  // Without an offset a time is the reader's.
  expect(new Date(text).toISOString()).toBe(iso);
});

test.each([undefined, "", "soon"])("of %j there is nothing to show", (iso) => {
  expect(localInput(iso)).toBe("");
});
