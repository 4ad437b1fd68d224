import { findIndicator } from "../indicators/catalogue.js";
import type { DimensionValues } from "../indicators/dimension.js";

/** A window of time, and what was counted in it. */
export interface CountedRequests {
  /** Its end, Unix time in milliseconds. */
  atMs: number;
  windowS: number;
  where: DimensionValues;
}

/** The filters that the page's list of requests knows. */
const FILTERS = [
  "service",
  "environment",
  "release",
  "instance",
  "type",
  "user",
  "session",
  "tenant",
  "model",
] as const;

/**
 * The page's path of the list of requests that a figure rests on, of that window: the list stays the same while the
 * figure moves on. Undefined for a figure that request records know nothing of, such as one of calls.
 */
export function requestsLink(indicator: string, { atMs, windowS, where }: CountedRequests): string | undefined {
  const question = findIndicator(indicator)?.recordQuestion;
  if (question === undefined) return undefined;
  const query = new URLSearchParams({
    ended_from: new Date(atMs - windowS * 1000).toISOString(),
    ended_to: new Date(atMs).toISOString(),
  });
  for (const name of FILTERS) {
    const value = where[name];
    if (value) query.set(name, value);
  }
  const outcome = question.ask === "percentage" ? troubleOf(question.matching) : undefined;
  if (outcome !== undefined) query.set("outcome", outcome);
  const sort = "field" in question ? orderBy(question.field) : undefined;
  if (sort !== undefined) query.set("sort", sort);
  return `/requests?${query}`;
}

/** Whoever looks behind a share of successes looks for what is not one, so that list is not cut. */
function troubleOf([outcome, ...others]: readonly string[]): string | undefined {
  return outcome === "success" || others.length > 0 ? undefined : outcome;
}

function orderBy(field: string): string | undefined {
  if (field === "response_time") return "slowest";
  return field === "cost_usd" ? "most_expensive" : undefined;
}
