import type { RequestRecord } from "../../src/store/request-record.js";
import { atMs } from "./example-app.js";

let created = 0;

/** A record of a request that ended at that second and took one second, unless it is said otherwise. */
export function exampleRecord(endedAtS: number, more: Partial<RequestRecord> = {}): RequestRecord {
  const responseTime = more.response_time ?? 1;
  created += 1;
  return {
    request_id: `request-${created}`,
    timestamp: new Date(atMs(endedAtS) - responseTime * 1000).toISOString(),
    service: "shop",
    type: "chain",
    outcome: "success",
    response_time: responseTime,
    llm_calls: 1,
    llm_time: 0.5,
    tokens: { input: 10, output: 5, total: 15, cached: 4, reasoning: 2 },
    models: ["gpt"],
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    trace_sampled: true,
    ...more,
  };
}
