import { findIndicator } from "../../indicators/catalogue.js";
import { apiPath } from "./api-path.js";

/** The window that a shown figure was counted over. */
export interface FigureWindow {
  /** Its end, ISO 8601. */
  at: string;
  /** Seconds. */
  windowS: number;
  service: string | undefined;
}

/**
 * The address of the list of requests that a figure rests on, of the window that is shown now: the list stays the
 * same while the figure moves on. Undefined for a figure that request records know nothing of, such as one of calls.
 */
export function figureLink(indicator: string, { at, windowS, service }: FigureWindow): string | undefined {
  const question = findIndicator(indicator)?.recordQuestion;
  if (question === undefined) return undefined;
  const atMs = Date.parse(at);
  return apiPath("/requests", {
    ended_from: new Date(atMs - windowS * 1000).toISOString(),
    ended_to: new Date(atMs).toISOString(),
    service,
    outcome: question.ask === "percentage" ? troubleOf(question.matching) : undefined,
    sort: "field" in question ? orderBy(question.field) : undefined,
  });
}

/** Whoever looks behind a share of successes looks for what is not one, so that list is not cut. */
function troubleOf([outcome, ...others]: readonly string[]): string | undefined {
  return outcome === "success" || others.length > 0 ? undefined : outcome;
}

function orderBy(field: string): string | undefined {
  if (field === "response_time") return "slowest";
  return field === "cost_usd" ? "most_expensive" : undefined;
}
