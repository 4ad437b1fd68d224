import type { ExponentialHistogram, Histogram } from "../receive/telemetry-batch.js";
import { MAX_BUCKETS, mergeHistograms } from "./histogram.js";

type Side = ExponentialHistogram["positive"];

/**
 * Adds up growth of one type, many times faster than one merge after the other makes a histogram each: long windows
 * are the sum of some ten thousand.
 */
export class GrowthSum {
  #sum: number | Histogram;

  constructor(first: number | Histogram) {
    this.#sum = typeof first === "object" ? copy(first) : first;
  }

  /** @throws {TypeError} for growth of another type */
  add(growth: number | Histogram): void {
    if (typeof growth === "number" || typeof this.#sum === "number") {
      this.#sum = (this.#sum as number) + (growth as number);
    } else if (!addInPlace(this.#sum, growth)) {
      this.#sum = copy(mergeHistograms(this.#sum, growth));
    }
  }

  /** As merges one after the other give it; the next `add` may change it. */
  get value(): number | Histogram {
    return this.#sum;
  }
}

function copy(histogram: Histogram): Histogram {
  if (histogram.type === "explicit") return { ...histogram, counts: [...histogram.counts] };
  const { positive, negative } = histogram;
  return { ...histogram, positive: filled(positive), negative: filled(negative) };
}

/** Without empty buckets at the ends. */
function filled({ offset, counts }: Side): Side {
  const first = counts.findIndex((count) => count !== 0);
  if (first === -1) return { offset: 0, counts: [] };
  return { offset: offset + first, counts: counts.slice(first, counts.findLastIndex((count) => count !== 0) + 1) };
}

/** Buckets of one width are added where they are. False: they are not, or there would be too many of them. */
function addInPlace(sum: Histogram, more: Histogram): boolean {
  if (sum.type === "explicit" && more.type === "explicit") {
    if (sum.bounds.length !== more.bounds.length || sum.bounds.some((bound, i) => bound !== more.bounds[i]))
      return false;
    addCommon(sum, more);
    for (const [i, count] of more.counts.entries()) sum.counts[i] = (sum.counts[i] ?? 0) + count;
    return true;
  }
  if (sum.type === "explicit" || more.type === "explicit") return false;
  if (sum.scale !== more.scale || sum.zeroThreshold !== more.zeroThreshold) return false;
  const positive = room(sum.positive, more.positive);
  const negative = room(sum.negative, more.negative);
  if (positive === undefined || negative === undefined) return false;
  addCommon(sum, more);
  sum.zeroCount += more.zeroCount;
  sum.positive = addCounts(positive, more.positive);
  sum.negative = addCounts(negative, more.negative);
  return true;
}

function addCommon(sum: Histogram, more: Histogram): void {
  sum.min = limit(sum, more, "min", Math.min);
  sum.max = limit(sum, more, "max", Math.max);
  sum.count += more.count;
  sum.sum += more.sum;
}

/** A side that has the buckets of both; undefined when they would be too many. */
function room(side: Side, more: Side): Side | undefined {
  const first = more.counts.findIndex((count) => count !== 0);
  if (first === -1) return side;
  const last = more.counts.findLastIndex((count) => count !== 0);
  const [from, to] = [more.offset + first, more.offset + last];
  if (side.counts.length === 0) return { offset: from, counts: new Array<number>(to - from + 1).fill(0) };
  const [lowest, highest] = [Math.min(side.offset, from), Math.max(side.offset + side.counts.length - 1, to)];
  if (highest - lowest >= MAX_BUCKETS) return undefined;
  const before = side.offset - lowest;
  const after = highest - (side.offset + side.counts.length - 1);
  if (before === 0 && after === 0) return side;
  const empty = (length: number): number[] => new Array<number>(length).fill(0);
  return { offset: lowest, counts: [...empty(before), ...side.counts, ...empty(after)] };
}

function addCounts(side: Side, more: Side): Side {
  const { counts } = side;
  const shift = more.offset - side.offset;
  for (let i = 0; i < more.counts.length; i += 1) {
    const count = more.counts[i] as number;
    if (count !== 0) counts[i + shift] = (counts[i + shift] as number) + count;
  }
  return side;
}

function limit(
  a: Histogram,
  b: Histogram,
  end: "min" | "max",
  choose: (a: number, b: number) => number,
): number | undefined {
  if (a.count === 0) return b[end];
  if (b.count === 0) return a[end];
  return a[end] === undefined || b[end] === undefined ? undefined : choose(a[end], b[end]);
}
