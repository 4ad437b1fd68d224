import type { ReleasesView } from "../../api/compare-view.js";

/** A release that took over. */
export interface ReleaseMoment {
  release: string;
  services: string[];
  /** Its first request, Unix time in milliseconds. */
  atMs: number;
}

/** A release that came to several services within this part of the range came to them at once. */
const TOGETHER = 1 / 50;

/**
 * The releases that began between two times, the oldest first. The oldest that is kept of a service is left out: it is
 * where what is kept begins, and nobody knows when it came.
 */
export function releaseMoments(
  { releases }: ReleasesView,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): ReleaseMoment[] {
  const oldestFirst = releases.toSorted((a, b) => Date.parse(a.first_seen) - Date.parse(b.first_seen));
  const known = new Set<string>();
  const moments: ReleaseMoment[] = [];
  for (const { service, release, first_seen: firstSeen } of oldestFirst) {
    const atMs = Date.parse(firstSeen);
    const tookOver = known.has(service);
    known.add(service);
    if (!tookOver || atMs < fromMs || atMs > toMs) continue;
    const same = moments.findLast((moment) => moment.release === release);
    if (same !== undefined && atMs - same.atMs <= (toMs - fromMs) * TOGETHER) same.services.push(service);
    else moments.push({ release, services: [service], atMs });
  }
  return moments;
}
