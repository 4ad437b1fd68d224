import type { RequestRecord } from "../store/request-record.js";
import type { RequestFilter } from "../store/telemetry-store.js";
import type { QueryWindow } from "./query-window.js";

/** Records are read whole. Rather no answer than a slow server, or a figure of a part. */
export const MOST_REQUESTS_READ = 200_000;

/**
 * The store finds requests by their start, so it is asked for those from before the window too. One that began
 * earlier still is not found: every further minute costs a minute's records at each question.
 */
const REACH_BEFORE_WINDOW_MS = 900_000;

/**
 * The requests that ended in `(from, to]`, as every figure counts them; newest start first.
 *
 * @returns undefined when there are {@link MOST_REQUESTS_READ} or more to read
 */
export async function endedRequests(
  list: (filter: RequestFilter) => Promise<RequestRecord[]>,
  where: Omit<RequestFilter, "fromMs" | "toMs" | "limit">,
  { fromUs, toUs }: QueryWindow,
): Promise<RequestRecord[] | undefined> {
  const started = await list({
    ...where,
    fromMs: Math.floor(fromUs / 1000) - REACH_BEFORE_WINDOW_MS,
    toMs: Math.floor(toUs / 1000) + 1,
    limit: MOST_REQUESTS_READ,
  });
  if (started.length >= MOST_REQUESTS_READ) return undefined;
  return started.filter((record) => fromUs < requestEndUs(record) && requestEndUs(record) <= toUs);
}

/** Unix time in microseconds. */
export function requestEndUs(record: RequestRecord): number {
  return Date.parse(record.timestamp) * 1000 + Math.round(record.response_time * 1_000_000);
}
