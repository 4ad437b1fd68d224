import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExplicitHistogram, ExponentialHistogram, Histogram } from "../../src/receive/telemetry-batch.js";
import { GrowthSum } from "../../src/store/growth-sum.js";
import { mergeHistograms } from "../../src/store/histogram.js";

const side = fc.record({
  offset: fc.integer({ min: -2_000, max: 2_000 }),
  counts: fc.array(fc.nat(3), { maxLength: 20 }),
});
const end = fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined });

const exponential: fc.Arbitrary<ExponentialHistogram> = fc
  .record({
    ...{ positive: side, negative: side, min: end, max: end, sum: fc.integer() },
    ...{ scale: fc.integer({ min: 1, max: 3 }), zeroCount: fc.nat(2), zeroThreshold: fc.constantFrom(0, 0, 0, 0.01) },
  })
  .map((histogram) => {
    const counts = [histogram.zeroCount, ...histogram.positive.counts, ...histogram.negative.counts];
    return { type: "exponential", ...histogram, count: counts.reduce((all, count) => all + count, 0) };
  });

const explicit: fc.Arbitrary<ExplicitHistogram> = fc
  .record({
    ...{ min: end, max: end, sum: fc.integer(), bounds: fc.constantFrom<number[]>([1, 5, 10], [1, 5, 10], [1, 10]) },
    counts: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
  })
  .map(({ bounds, counts, ...histogram }) => {
    const some = counts.slice(0, bounds.length + 1);
    return { type: "explicit", ...histogram, bounds, counts: some, count: some.reduce((all, each) => all + each, 0) };
  });

/** Without empty buckets at the ends, as merges leave one histogram alone. */
const merged = (histograms: readonly Histogram[]): Histogram => {
  const [first] = histograms as [Histogram];
  if (first.type === "explicit") return histograms.reduce(mergeHistograms);
  const none: Histogram = { ...first, ...{ count: 0, sum: 0, zeroCount: 0 }, positive: NONE, negative: NONE };
  return histograms.reduce(mergeHistograms, none);
};
const NONE = { offset: 0, counts: [] };

describe("a sum of growth", () => {
  it.each([
    ["exponential", exponential],
    ["explicit", explicit],
  ])("of %s histograms is what merges one after the other give, and leaves them as they were", (_, histogram) => {
    fc.assert(
      fc.property(fc.array(histogram as fc.Arbitrary<Histogram>, { minLength: 1, maxLength: 6 }), (all) => {
        const before = structuredClone(all);
        const sum = new GrowthSum(all[0] as Histogram);
        for (const each of all.slice(1)) sum.add(each);
        expect(sum.value).toEqual(merged(before));
        expect(all).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it("of numbers is their sum", () => {
    const sum = new GrowthSum(2);
    sum.add(3);
    expect(sum.value).toBe(5);
  });

  it("of two types is refused", () => {
    const [one] = fc.sample(exponential, 1) as [ExponentialHistogram];
    const [other] = fc.sample(explicit, 1) as [ExplicitHistogram];
    expect(() => new GrowthSum(one).add(other)).toThrow(TypeError);
  });
});
