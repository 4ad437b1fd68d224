import { expect, test } from "vitest";
import { changesOf } from "../../src/alert/comparison.js";

const sample = (value: number, count = 10, model = "a") => ({ labels: { model }, value, count });

test.each([
  [12, 10, 20],
  [9, 10, -10],
  [10, 10, 0],
  [0, 10, -100],
])("%s after %s is a change of %s %", (now, base, change) => {
  expect(changesOf([sample(now)], [sample(base)])).toEqual([{ labels: { model: "a" }, value: change, count: 10 }]);
});

test("without a base, or with a base of 0, there is no change", () => {
  expect(changesOf([sample(12)], [])).toEqual([]);
  expect(changesOf([], [sample(12)])).toEqual([]);
  expect(changesOf([sample(12)], [sample(0)])).toEqual([]);
  expect(changesOf([sample(12)], [sample(10, 10, "b")])).toEqual([]);
});

test("what is no number stays none, so that it is not taken for an end", () => {
  expect(changesOf([sample(Number.NaN)], [sample(1)])[0]?.value).toBeNaN();
  expect(changesOf([sample(1)], [sample(Number.NaN)])[0]?.value).toBeNaN();
});

test("it rests on the events of the side that has fewer", () => {
  expect(changesOf([sample(12, 3)], [sample(10, 8)])[0]?.count).toBe(3);
  expect(changesOf([sample(12, 8)], [sample(10, 3)])[0]?.count).toBe(3);
});
