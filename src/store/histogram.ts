import type { ExplicitHistogram, ExponentialHistogram, Histogram } from "../receive/telemetry-batch.js";

type Side = ExponentialHistogram["positive"];

/**
 * Most buckets of one side of an exponential histogram after a merge; beyond, the scale is lowered. At the SDKs'
 * 160 buckets two histograms need it only when their values are many octaves apart, and then the buckets are still
 * far finer than 1 %.
 */
export const MAX_BUCKETS = 1_280;

/**
 * The histogram of both histograms' values. Exponential ones get the coarser of the two scales and the wider zero
 * bucket; explicit ones keep the bounds that both have.
 *
 * @throws {TypeError} when one is exponential and the other explicit.
 */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const common = {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: a.count === 0 ? b.min : b.count === 0 ? a.min : both(a.min, b.min, Math.min),
    max: a.count === 0 ? b.max : b.count === 0 ? a.max : both(a.max, b.max, Math.max),
  };
  if (a.type === "exponential" && b.type === "exponential") {
    const [left, right] = aligned(a, b);
    return {
      ...left,
      ...common,
      zeroCount: left.zeroCount + right.zeroCount,
      positive: combine(left.positive, right.positive, (x, y) => x + y),
      negative: combine(left.negative, right.negative, (x, y) => x + y),
    };
  }
  if (a.type === "explicit" && b.type === "explicit") {
    const bounds = a.bounds.filter((bound) => b.bounds.includes(bound));
    const [left, right] = [rebucket(a, bounds), rebucket(b, bounds)];
    return { type: "explicit", ...common, bounds, counts: left.map((count, i) => count + (right[i] ?? 0)) };
  }
  throw new TypeError(`an ${a.type} histogram cannot be merged with an ${b.type} one`);
}

/**
 * The values that `later` has and `earlier` had not yet, given two states of one cumulative histogram. Their
 * smallest and largest are not known. Undefined when `earlier` is not contained in `later`: then the histogram began
 * anew in between.
 */
export function subtractHistograms(later: Histogram, earlier: Histogram): Histogram | undefined {
  const common = { count: later.count - earlier.count, sum: later.sum - earlier.sum, min: undefined, max: undefined };
  if (common.count < 0) return undefined;
  if (later.type === "exponential" && earlier.type === "exponential") {
    const [left, right] = aligned(later, earlier);
    const difference: ExponentialHistogram = {
      ...left,
      ...common,
      zeroCount: left.zeroCount - right.zeroCount,
      positive: combine(left.positive, right.positive, (x, y) => x - y),
      negative: combine(left.negative, right.negative, (x, y) => x - y),
    };
    const counts = [difference.zeroCount, ...difference.positive.counts, ...difference.negative.counts];
    return counts.some((count) => count < 0) ? undefined : difference;
  }
  if (later.type === "explicit" && earlier.type === "explicit") {
    if (later.bounds.length !== earlier.bounds.length || later.bounds.some((bound, i) => bound !== earlier.bounds[i])) {
      return undefined;
    }
    const counts = later.counts.map((count, i) => count - (earlier.counts[i] ?? 0));
    return counts.some((count) => count < 0) ? undefined : { ...later, ...common, counts };
  }
  return undefined;
}

/** The same values in buckets 2^`steps` times as wide (on the logarithmic scale). */
export function downscale(histogram: ExponentialHistogram, steps: number): ExponentialHistogram {
  if (steps === 0) return histogram;
  return {
    ...histogram,
    scale: histogram.scale - steps,
    positive: widen(histogram.positive, steps),
    negative: widen(histogram.negative, steps),
  };
}

const both = (
  a: number | undefined,
  b: number | undefined,
  choose: (a: number, b: number) => number,
): number | undefined => (a === undefined || b === undefined ? undefined : choose(a, b));

/** Both at one scale and zero threshold, without empty buckets at the ends, together within the bucket limit. */
function aligned(a: ExponentialHistogram, b: ExponentialHistogram): [ExponentialHistogram, ExponentialHistogram] {
  const scale = Math.min(a.scale, b.scale);
  let left = trimmed(downscale(a, a.scale - scale));
  let right = trimmed(downscale(b, b.scale - scale));
  const steps = Math.max(stepsToFit(left.positive, right.positive), stepsToFit(left.negative, right.negative));
  left = downscale(left, steps);
  right = downscale(right, steps);
  const threshold = zeroThreshold(left, right);
  return [withZeroThreshold(left, threshold), withZeroThreshold(right, threshold)];
}

