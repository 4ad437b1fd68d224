const FIRST_MS = 1000;
const LONGEST_MS = 300_000;
/** So that not all who were told the same time come back at it. */
const SPREAD_MS = 1000;

/**
 * How long to wait after a failed attempt: exponential backoff with full jitter, and never less than the service asked
 * for. Milliseconds.
 *
 * @param failures attempts that failed so far, from 1
 * @param random from 0 inclusive to 1 exclusive
 * @param retryAfterMs what the service asked for
 */
export function retryDelayMs(failures: number, random: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + random * SPREAD_MS;
  return random * Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
}
