import type { ExplicitHistogram, ExponentialHistogram } from "../../src/receive/telemetry-batch.js";

/** The histogram that an SDK would send for these values, none of them negative. */
export function exponentialHistogram(values: readonly number[], scale = 6): ExponentialHistogram {
  const indexOf = (value: number): number => Math.ceil(Math.log2(value) * 2 ** scale) - 1;
  const positive = values.filter((value) => value > 0);
  const offset = positive.length === 0 ? 0 : Math.min(...positive.map(indexOf));
  const counts: number[] = [];
  for (const value of positive) {
    const at = indexOf(value) - offset;
    while (counts.length <= at) counts.push(0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return {
    type: "exponential",
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: undefined,
    max: undefined,
    scale,
    zeroCount: values.length - positive.length,
    zeroThreshold: 0,
    positive: { offset, counts },
    negative: { offset: 0, counts: [] },
  };
}

export function explicitHistogram(values: readonly number[], bounds: readonly number[]): ExplicitHistogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const value of values) {
    const at = bounds.findIndex((bound) => value <= bound);
    const bucket = at === -1 ? bounds.length : at;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return {
    type: "explicit",
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: undefined,
    max: undefined,
    bounds: [...bounds],
    counts,
  };
}
