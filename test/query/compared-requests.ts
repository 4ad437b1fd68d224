import type { RequestRecord } from "../../src/store/request-record.js";
import type { ComparedRequests } from "../../src/store/telemetry-store.js";

/** What the store reads of these records to compare them. */
export function comparedOutcomes(records: readonly RequestRecord[]): ComparedRequests["outcomes"] {
  return records.map(({ outcome, response_time, cost_usd, tokens }) => ({
    outcome,
    requests: 1,
    response_time: Float64Array.of(response_time),
    cost_usd: Float64Array.from(cost_usd === undefined ? [] : [cost_usd]),
    tokens: Float64Array.of(tokens.total),
  }));
}
