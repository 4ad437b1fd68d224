import { endedRequests, MOST_REQUESTS_READ } from "../../query/ended-requests.js";
import type { QueryWindow } from "../../query/query-window.js";
import type { RequestRecord } from "../../store/request-record.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";
import { requestFilter } from "./filter.js";
import type { QueryParameters } from "./query-parameters.js";

/** The answer of `/api/requests`. */
export interface RequestsView {
  requests: RequestRecord[];
}

/** Most expensive first leaves out requests without a known cost, as the list of traces does. */
const ORDERS = {
  newest: (records) => records,
  slowest: (records) => records.toSorted((a, b) => b.response_time - a.response_time),
  most_expensive: (records) =>
    records.filter((record) => record.cost_usd !== undefined).sort((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0)),
} as const satisfies Record<string, (records: RequestRecord[]) => RequestRecord[]>;

/**
 * Request records by their start (`from`, `to`); or by their end (`ended_from`, exclusive, and `ended_to`), which is
 * what a figure of that window counted, and then in the order of `sort`.
 *
 * @throws {ApiError} 400
 */
export async function requestsView(
  store: Pick<TelemetryStore, "requests">,
  query: QueryParameters,
): Promise<RequestsView> {
  const filter = requestFilter(query);
  const sort = query.oneOf("sort", ["newest", "slowest", "most_expensive"]);
  const window = endWindow(query);
  query.end();
  if (window === undefined) {
    if (sort !== undefined) throw new ApiError(400, 'parameter "sort": expected ended_from and ended_to beside it');
    return { requests: await store.requests(filter) };
  }
  const { fromMs, toMs, limit, ...where } = filter;
  if (fromMs !== undefined || toMs !== undefined) {
    throw new ApiError(400, "expected from and to, or ended_from and ended_to; found both");
  }
  const records = await endedRequests((filter) => store.requests(filter), where, window);
  if (records === undefined) {
    throw new ApiError(400, `more than ${MOST_REQUESTS_READ} requests to read: ask for a shorter window, or filter`);
  }
  return { requests: ORDERS[sort ?? "newest"](records).slice(0, limit) };
}

function endWindow(query: QueryParameters): QueryWindow | undefined {
  const fromMs = query.timeMs("ended_from");
  const toMs = query.timeMs("ended_to");
  if (fromMs === undefined && toMs === undefined) return undefined;
  if (fromMs !== undefined && toMs !== undefined) return { fromUs: fromMs * 1000, toUs: toMs * 1000 };
  throw new ApiError(400, "expected ended_from and ended_to; found one of them alone");
}