const trimmed = (histogram: ExponentialHistogram): ExponentialHistogram => ({
  ...histogram,
  positive: trim(histogram.positive),
  negative: trim(histogram.negative),
});

function trim({ offset, counts }: Side): Side {
  const first = counts.findIndex((count) => count !== 0);
  if (first === -1) return { offset: 0, counts: [] };
  const last = counts.findLastIndex((count) => count !== 0);
  return { offset: offset + first, counts: counts.slice(first, last + 1) };
}

function widen({ offset, counts }: Side, steps: number): Side {
  if (counts.length === 0) return { offset: 0, counts: [] };
  const widened: number[] = [];
  const first = Math.floor(offset / 2 ** steps);
  for (const [i, count] of counts.entries()) {
    const at = Math.floor((offset + i) / 2 ** steps) - first;
    widened[at] = (widened[at] ?? 0) + count;
  }
  return { offset: first, counts: widened };
}

function stepsToFit(a: Side, b: Side): number {
  const filled = [a, b].filter((side) => side.counts.length > 0);
  if (filled.length === 0) return 0;
  const first = Math.min(...filled.map((side) => side.offset));
  const last = Math.max(...filled.map((side) => side.offset + side.counts.length - 1));
  let steps = 0;
  while (Math.floor(last / 2 ** steps) - Math.floor(first / 2 ** steps) >= MAX_BUCKETS) steps += 1;
  return steps;
}

function combine(a: Side, b: Side, operation: (a: number, b: number) => number): Side {
  if (b.counts.length === 0) return a;
  const offset = a.counts.length === 0 ? b.offset : Math.min(a.offset, b.offset);
  const end = Math.max(a.counts.length === 0 ? offset : a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = Array.from({ length: end - offset }, (_, i) =>
    operation(a.counts[offset + i - a.offset] ?? 0, b.counts[offset + i - b.offset] ?? 0),
  );
  return trim({ offset, counts });
}

/** The upper bound of bucket `index` at `scale`. */
const upperBound = (index: number, scale: number): number => 2 ** ((index + 1) * 2 ** -scale);

/**
 * The larger threshold of the two, moved up to the end of a filled bucket that it would cut: which values of such a
 * bucket are below it is not known.
 */
function zeroThreshold(a: ExponentialHistogram, b: ExponentialHistogram): number {
  let threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  if (threshold === 0 || a.zeroThreshold === b.zeroThreshold) return threshold;
  // A threshold that moved may cut a bucket of the other histogram, so until none is cut.
  for (let before = -1; before !== threshold; ) {
    before = threshold;
    for (const { scale, positive, negative } of [a, b]) {
      for (const { offset, counts } of [positive, negative]) {
        const cut = counts.findIndex(
          (count, i) =>
            count !== 0 && upperBound(offset + i - 1, scale) < threshold && threshold < upperBound(offset + i, scale),
        );
        if (cut !== -1) threshold = upperBound(offset + cut, scale);
      }
    }
  }
  return threshold;
}

/** Moves the buckets up to the threshold into the zero bucket. */
function withZeroThreshold(histogram: ExponentialHistogram, threshold: number): ExponentialHistogram {
  if (histogram.zeroThreshold === threshold) return histogram;
  let { zeroCount } = histogram;
  const above = ({ offset, counts }: Side): Side => {
    const kept = counts.map((count, i) => {
      if (upperBound(offset + i, histogram.scale) > threshold) return count;
      zeroCount += count;
      return 0;
    });
    return trim({ offset, counts: kept });
  };
  const [positive, negative] = [above(histogram.positive), above(histogram.negative)];
  return { ...histogram, zeroThreshold: threshold, zeroCount, positive, negative };
}

/** An explicit histogram's counts between some of its own bounds. */
function rebucket(histogram: ExplicitHistogram, bounds: readonly number[]): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let at = 0;
  for (const [i, count] of histogram.counts.entries()) {
    counts[at] = (counts[at] ?? 0) + count;
    if (at < bounds.length && histogram.bounds[i] === bounds[at]) at += 1;
  }
  return counts;
}
