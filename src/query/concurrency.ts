import type { SeriesPoints } from "../store/telemetry-store.js";

/** How far back the newest report of a process may be: three of the SDK's default intervals of 60 s, microseconds. */
export const REPORT_REACH_US = 180_000_000;
/** A process with a single report says nothing about its interval yet. */
const FIRST_REPORT_VALID_US = 60_000_000;
/** Reports every 2 s may be late by a pause or a retry. */
const SHORTEST_VALID_US = 15_000_000;

/**
 * Requests in progress at a time: the newest value of every series that still reports, added up.
 *
 * A process that was killed never says that its requests are gone. So a value holds for three times the interval
 * between the series' last two points (at least 15 s, at most 180 s; 60 s after a single point) and then counts no
 * more.
 *
 * @returns undefined when no series reports any more
 */
export function currentlyActive(series: readonly SeriesPoints[], atUs: number): number | undefined {
  const living = series.filter(({ points }) => isReporting(points, atUs));
  if (living.length === 0) return undefined;
  return living.reduce((sum, { points }) => sum + (points.at(-1)?.value ?? 0), 0);
}

function isReporting(points: SeriesPoints["points"], atUs: number): boolean {
  const newest = points.at(-1);
  if (newest === undefined) return false;
  const before = points.at(-2);
  const validUs =
    before === undefined
      ? FIRST_REPORT_VALID_US
      : Math.min(Math.max(3 * (newest.timeUs - before.timeUs), SHORTEST_VALID_US), REPORT_REACH_US);
  return atUs - newest.timeUs <= validUs;
}

/**
 * The most requests in progress at once: in each process the points of one collection are added and the highest such
 * sum taken, then the processes are added. Peaks that are added need not have met, so with several processes or
 * request types this is an upper bound.
 *
 * @returns undefined without points
 */
export function highestActive(series: readonly SeriesPoints[]): number | undefined {
  const processes = new Map<string, Map<number, number>>();
  for (const { resource, points } of series) {
    const key = JSON.stringify(resource);
    const collections = processes.get(key) ?? new Map<number, number>();
    processes.set(key, collections);
    for (const { timeUs, value } of points) collections.set(timeUs, (collections.get(timeUs) ?? 0) + value);
  }
  const peaks = [...processes.values()]
    .filter(({ size }) => size > 0)
    .map((sums) => [...sums.values()].reduce((most, sum) => Math.max(most, sum)));
  return peaks.length === 0 ? undefined : peaks.reduce((sum, peak) => sum + peak, 0);
}
