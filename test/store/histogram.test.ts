import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExplicitHistogram, ExponentialHistogram, Histogram } from "../../src/receive/telemetry-batch.js";
import { downscale, mergeHistograms, subtractHistograms } from "../../src/store/histogram.js";

/** Bucket i holds the values in (base^i, base^(i+1)], base = 2^(2^-scale): the definition, worked out per value. */
function exponential(values: readonly number[], scale: number, zeroThreshold = 0): ExponentialHistogram {
  const side = (magnitudes: number[]): ExponentialHistogram["positive"] => {
    const indexes = magnitudes.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
    if (indexes.length === 0) return { offset: 0, counts: [] };
    const offset = Math.min(...indexes);
    const counts = new Array<number>(Math.max(...indexes) - offset + 1).fill(0);
    for (const index of indexes) counts[index - offset] = (counts[index - offset] ?? 0) + 1;
    return { offset, counts };
  };
  return {
    type: "exponential",
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    min: values.length === 0 ? undefined : Math.min(...values),
    max: values.length === 0 ? undefined : Math.max(...values),
    scale,
    zeroCount: values.filter((value) => Math.abs(value) <= zeroThreshold).length,
    zeroThreshold,
    positive: side(values.filter((value) => value > zeroThreshold)),
    negative: side(values.filter((value) => value < -zeroThreshold).map(Math.abs)),
  };
}

function explicit(values: readonly number[], bounds: number[]): ExplicitHistogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const value of values) {
    const found = bounds.findIndex((bound) => value <= bound);
    const at = found === -1 ? bounds.length : found;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const { count, sum, min, max } = exponential(values, 0);
  return { type: "explicit", count, sum, min, max, bounds, counts };
}

// From 0.003 to 1,000, no power of two: the bucket at every scale up to 8 is beyond a rounding error's doubt.
const value = fc
  .integer({ min: 3, max: 1_000_000 })
  .filter((number) => !Number.isInteger(Math.log2(number)))
  .chain((number) => fc.constantFrom(number / 1_024, number / 1_024, -number / 1_024, 0));
const values = fc.array(value, { maxLength: 30 });
const scale = fc.integer({ min: -4, max: 6 });

