import type { RequestRecord } from "../../store/request-record.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import { cursorOf, requestPageFilter } from "./filter.js";
import type { QueryParameters } from "./query-parameters.js";

/** The answer of `/api/requests`. */
export interface RequestsView {
  requests: RequestRecord[];
  /** Asks for the next page, as `cursor`; absent on the last, and where the order is another than the newest first. */
  next_cursor?: string;
}

/**
 * Request records by their start (`from`, `to`); or by their end (`ended_from`, exclusive, and `ended_to`), which is
 * what a figure of that window counted. Of a bounded time, in the order of `sort`.
 *
 * @throws {ApiError} 400
 */
export async function requestsView(
  store: Pick<TelemetryStore, "requestPage">,
  query: QueryParameters,
  nowMs: number,
): Promise<RequestsView> {
  const filter = requestPageFilter(query, nowMs);
  query.end();
  const { requests, next } = await store.requestPage(filter);
  return { requests, ...(next !== undefined && { next_cursor: cursorOf(next) }) };
}
