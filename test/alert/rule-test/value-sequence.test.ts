import { expect, test } from "vitest";
import { parseValueSequence } from "../../../src/alert/rule-test/value-sequence.js";

const none = "no_data";

test.each<[string, (number | string)[]]>([
  ["4", [4]],
  ["4 5.5 -1 1e3", [4, 5.5, -1, 1000]],
  ["6x3", [6, 6, 6, 6]],
  ["4x0", [4]],
  ["4+2x3", [4, 6, 8, 10]],
  ["4-1x2", [4, 3, 2]],
  ["-2+4x3", [-2, 2, 6, 10]],
  ["1+-1x2", [1, 0, -1]],
  ["_", [none]],
  ["_x3", [none, none, none]],
  ["stale", [none]],
  ["error 1", ["error", 1]],
  ["errorx2", ["error", "error"]],
  [
    "Inf -Inf Infx1",
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ],
  ["NaN", [Number.NaN]],
  ["  1\n  2 ", [1, 2]],
  ["", []],
])("%j", (text, values) => {
  expect(parseValueSequence(text)).toEqual({ values });
});

test.each([
  ["1 2 x3", "x3", 4],
  ["1 4+2", "4+2", 2],
  ["1 4s", "4s", 2],
  ["err", "err", 0],
  ["4x-1", "4x-1", 0],
  ["__", "__", 0],
])("%j is refused at its wrong part", (text, part, within) => {
  const read = parseValueSequence(text);
  expect(read).toMatchObject({ within });
  expect(read).toHaveProperty("mistake", expect.stringContaining(`found "${part}"`));
});

test("a slip in a count does not fill the memory", () => {
  expect(parseValueSequence("0 1x999999999999")).toMatchObject({
    within: 2,
    mistake: expect.stringContaining("at most"),
  });
});
