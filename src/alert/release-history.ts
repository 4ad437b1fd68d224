import { type DimensionValues, RECORD_DIMENSIONS } from "../indicators/dimension.js";
import type { IndicatorQuery, MetricSource, Sample } from "../query/metric-source.js";
import { type IndicatorQuestion, labelsKey } from "./rule.js";

/** The newest release and the one before it. */
export interface ReleasePair {
  newest: string;
  previous: string;
  /** Until then nothing was seen of the newest, Unix time in milliseconds; to the minute. */
  beganMs: number;
}

interface Known {
  /** The releases of the window when it was looked up. */
  current: string;
  pair: ReleasePair | undefined;
}

/** How far back a first request is looked for. */
const REACH_MS = 7 * 86_400_000;
const PRECISION_MS = 60_000;

/**
 * Finds the newest release of what a question is narrowed to: of the releases with a request in its window, the one
 * whose first request in the last seven days came last. The previous one is that with the most requests in the window
 * that ended when the newest began. Nothing is kept that could not be asked again: the search is repeated only when a
 * release shows up in the window or goes from it.
 */
export class ReleaseHistory {
  private readonly known = new Map<string, Known>();

  constructor(private readonly source: MetricSource) {}

  /**
   * @returns undefined when nothing began in the last seven days, or nothing was there before it
   * @throws {QueryError}
   */
  async newestTwo(
    { where, windowS }: Pick<IndicatorQuestion, "where" | "windowS">,
    atMs: number,
    signal?: AbortSignal,
  ): Promise<ReleasePair | undefined> {
    const requests = (fromMs: number, toMs: number): Promise<Sample[]> =>
      this.source.query(requestsByRelease(where, fromMs, toMs), signal);
    const windowMs = windowS * 1000;
    const current = releasesIn(await requests(atMs - windowMs, atMs));
    if (current.size === 0) return undefined;

    const key = JSON.stringify([labelsKey(where), windowS]);
    const currentKey = JSON.stringify([...current].sort());
    const known = this.known.get(key);
    const startMs = atMs - REACH_MS;
    if (known?.current === currentKey && (known.pair?.beganMs ?? atMs) > startMs) return known.pair;

    const began = await this.lastToBegin(current, startMs, atMs, requests);
    const before = began && (await requests(began.beganMs - windowMs, began.beganMs));
    const previous = before?.toSorted((a, b) => b.value - a.value).find(({ labels }) => labels.release !== undefined)
      ?.labels.release;
    const pair = began && previous !== undefined ? { ...began, previous } : undefined;
    this.known.set(key, { current: currentKey, pair });
    return pair;
  }

  /** Halves the time again and again: the last release to begin is the one that makes the set complete. */
  private async lastToBegin(
    wanted: ReadonlySet<string>,
    startMs: number,
    atMs: number,
    requests: (fromMs: number, toMs: number) => Promise<Sample[]>,
  ): Promise<Omit<ReleasePair, "previous"> | undefined> {
    let missing: string | undefined;
    let incompleteMs = startMs;
    let completeMs = atMs;
    while (completeMs - incompleteMs > PRECISION_MS) {
      const middleMs = Math.floor((incompleteMs + completeMs) / 2);
      const there = releasesIn(await requests(startMs, middleMs));
      const absent = [...wanted].find((release) => !there.has(release));
      if (absent === undefined) {
        completeMs = middleMs;
      } else {
        missing = absent;
        incompleteMs = middleMs;
      }
    }
    return missing === undefined ? undefined : { newest: missing, beganMs: incompleteMs };
  }
}

function requestsByRelease(where: DimensionValues, fromMs: number, toMs: number): IndicatorQuery {
  const query: IndicatorQuery = {
    indicator: "requests.count",
    by: ["release"],
    windowS: (toMs - fromMs) / 1000,
    atMs: toMs,
  };
  // A request may use several models and tools: which release is the newest does not depend on them.
  const ofRequests = Object.entries(where).filter(([name]) =>
    RECORD_DIMENSIONS.some((dimension) => dimension === name),
  );
  if (ofRequests.length > 0) query.where = Object.fromEntries(ofRequests);
  return query;
}

function releasesIn(samples: readonly Sample[]): Set<string> {
  return new Set(
    samples.flatMap(({ labels: { release }, value }) => (release === undefined || value === 0 ? [] : [release])),
  );
}
