import type { Histogram } from "../receive/telemetry-batch.js";
import { subtractHistograms } from "./histogram.js";

/** The last point of a cumulative stream: the points of one series that share a start time. */
export interface StreamState {
  /** Unix time, microseconds. */
  timeUs: number;
  value: number | Histogram;
}

/** What a further point of a stream says. */
export type StreamStep =
  /** Not later than the last point, whose value includes whatever this one tells: nothing new. */
  | { outcome: "known" }
  /** By how much the stream grew up to this point, since its last point or, on the first, since its start. */
  | { outcome: "grown"; growth: number | Histogram }
  /** The first point of a stream whose start is unknown: its value may be the work of a year, so it is where counting begins. */
  | { outcome: "baseline" };

/**
 * Turns a cumulative point into growth. A stream is one series from one start time, so a process that restarts, or
 * two that send the same series, are streams of their own and none is taken for the other's reset. A value below the
 * last one with the same start is a reset that the sender did not announce: all of it is growth.
 */
export function stepStream(
  last: StreamState | undefined,
  point: { startTimeUs: number; timeUs: number; value: number | Histogram },
): StreamStep {
  const { value } = point;
  if (last === undefined) {
    return point.startTimeUs === 0 ? { outcome: "baseline" } : { outcome: "grown", growth: value };
  }
  if (point.timeUs <= last.timeUs) return { outcome: "known" };
  return { outcome: "grown", growth: difference(value, last.value) ?? value };
}

function difference(later: number | Histogram, earlier: number | Histogram): number | Histogram | undefined {
  if (typeof later === "number" && typeof earlier === "number") return later < earlier ? undefined : later - earlier;
  if (typeof later === "object" && typeof earlier === "object") return subtractHistograms(later, earlier);
  return undefined;
}

/** No growth at all, as of an idle process. */
export const isNoGrowth = (growth: number | Histogram): boolean =>
  (typeof growth === "number" ? growth : growth.count) === 0;
