import type { RequestRecord } from "../../store/request-record.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";
import { requestFilter } from "./filter.js";
import type { QueryParameters } from "./query-parameters.js";

/** The answer of `/api/requests`. */
export interface RequestsView {
  requests: RequestRecord[];
}

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
  query.end();
  const { ended, fromMs, toMs, sort } = filter;
  if (ended === undefined && sort !== undefined) {
    throw new ApiError(400, 'parameter "sort": expected ended_from and ended_to beside it');
  }
  if (ended !== undefined && (fromMs !== undefined || toMs !== undefined)) {
    throw new ApiError(400, "expected from and to, or ended_from and ended_to; found both");
  }
  return { requests: await store.requests(filter) };
}
