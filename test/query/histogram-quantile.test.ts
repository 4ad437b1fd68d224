import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogramQuantile } from "../../src/query/histogram-quantile.js";
import type { ExponentialHistogram } from "../../src/receive/telemetry-batch.js";
import { explicitHistogram, exponentialHistogram } from "./example-histogram.js";

function buckets(overrides: Partial<ExponentialHistogram>): ExponentialHistogram {
  return { ...exponentialHistogram([]), scale: 0, ...overrides };
}

describe("exponential histograms", () => {
  // Histograms and answers of Prometheus' own test data, promql/promqltest/testdata/native_histograms.test. Its first
  // bucket ends at 1, which is index -1 in OTLP.
  const counts = [2, 3, 0, 1, 4];
  const positive = buckets({ count: 12, zeroCount: 2, zeroThreshold: 0.001, positive: { offset: -1, counts } });
  const negative = buckets({ count: 12, zeroCount: 2, zeroThreshold: 0.001, negative: { offset: -1, counts } });
  const one = { offset: -1, counts: [1, 2, 1] };

  it.each([
    ["positive", positive, 1, 16],
    ["positive", positive, 0.99, 15.67072476139083],
    ["positive", positive, 0.9, 12.99603834169977],
    ["positive", positive, 0.6, 4.594793419988138],
    ["positive", positive, 0.5, 1.5874010519681994],
    ["positive, in the zero bucket", positive, 0.1, 0.0006],
    ["negative, in the zero bucket", negative, 0.99, -0.00006],
    ["negative, in the zero bucket", negative, 0.9, -0.0006],
    ["negative", negative, 0.5, -1.5874010519681996],
    ["negative", negative, 0.1, -12.996038341699768],
    ["small", buckets({ count: 4, positive: one }), 0.5, Math.SQRT2],
    ["small negative", buckets({ count: 4, negative: one }), 0.5, -Math.SQRT2],
    ["balanced, in the gap", buckets({ count: 8, positive: one, negative: one }), 0.5, 0.5],
    ["zero bucket alone", buckets({ count: 1, zeroCount: 1, zeroThreshold: 0.5 }), 0.5, 0],
  ])("agree with Prometheus: %s %#", (_, histogram, q, expected) => {
    expect(histogramQuantile(histogram, q)).toBeCloseTo(expected, 10);
  });

  it("have no quantile without measurements", () => {
    expect(histogramQuantile(exponentialHistogram([]), 0.5)).toBeUndefined();
  });

  it("are within one bucket's width of the true quantile", () => {
    const seconds = fc.double({ min: 0.01, max: 600, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(seconds, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.25, 0.5, 0.95, 0.99, 1),
        fc.integer({ min: 0, max: 8 }),
        (values, q, scale) => {
          const estimate = histogramQuantile(exponentialHistogram(values, scale), q);
          const { below, above } = trueQuantile(values, q);
          const width = 2 ** (2 ** -scale);
          expect(estimate).toBeGreaterThanOrEqual((below / width) * (1 - 1e-9));
          expect(estimate).toBeLessThanOrEqual(above * width * (1 + 1e-9));
        },
      ),
    );
  });

  it("never fall as q rises", () => {
    const seconds = fc.double({ min: 0.01, max: 600, noNaN: true });
    const q = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1 }), fc.tuple(q, q), (values, pair) => {
        const [lower, higher] = pair.sort((a, b) => a - b);
        const histogram = exponentialHistogram(values);
        const low = histogramQuantile(histogram, lower ?? 0) ?? 0;
        expect(histogramQuantile(histogram, higher ?? 0)).toBeGreaterThanOrEqual(low * (1 - 1e-9));
      }),
    );
  });
});

/** The values on both sides of the rank: any answer between them is right. */
function trueQuantile(values: readonly number[], q: number): { below: number; above: number } {
  const ordered = [...values].sort((a, b) => a - b);
  const rank = q * ordered.length;
  const below = ordered[Math.max(0, Math.ceil(rank - 1e-9) - 1)] ?? 0;
  const above = ordered[Math.min(ordered.length - 1, Math.floor(rank + 1e-9))] ?? 0;
  return { below, above };
}

describe("explicit histograms", () => {
  const bounds = [0.1, 0.2, 0.5, 1];

  it.each([
    // 4 of 10 up to 0.1, 3 up to 0.2, 2 up to 0.5, 1 up to 1: rank 5 is 1 of 3 into (0.1, 0.2].
    ["inside a bucket", [4, 3, 2, 1, 0], 0.5, 0.1 + 0.1 / 3],
    // Rank 9.5: half into (0.5, 1].
    ["in the last finite bucket", [4, 3, 2, 1, 0], 0.95, 0.75],
    // Rank 2: the lowest bucket begins at 0.
    ["in the lowest bucket", [4, 3, 2, 1, 0], 0.2, 0.05],
    // Rank 7 is exactly the end of (0.1, 0.2].
    ["at a bound", [4, 3, 2, 1, 0], 0.7, 0.2],
    ["beyond the highest bound", [0, 0, 0, 1, 9], 0.95, 1],
    ["past empty buckets", [0, 0, 0, 2, 0], 0.5, 0.75],
  ])("interpolate linearly %s", (_, counts, q, expected) => {
    const histogram = { ...explicitHistogram([], bounds), count: 10, counts };
    expect(histogramQuantile(histogram, q)).toBeCloseTo(expected, 12);
  });

  it("answer with the lowest bound where that is not above 0", () => {
    expect(histogramQuantile(explicitHistogram([-3, -2], [-1, 1]), 0.5)).toBe(-1);
  });

  it("have no quantile without bounds or measurements", () => {
    expect(histogramQuantile(explicitHistogram([1, 2], []), 0.5)).toBeUndefined();
    expect(histogramQuantile(explicitHistogram([], bounds), 0.5)).toBeUndefined();
  });

  it("are within the bucket of the true quantile", () => {
    const values = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.9, 0.95), (seconds, q) => {
        const estimate = histogramQuantile(explicitHistogram(seconds, bounds), q) ?? Number.NaN;
        const { below, above } = trueQuantile(seconds, q);
        const floor = bounds.filter((bound) => bound < below).at(-1) ?? 0;
        const ceiling = bounds.find((bound) => bound >= above) ?? 1;
        expect(estimate).toBeGreaterThanOrEqual(floor);
        expect(estimate).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});
