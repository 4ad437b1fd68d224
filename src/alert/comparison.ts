import type { Sample } from "../query/metric-source.js";
import type { CompareTo } from "./alert-view.js";
import { labelsKey } from "./rule.js";
import type { RuleSample } from "./rule-sample.js";

/** How long before, seconds. */
export const COMPARED_BEFORE_S: Readonly<Record<Exclude<CompareTo, "previous_release">, number>> = {
  "1h": 3600,
  "1d": 86_400,
  "1w": 604_800,
};

/**
 * The change from `base` to `now` in percent, for each combination of labels that both have. Where one side has no
 * sample, or the base is 0, there is no change to speak of: no data. `count` is that of the side that rests on fewer
 * events, so that `min_requests` holds for both.
 */
export function changesOf(now: readonly Sample[], base: readonly Sample[]): RuleSample[] {
  const before = new Map(base.map((sample) => [labelsKey(sample.labels), sample]));
  return now.flatMap(({ labels, value, count }) => {
    const from = before.get(labelsKey(labels));
    if (from === undefined || from.value === 0) return [];
    const change = { labels, value: (100 * (value - from.value)) / from.value };
    if (count === undefined || from.count === undefined) return [change];
    return [{ ...change, count: Math.min(count, from.count) }];
  });
}
