import type { ExplicitHistogram, ExponentialHistogram, Histogram } from "../receive/telemetry-batch.js";
import { mergeHistograms } from "../store/histogram.js";

/**
 * The histogram of all values. Where apps send both kinds, the exponential ones are put into the buckets of the
 * explicit ones: coarser, but one figure for all.
 *
 * @returns undefined for none
 */
export function sumHistograms(histograms: readonly Histogram[]): Histogram | undefined {
  const [first, ...others] = histograms.filter(({ type }) => type === "explicit");
  if (first?.type !== "explicit") return histograms.length === 0 ? undefined : histograms.reduce(mergeHistograms);
  const { bounds } = others.reduce<Histogram>(mergeHistograms, first) as ExplicitHistogram;
  const explicit = histograms.map((each): Histogram => (each.type === "explicit" ? each : inBounds(each, bounds)));
  return explicit.reduce(mergeHistograms);
}

/** A bucket belongs where its middle is; the buckets are finer than the bounds. */
function inBounds(histogram: ExponentialHistogram, bounds: readonly number[]): ExplicitHistogram {
  const { count, sum, min, max, scale, positive, negative, zeroCount } = histogram;
  const counts = new Array<number>(bounds.length + 1).fill(0);
  const add = (value: number, events: number): void => {
    const at = bounds.findIndex((bound) => value <= bound);
    const bucket = at === -1 ? bounds.length : at;
    counts[bucket] = (counts[bucket] ?? 0) + events;
  };
  const middle = (index: number): number => 2 ** ((index + 0.5) * 2 ** -scale);
  add(0, zeroCount);
  for (const [i, events] of positive.counts.entries()) add(middle(positive.offset + i), events);
  for (const [i, events] of negative.counts.entries()) add(-middle(negative.offset + i), events);
  return { type: "explicit", count, sum, min, max, bounds: [...bounds], counts };
}
