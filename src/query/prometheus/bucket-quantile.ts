import { histogramQuantile } from "../histogram-quantile.js";
import type { BucketSample, VectorSample } from "./prometheus-client.js";

type Labels = VectorSample["labels"];

/** Events by `vmrange`: those in `last` less those in `before`. */
export function vmrangeBuckets(last: readonly VectorSample[], before: readonly VectorSample[]): BucketSample[] {
  const buckets = (samples: readonly VectorSample[], sign: number): BucketSample[] =>
    samples.map(({ labels: { vmrange = "", ...labels }, value }) => {
      const [lower = Number.NaN, upper = Number.NaN] = vmrange.split("...").map(Number);
      return { labels, lower, upper, events: sign * value };
    });
  return [...buckets(last, 1), ...buckets(before, -1)];
}

/** The buckets of all series of a group. */
interface Group {
  labels: Labels;
  ranges: BucketSample[];
  /** Events up to a bound, cumulative. */
  upTo: Map<number, number>;
}

/**
 * The q-quantile of each group of series, computed from their buckets where the backend cannot.
 *
 * Exponential ranges of several series, or of one that changed its scale, overlap: VictoriaMetrics' own
 * `histogram_quantile` takes them for one row and is up to a bucket too high. Where a group has events in `classic`
 * buckets too, those of its ranges are put into these, as local mode does: coarser, but one figure for all.
 *
 * @param exponential may overlap
 * @param classic by `le`; others are left out
 * @param q in (0, 1]
 * @returns NaN for a group without events, as in PromQL
 */
export function bucketQuantiles(
  exponential: readonly BucketSample[],
  classic: readonly VectorSample[],
  q: number,
): VectorSample[] {
  const groups = new Map<string, Group>();
  const groupOf = (labels: Labels): Group => {
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = groups.get(key) ?? { labels, ranges: [], upTo: new Map() };
    groups.set(key, group);
    return group;
  };
  for (const bucket of exponential) {
    if (Number.isFinite(bucket.lower + bucket.upper)) groupOf(bucket.labels).ranges.push(bucket);
  }
  for (const { labels, value } of classic) {
    const { le, ...others } = labels;
    if (le) groupOf(others).upTo.set(Number(le.replace("Inf", "Infinity")), value);
  }
  return [...groups.values()].map(({ labels, ranges, upTo }) => ({
    labels,
    value: upTo.get(Number.POSITIVE_INFINITY) ? explicitQuantile(upTo, ranges, q) : quantileOf(ranges, q),
  }));
}

function explicitQuantile(upTo: Group["upTo"], ranges: readonly BucketSample[], q: number): number {
  const les = [...upTo.keys()].sort((a, b) => a - b);
  let below = 0;
  const counts = les.map((le) => {
    const events = Math.max(0, (upTo.get(le) ?? 0) - below);
    below += events;
    return events;
  });
  for (const { lower, upper, events } of ranges) {
    // A range belongs where its middle is; ranges are finer than the bounds.
    const middle = lower > 0 ? Math.sqrt(lower * upper) : (lower + upper) / 2;
    const bucket = les.findIndex((le) => middle <= le);
    counts[bucket] = (counts[bucket] ?? 0) + events;
  }
  const count = counts.reduce((sum, events) => sum + events, 0);
  const bounds = les.slice(0, -1);
  const quantile = histogramQuantile(
    { type: "explicit", count, sum: 0, min: undefined, max: undefined, bounds, counts },
    q,
  );
  return quantile ?? Number.NaN;
}

/** NaN without events, as in PromQL. */
function quantileOf(ranges: readonly BucketSample[], q: number): number {
  const total = eventsOf(ranges);
  if (!(total > 0)) return Number.NaN;
  const rank = q * total;
  // Rounding must not make a bucket's edge lie on either side of the rank.
  const tolerance = total * 1e-9;
  const bounds = [...new Set(ranges.flatMap(({ lower, upper }) => [lower, upper]))].sort((a, b) => a - b);
  const below = bounds.map((bound) => eventsOf(ranges, bound));
  // As Prometheus does, from the nearer end: it matters when the rank is exactly between two buckets with a gap.
  const after =
    q < 0.5
      ? below.findIndex((events) => events >= rank - tolerance)
      : below.findLastIndex((events) => events <= rank + tolerance) + 1;
  const [from = Number.NaN, to = from] = [bounds[after - 1] ?? bounds[0], bounds[after] ?? bounds.at(-1)];
  const [fromEvents = 0, toEvents = 0] = [below[after - 1], below[after]];
  const share = toEvents > fromEvents ? Math.min(Math.max((rank - fromEvents) / (toEvents - fromEvents), 0), 1) : 0;
  return from > 0 ? from * (to / from) ** share : from + (to - from) * share;
}

function eventsOf(ranges: readonly BucketSample[], below = Number.POSITIVE_INFINITY): number {
  return ranges.reduce((sum, range) => sum + range.events * shareBelow(range, below), 0);
}

function shareBelow({ lower, upper }: BucketSample, bound: number): number {
  if (bound >= upper) return 1;
  if (bound <= lower) return 0;
  return lower > 0 ? Math.log(bound / lower) / Math.log(upper / lower) : (bound - lower) / (upper - lower);
}
