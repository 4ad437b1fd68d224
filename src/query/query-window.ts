import type { IndicatorQuery } from "./metric-source.js";
import { QueryError } from "./query-error.js";

/** The longest window of a question that people ask, seconds. */
export const LONGEST_WINDOW_S = 90 * 86_400;

/** Times of a question: `(fromUs, toUs]` in Unix microseconds. */
export interface QueryWindow {
  fromUs: number;
  toUs: number;
}

/** @throws {QueryError} `invalid_question` for a window that is no positive number, or a time that is none */
export function queryWindow({ indicator, windowS, atMs }: IndicatorQuery): QueryWindow {
  if (!Number.isFinite(windowS) || windowS <= 0) {
    throw new QueryError(
      "invalid_question",
      `${indicator}: windowS must be a number of seconds above 0, not ${windowS}`,
    );
  }
  if (!Number.isFinite(atMs)) {
    throw new QueryError("invalid_question", `${indicator}: atMs must be a Unix time in milliseconds, not ${atMs}`);
  }
  const toUs = Math.round(atMs * 1000);
  return { fromUs: toUs - Math.round(windowS * 1_000_000), toUs };
}
