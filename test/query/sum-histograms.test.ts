import { describe, expect, it } from "vitest";
import { sumHistograms } from "../../src/query/sum-histograms.js";
import { explicitHistogram, exponentialHistogram } from "./example-histogram.js";

describe("the sum of histograms", () => {
  it("of none is none", () => {
    expect(sumHistograms([])).toBeUndefined();
  });

  it("of one kind keeps that kind", () => {
    const sum = sumHistograms([exponentialHistogram([1, 2]), exponentialHistogram([4])]);
    expect(sum).toMatchObject({ type: "exponential", count: 3, sum: 7 });
  });

  it("of both kinds has the explicit buckets, and every value", () => {
    const bounds = [0.5, 1, 5];
    const sum = sumHistograms([
      exponentialHistogram([0, 0.3, 0.7, 0.7, 3, 90]),
      explicitHistogram([0.1, 4], bounds),
      exponentialHistogram([0.9]),
    ]);
    expect(sum).toMatchObject({ type: "explicit", count: 9, bounds, counts: [3, 3, 2, 1] });
    expect(sum?.sum).toBeCloseTo(99.7, 10);
  });
});
