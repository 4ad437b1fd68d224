import type { Outcome } from "../../store/request-record.js";
import {
  type ListOrder,
  MOST_DAYS_KEPT,
  type RequestFilter,
  type RequestPosition,
  type TraceFilter,
} from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";
import type { QueryParameters } from "./query-parameters.js";

const OUTCOMES: readonly Outcome[] = ["success", "error", "timeout", "cancelled", "abandoned", "interrupted"];
const ORDERS: readonly ListOrder[] = ["newest", "slowest", "most_expensive"];
const LIMIT = { least: 1, most: 1000, whole: true } as const;
/** Of requests: who wants more says so, and nobody gets all by accident. */
const DEFAULT_LIMIT = 100;
const DURATION_S = { least: 0, most: 86_400, whole: false } as const;
const COST_USD = { least: 0, most: 1_000_000, whole: false } as const;
/** Of turns: each one's spans are read for what was said. */
const TURN_LIMIT = { least: 1, most: 50, whole: true } as const;
/** Seconds. */
const WINDOW_S = { least: 1, most: MOST_DAYS_KEPT * 86_400, whole: true } as const;

/**
 * `window` stands for the seconds until now, in place of `from` and `to`.
 *
 * @throws {ApiError} 400
 */
export function traceFilter(query: QueryParameters, nowMs: number): TraceFilter {
  return {
    ...tracesWhere(query, nowMs),
    ...present<Pick<TraceFilter, "conversation" | "sort" | "limit">>({
      conversation: query.text("conversation"),
      sort: query.oneOf("sort", ORDERS),
      limit: query.number("limit", LIMIT),
    }),
  };
}

/** Which turns of a conversation. */
export type TurnFilter = Omit<TraceFilter, "conversation" | "sort">;

/**
 * As for traces, without what turns have of themselves: their conversation and their order.
 *
 * @throws {ApiError} 400
 */
export function turnFilter(query: QueryParameters, nowMs: number): TurnFilter {
  const filter = tracesWhere(query, nowMs);
  const limit = query.number("limit", TURN_LIMIT);
  return limit === undefined ? filter : { ...filter, limit };
}

function tracesWhere(query: QueryParameters, nowMs: number): Omit<TurnFilter, "limit"> {
  const windowS = query.number("window", WINDOW_S);
  const fromMs = query.timeMs("from");
  const toMs = query.timeMs("to");
  if (windowS !== undefined && (fromMs !== undefined || toMs !== undefined)) {
    throw new ApiError(400, "expected from and to, or window; found both");
  }
  return present<Omit<TurnFilter, "limit">>({
    fromMs: windowS === undefined ? fromMs : nowMs - windowS * 1000,
    toMs,
    service: query.text("service"),
    type: query.text("type"),
    user: query.text("user"),
    model: query.text("model"),
    outcome: query.oneOf("outcome", OUTCOMES),
    minDurationS: query.number("min_duration", DURATION_S),
    maxDurationS: query.number("max_duration", DURATION_S),
    minCostUsd: query.number("min_cost", COST_USD),
    text: query.text("text"),
    after: query.text("after"),
  });
}

/** What stands in a page of a list, beside what the list is of. */
type PageKeys = "sort" | "before" | "limit";

/**
 * A page of request records.
 *
 * @throws {ApiError} 400
 */
export function requestPageFilter(query: QueryParameters, nowMs: number): RequestFilter {
  const filter = requestFilter(query, nowMs);
  const page = present<Pick<RequestFilter, PageKeys>>({
    sort: query.oneOf("sort", ORDERS),
    before: position(query),
    limit: query.number("limit", LIMIT) ?? DEFAULT_LIMIT,
  });
  // Every record would be read for it.
  if (page.sort !== undefined && filter.ended === undefined && filter.fromMs === undefined) {
    throw new ApiError(400, 'parameter "sort": expected window, from, or ended_from and ended_to beside it');
  }
  if (page.before !== undefined && page.sort !== undefined && page.sort !== "newest") {
    throw new ApiError(400, 'parameter "cursor": expected the newest first, found another order');
  }
  return { ...filter, ...page };
}

/**
 * Which request records: by their start, or by their end; `window` stands for those that ended in the seconds until now,
 * as every figure counts them.
 *
 * @throws {ApiError} 400
 */
export function requestFilter(query: QueryParameters, nowMs: number): Omit<RequestFilter, PageKeys> {
  const filter = present<Omit<RequestFilter, PageKeys>>({
    fromMs: query.timeMs("from"),
    toMs: query.timeMs("to"),
    service: query.text("service"),
    environment: query.text("environment"),
    release: query.text("release"),
    instance: query.text("instance"),
    type: query.text("type"),
    user: query.text("user"),
    session: query.text("session"),
    tenant: query.text("tenant"),
    model: query.text("model"),
    prompt: query.text("prompt"),
    outcome: query.oneOf("outcome", OUTCOMES),
    traceId: query.text("trace_id"),
    ended: endWindow(query, nowMs),
  });
  if (filter.ended !== undefined && (filter.fromMs !== undefined || filter.toMs !== undefined)) {
    throw new ApiError(400, "expected from and to, or window, or ended_from and ended_to; found two of them");
  }
  return filter;
}

function endWindow(query: QueryParameters, nowMs: number): RequestFilter["ended"] {
  const windowS = query.number("window", WINDOW_S);
  const fromMs = query.timeMs("ended_from");
  const toMs = query.timeMs("ended_to");
  if (windowS !== undefined && (fromMs !== undefined || toMs !== undefined)) {
    throw new ApiError(400, "expected window, or ended_from and ended_to; found both");
  }
  if (windowS !== undefined) return { fromUs: (nowMs - windowS * 1000) * 1000, toUs: nowMs * 1000 };
  if (fromMs === undefined && toMs === undefined) return undefined;
  if (fromMs !== undefined && toMs !== undefined) return { fromUs: fromMs * 1000, toUs: toMs * 1000 };
  throw new ApiError(400, "expected ended_from and ended_to; found one of them alone");
}

/** Where the page before ended, as its `next_cursor` said it. */
export const cursorOf = ({ day, timeUs, id }: RequestPosition): string => `${day}-${timeUs}-${id}`;

function position(query: QueryParameters): RequestPosition | undefined {
  const text = query.text("cursor");
  if (text === undefined) return undefined;
  const [day, timeUs, id] = /^\d+-\d+-\d+$/.test(text) ? text.split("-").map(Number) : [];
  if (day !== undefined && timeUs !== undefined && id !== undefined) return { day, timeUs, id };
  throw new ApiError(400, `parameter "cursor": expected the next_cursor of a page, found ${JSON.stringify(text)}`);
}

/** Leaves out what was not asked for. Every key must be named, so a new field of a filter is not forgotten here. */
function present<T extends object>(values: { [K in keyof Required<T>]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
