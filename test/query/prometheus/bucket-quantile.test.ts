import { describe, expect, it } from "vitest";
import { histogramQuantile } from "../../../src/query/histogram-quantile.js";
import { bucketQuantiles, vmrangeBuckets } from "../../../src/query/prometheus/bucket-quantile.js";
import type { VectorSample } from "../../../src/query/prometheus/prometheus-client.js";
import { sumHistograms } from "../../../src/query/sum-histograms.js";
import { explicitHistogram, exponentialHistogram } from "../example-histogram.js";

/** The buckets that VictoriaMetrics makes of these values at a scale. */
function vmranges(values: readonly number[], scale: number, labels: Record<string, string> = {}): VectorSample[] {
  const { positive, zeroCount } = exponentialHistogram(values, scale);
  const bound = (index: number) => (2 ** (index * 2 ** -scale)).toExponential(3);
  const samples = positive.counts.map((value, i) => ({
    labels: { ...labels, vmrange: `${bound(positive.offset + i)}...${bound(positive.offset + i + 1)}` },
    value,
  }));
  if (zeroCount > 0) samples.push({ labels: { ...labels, vmrange: "0.000e+00...0.000e+00" }, value: zeroCount });
  return samples.filter(({ value }) => value > 0);
}

const vmrangeQuantiles = (last: readonly VectorSample[], before: readonly VectorSample[], q: number) =>
  bucketQuantiles(vmrangeBuckets(last, before), [], q);

/** The buckets that a backend makes of these values at explicit bounds. */
function classicBuckets(values: readonly number[], bounds: readonly number[], labels: Record<string, string> = {}) {
  return [...bounds, Number.POSITIVE_INFINITY].map(
    (bound): VectorSample => ({
      labels: { ...labels, le: bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound) },
      value: values.filter((value) => value <= bound).length,
    }),
  );
}

const slow = Array.from({ length: 200 }, (_, i) => 0.5 * 1.02 ** i);
const fast = Array.from({ length: 150 }, (_, i) => 0.1 * 1.03 ** i);

describe("the quantile of vmrange buckets", () => {
  it.each([0.05, 0.5, 0.95, 0.99, 1])("%d of one series is the local one", (q) => {
    const [sample] = vmrangeQuantiles(vmranges(slow, 3), [], q);
    const local = histogramQuantile(exponentialHistogram(slow, 3), q) ?? Number.NaN;
    expect((sample?.value ?? 0) / local).toBeCloseTo(1, 3);
  });

  it.each([0.5, 0.95, 0.99])("%d of series with different scales is near that of their merged histogram", (q) => {
    const mixed = [...vmranges(slow, 2), ...vmranges(fast, 6)];
    const [sample] = vmrangeQuantiles(mixed, [], q);
    const merged = sumHistograms([exponentialHistogram(slow, 2), exponentialHistogram(fast, 2)]);
    const local = (merged && histogramQuantile(merged, q)) ?? Number.NaN;
    expect(Math.abs((sample?.value ?? 0) / local - 1)).toBeLessThan(0.05);
  });

  it("leaves out what was counted before, also when the scale has changed since", () => {
    const [sample] = vmrangeQuantiles(vmranges([...fast, ...slow], 3), vmranges(fast, 6), 0.5);
    const local = histogramQuantile(exponentialHistogram(slow, 3), 0.5) ?? Number.NaN;
    expect(Math.abs((sample?.value ?? 0) / local - 1)).toBeLessThan(0.01);
  });

  it("is NaN where nothing was counted in between", () => {
    const [sample] = vmrangeQuantiles(vmranges(slow, 3), vmranges(slow, 3), 0.5);
    expect(sample?.value).toBeNaN();
    expect(vmrangeQuantiles([], [], 0.5)).toEqual([]);
  });

  it("is of each group, without the label of the range", () => {
    const samples = [...vmranges([1, 1], 0, { model: "a" }), ...vmranges([8, 8], 0, { model: "b" })];
    expect(vmrangeQuantiles(samples, [], 1)).toEqual([
      { labels: { model: "a" }, value: 1 },
      { labels: { model: "b" }, value: 8 },
    ]);
  });

  it("is 0 among zeros", () => {
    expect(vmrangeQuantiles(vmranges([0, 0, 0, 5], 3), [], 0.5)[0]?.value).toBe(0);
  });
});

describe("the quantile of buckets of both kinds", () => {
  const bounds = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4];

  it.each([0.05, 0.5, 0.95, 1])("%d is the local one", (q) => {
    const [sample] = bucketQuantiles(vmrangeBuckets(vmranges(slow, 5), []), classicBuckets(fast, bounds).reverse(), q);
    const sum = sumHistograms([exponentialHistogram(slow, 5), explicitHistogram(fast, bounds)]);
    expect(sample?.value).toBeCloseTo((sum && histogramQuantile(sum, q)) ?? Number.NaN, 9);
  });

  it("is as fine as the buckets are in a group that has events of one kind", () => {
    const [fine, coarse] = [{ service: "fine" }, { service: "coarse" }];
    const idle = classicBuckets([], bounds, fine);
    const answer = bucketQuantiles(
      vmrangeBuckets(vmranges([1, 1], 8, fine), []),
      [...idle, ...classicBuckets([0.3, 0.3], bounds, coarse), { labels: fine, value: 9 }],
      0.5,
    );
    expect(answer.map(({ labels }) => labels)).toEqual([fine, coarse]);
    expect(answer[0]?.value).toBeCloseTo(1, 2);
    expect(answer[1]?.value).toBeCloseTo(0.3, 9);
  });

  it("takes what falls from one bound to the next, where apps have different ones, for no events", () => {
    const upTo = { "0.2": 2, "0.4": 0, "0.8": 4, "+Inf": 4 };
    const classic = Object.entries(upTo).map(([le, value]) => ({ labels: { le }, value }));
    expect(bucketQuantiles([], classic, 0.75)[0]?.value).toBeCloseTo(0.6, 9);
  });
});
