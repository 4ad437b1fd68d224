import { CATALOGUE } from "../../src/indicators/catalogue.js";
import type { BoardFigures } from "../../src/query/board-figures.js";

/** A board with these values; every other indicator has no data. */
export function exampleFigures(values: Record<string, number>, windowS = 300): BoardFigures {
  return {
    window_s: windowS,
    at: "2026-11-24T10:32:05.000Z",
    indicators: CATALOGUE.filter(({ list }) => !list).map(({ id, name, unit, group }) => {
      const value = values[id];
      return { id, name, unit, group, count: 0, ...(value === undefined ? {} : { value }) };
    }),
  };
}

export const FIVE_REQUESTS: Record<string, number> = {
  "requests.count": 5,
  success_rate: 100,
  "requests.rate": 5 / 300,
  "concurrency.current": 0,
  "response_time.avg": 0.4123,
  "response_time.p50": 0.402,
  "response_time.p95": 0.61,
  "response_time.p99": 0.63,
  "tokens.input": 145,
  "tokens.output": 1045,
  "tokens.total": 1190,
  "cost.total": 0.0001043,
  "cost.per_request": 0.00002086,
  "llm.calls": 5,
  "llm.error_rate": 0,
  "users.active": 3,
};
