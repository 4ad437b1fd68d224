import type { ExplicitHistogram, ExponentialHistogram, Histogram } from "../receive/telemetry-batch.js";

/**
 * The q-quantile of a histogram, estimated inside the bucket that it falls into the way Prometheus'
 * `histogram_quantile` does, so that a rule means the same on both: native histograms interpolate exponentially,
 * classic ones linearly.
 *
 * @param q in (0, 1]
 * @returns undefined without measurements, and for an explicit histogram without any bound
 */
export function histogramQuantile(histogram: Histogram, q: number): number | undefined {
  if (!(histogram.count > 0)) return undefined;
  return histogram.type === "exponential" ? exponentialQuantile(histogram, q) : explicitQuantile(histogram, q);
}

interface Bucket {
  lower: number;
  upper: number;
  count: number;
}

/** The buckets that hold something, lowest first. */
function filledBuckets(histogram: ExponentialHistogram): Bucket[] {
  const bound = (index: number): number => 2 ** (index * 2 ** -histogram.scale);
  const side = ({ offset, counts }: { offset: number; counts: number[] }): Bucket[] =>
    counts
      .map((count, i) => ({
        // A bucket that reaches into the zero bucket begins where that ends.
        lower: Math.max(bound(offset + i), histogram.zeroThreshold),
        upper: bound(offset + i + 1),
        count,
      }))
      .filter((bucket) => bucket.count > 0);

  const positive = side(histogram.positive);
  const negative = side(histogram.negative)
    .map(({ lower, upper, count }) => ({ lower: -upper, upper: -lower, count }))
    .reverse();
  if (histogram.zeroCount === 0) return [...negative, ...positive];
  const zero: Bucket = {
    lower: negative.length === 0 && positive.length > 0 ? 0 : -histogram.zeroThreshold,
    upper: positive.length === 0 && negative.length > 0 ? 0 : histogram.zeroThreshold,
    count: histogram.zeroCount,
  };
  return [...negative, zero, ...positive];
}

function exponentialQuantile(histogram: ExponentialHistogram, q: number): number | undefined {
  const buckets = filledBuckets(histogram);
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  // Prometheus counts from the nearer end. It matters when the rank is exactly between two buckets with a gap.
  const fromTop = q >= 0.5;
  if (fromTop) buckets.reverse();
  const rank = (fromTop ? 1 - q : q) * total;

  let passed = 0;
  for (const bucket of buckets) {
    if (passed + bucket.count >= rank) {
      const into = (rank - passed) / bucket.count;
      return interpolate(bucket, fromTop ? 1 - into : into);
    }
    passed += bucket.count;
  }
  // Only when rounding made the rank larger than the total.
  const last = buckets.at(-1);
  return fromTop ? last?.lower : last?.upper;
}

function interpolate({ lower, upper }: Bucket, fraction: number): number {
  if (lower <= 0 && upper >= 0) return lower + (upper - lower) * fraction;
  return lower * (upper / lower) ** fraction;
}

function explicitQuantile(histogram: ExplicitHistogram, q: number): number | undefined {
  const { bounds, counts } = histogram;
  const highest = bounds.at(-1);
  if (highest === undefined) return undefined;
  const rank = q * counts.reduce((sum, count) => sum + count, 0);

  let passed = 0;
  for (const [i, upper] of bounds.entries()) {
    const count = counts[i] ?? 0;
    if (count > 0 && passed + count >= rank) {
      // The lowest bucket has no lower bound: 0 is assumed where that is possible.
      const lower = bounds[i - 1] ?? Math.min(upper, 0);
      return lower + (upper - lower) * ((rank - passed) / count);
    }
    passed += count;
  }
  return highest;
}
