import type { VectorSample } from "./prometheus-client.js";

/** Events in (lower, upper], evenly spread over its logarithm; of `lower` = `upper`, at that value. */
interface Range {
  lower: number;
  upper: number;
  events: number;
}

/**
 * The q-quantile of each group of series with `vmrange` buckets: of the events in `last` less those in `before`.
 *
 * VictoriaMetrics' own `histogram_quantile` takes the ranges for one row of buckets. The ranges of several series, or of
 * one that changed its scale, overlap: then it is up to a bucket too high, and what was counted before the change counts
 * again.
 *
 * @param q in (0, 1]
 */
export function vmrangeQuantiles(
  last: readonly VectorSample[],
  before: readonly VectorSample[],
  q: number,
): VectorSample[] {
  const groups = new Map<string, { labels: VectorSample["labels"]; ranges: Range[] }>();
  const add = ({ labels: { vmrange = "", ...labels }, value }: VectorSample, sign: number): void => {
    const [lower, upper] = vmrange.split("...").map(Number);
    if (lower === undefined || upper === undefined || !Number.isFinite(lower + upper)) return;
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = groups.get(key) ?? { labels, ranges: [] };
    groups.set(key, group);
    group.ranges.push({ lower, upper, events: sign * value });
  };
  for (const sample of last) add(sample, 1);
  for (const sample of before) add(sample, -1);
  return [...groups.values()].map(({ labels, ranges }) => ({ labels, value: quantileOf(ranges, q) }));
}

/** NaN without events, as in PromQL. */
function quantileOf(ranges: readonly Range[], q: number): number {
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

function eventsOf(ranges: readonly Range[], below = Number.POSITIVE_INFINITY): number {
  return ranges.reduce((sum, range) => sum + range.events * shareBelow(range, below), 0);
}

function shareBelow({ lower, upper }: Range, bound: number): number {
  if (bound >= upper) return 1;
  if (bound <= lower) return 0;
  return lower > 0 ? Math.log(bound / lower) / Math.log(upper / lower) : (bound - lower) / (upper - lower);
}
