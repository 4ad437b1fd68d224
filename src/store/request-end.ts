import type { RequestRecord } from "./request-record.js";

/** When a request ended, Unix time in microseconds. Its start is known in milliseconds. */
export function requestEndUs({ timestamp, response_time }: RequestRecord): number {
  return Date.parse(timestamp) * 1_000 + Math.round(response_time * 1_000_000);
}