describe("exponential histograms", () => {
  it("merge into the histogram of all values, at the coarser scale", () => {
    fc.assert(
      fc.property(values, scale, values, scale, (a, scaleA, b, scaleB) => {
        const merged = mergeHistograms(exponential(a, scaleA), exponential(b, scaleB));
        expect(merged).toEqual(exponential([...a, ...b], Math.min(scaleA, scaleB)));
      }),
    );
  });

  it("merge in any order and grouping to the same", () => {
    const histogram = fc.tuple(values, scale).map(([list, at]) => exponential(list, at));
    fc.assert(
      fc.property(histogram, histogram, histogram, (a, b, c) => {
        expect(mergeHistograms(a, b)).toEqual(mergeHistograms(b, a));
        expect(mergeHistograms(mergeHistograms(a, b), c)).toEqual(mergeHistograms(a, mergeHistograms(b, c)));
      }),
    );
  });

  it("subtract to the values that came since, also when the scale fell in between", () => {
    fc.assert(
      fc.property(values, values, scale, fc.nat(6), (before, since, at, fall) => {
        const earlier = exponential(before, at);
        const later = exponential([...before, ...since], at - fall);
        const { min: _min, max: _max, ...expected } = exponential(since, at - fall);
        expect(subtractHistograms(later, earlier)).toEqual({ ...expected, min: undefined, max: undefined });
      }),
    );
  });

  it("are told apart from a continuation when they began anew", () => {
    expect(subtractHistograms(exponential([5], 3), exponential([5, 6], 3))).toBeUndefined();
    // As many values or more, but others.
    expect(subtractHistograms(exponential([5, 100, 100], 3), exponential([5, 6], 3))).toBeUndefined();
    expect(subtractHistograms(exponential([5, 6, 7], 3), exponential([0, 6], 3))).toBeUndefined();
  });

  it("downscale to what they would have been at the coarser scale", () => {
    fc.assert(
      fc.property(values, scale, fc.nat(8), (list, at, steps) => {
        expect(downscale(exponential(list, at), steps)).toEqual(exponential(list, at - steps));
      }),
    );
  });

  it("take the wider zero bucket, moved to the end of a bucket that it would cut", () => {
    const wide = exponential([1, 5, 100], 0, 3);
    const fine = exponential([1.5, 2.5, 3.5, -2.5, 50], 0);
    // At scale 0 the bucket (2, 4] has 2.5 and 3.5: a threshold of 3 would cut it.
    expect(mergeHistograms(wide, fine)).toMatchObject({ count: 8, zeroThreshold: 4, zeroCount: 1 + 4 });
    fc.assert(
      fc.property(values, fc.constantFrom(0, 4, 9, 100), values, fc.constantFrom(0, 5, 64), (a, zeroA, b, zeroB) => {
        const merged = mergeHistograms(exponential(a, 2, zeroA), exponential(b, 2, zeroB)) as ExponentialHistogram;
        const counts = [merged.zeroCount, ...merged.positive.counts, ...merged.negative.counts];
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(a.length + b.length);
        const beyond = [...a, ...b].filter((number) => Math.abs(number) > merged.zeroThreshold).length;
        expect(merged.zeroCount).toBe(a.length + b.length - beyond);
      }),
    );
  });

  it("far apart lower the scale instead of filling the memory", () => {
    const at = (offset: number): ExponentialHistogram => ({
      ...exponential([5], 20),
      positive: { offset, counts: [1] },
    });
    const merged = mergeHistograms(at(-(2 ** 31)), at(2 ** 31)) as ExponentialHistogram;
    expect(merged.positive.counts.length).toBeLessThanOrEqual(1_280);
    expect(merged.positive.counts.reduce((a, b) => a + b)).toBe(2);
  });
});

describe("explicit histograms", () => {
  const bounds = fc
    .uniqueArray(fc.integer({ min: -10, max: 1_000 }), { maxLength: 8 })
    .map((list) => list.sort((a, b) => a - b));

  it("merge into the histogram of all values, at the bounds that both have", () => {
    fc.assert(
      fc.property(values, bounds, values, bounds, (a, boundsA, b, boundsB) => {
        const shared = boundsA.filter((bound) => boundsB.includes(bound));
        expect(mergeHistograms(explicit(a, boundsA), explicit(b, boundsB))).toEqual(explicit([...a, ...b], shared));
      }),
    );
  });

  it("subtract to the values that came since", () => {
    fc.assert(
      fc.property(values, values, bounds, (before, since, at) => {
        const { min: _min, max: _max, ...expected } = explicit(since, at);
        const growth = subtractHistograms(explicit([...before, ...since], at), explicit(before, at));
        expect(growth).toEqual({ ...expected, min: undefined, max: undefined });
      }),
    );
    expect(subtractHistograms(explicit([1, 2], [5]), explicit([1], [6]))).toBeUndefined();
    expect(subtractHistograms(explicit([9, 9], [5]), explicit([1], [5]))).toBeUndefined();
  });
});

it("the smallest and largest of a merge are unknown when one side's are", () => {
  const growth = subtractHistograms(exponential([1, 5], 3), exponential([1], 3)) as Histogram;
  expect(mergeHistograms(growth, exponential([3], 3))).toMatchObject({ min: undefined, max: undefined });
  expect(mergeHistograms(exponential([], 3), exponential([3], 3))).toMatchObject({ min: 3, max: 3 });
});

it("histograms of two types cannot be merged, and one does not continue the other", () => {
  expect(() => mergeHistograms(exponential([1], 0), explicit([1], [2]))).toThrow(TypeError);
  expect(subtractHistograms(exponential([1], 0), explicit([1], [2]))).toBeUndefined();
});
