import { describe, expect, it } from "vitest";
import type { ExplicitHistogram } from "../../src/receive/telemetry-batch.js";
import { type StreamState, stepStream } from "../../src/store/cumulative-stream.js";

const histogram = (...counts: number[]): ExplicitHistogram => {
  const count = counts.reduce((a, b) => a + b, 0);
  return {
    type: "explicit",
    count,
    sum: count,
    min: undefined,
    max: undefined,
    bounds: [1, 2].slice(0, counts.length - 1),
    counts,
  };
};

const KNOWN = { outcome: "known" };
const BASELINE = { outcome: "baseline" };
const grown = (growth: unknown) => ({ outcome: "grown", growth });

describe("a cumulative point", () => {
  it.each<[string, StreamState | undefined, Parameters<typeof stepStream>[1], unknown]>([
    ["first, with a start", undefined, { startTimeUs: 1, timeUs: 9, value: 5 }, grown(5)],
    ["first, without a start", undefined, { startTimeUs: 0, timeUs: 9, value: 5 }, BASELINE],
    ["later", { timeUs: 9, value: 5 }, { startTimeUs: 1, timeUs: 10, value: 8 }, grown(3)],
    ["later, without growth", { timeUs: 9, value: 5 }, { startTimeUs: 1, timeUs: 10, value: 5 }, grown(0)],
    ["later, without a start", { timeUs: 9, value: 5 }, { startTimeUs: 0, timeUs: 10, value: 8 }, grown(3)],
    ["of the same time", { timeUs: 9, value: 5 }, { startTimeUs: 1, timeUs: 9, value: 5 }, KNOWN],
    ["earlier", { timeUs: 9, value: 5 }, { startTimeUs: 1, timeUs: 8, value: 4 }, KNOWN],
    ["below the last", { timeUs: 9, value: 5 }, { startTimeUs: 1, timeUs: 10, value: 2 }, grown(2)],
    [
      "with more in its buckets",
      { timeUs: 9, value: histogram(1, 2) },
      { startTimeUs: 1, timeUs: 10, value: histogram(1, 5) },
      grown(histogram(0, 3)),
    ],
    [
      "with less in a bucket",
      { timeUs: 9, value: histogram(1, 2) },
      { startTimeUs: 1, timeUs: 10, value: histogram(0, 9) },
      grown(histogram(0, 9)),
    ],
    [
      "with other buckets",
      { timeUs: 9, value: histogram(1, 2) },
      { startTimeUs: 1, timeUs: 10, value: histogram(1, 2, 3) },
      grown(histogram(1, 2, 3)),
    ],
    [
      "that was a number",
      { timeUs: 9, value: 5 },
      { startTimeUs: 1, timeUs: 10, value: histogram(1, 1) },
      grown(histogram(1, 1)),
    ],
  ])("%s", (_what, last, point, expected) => {
    expect(stepStream(last, point)).toEqual(expected);
  });
});
