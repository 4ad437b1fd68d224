import { expect, test } from "vitest";
import { lonePoints } from "../../../../src/dashboard/page/chart/lone-points.js";

const NONE = undefined;

test.each<[values: (number | undefined)[], lone: number[]]>([
  [
    [NONE, 1, NONE, 2, 3, NONE, 0, NONE],
    [1, 6],
  ],
  [
    [1, NONE, 2],
    [0, 2],
  ],
  [[1, 2], []],
  [[7], [0]],
  [[], []],
])("of %j, those without a neighbour stand at %j", (values, lone) => {
  expect(lonePoints(values)).toEqual(lone);
});
