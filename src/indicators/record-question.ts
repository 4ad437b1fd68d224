import type { Outcome } from "../instrument/request.js";

/** A number in the request record. */
export type RecordNumber =
  | "response_time"
  | "llm_calls"
  | "llm_time"
  | "cost_usd"
  | "tokens.input"
  | "tokens.output"
  | "tokens.total"
  | "tokens.cached"
  | "tokens.reasoning";

/** What an indicator asks of request records. `outcomes`: only records that ended so; absent: all. */
export type RecordQuestion =
  /** How many requests. */
  | { ask: "count" }
  /** Requests per second of the window. */
  | { ask: "rate" }
  /** Requests per second in the busiest clock-aligned slot. */
  | { ask: "peak_rate"; slotS: number }
  /** Records without the field are left out of these three; a record's cost is absent when no call had a price. */
  | { ask: "sum"; field: RecordNumber; outcomes?: readonly Outcome[] }
  | { ask: "mean"; field: RecordNumber; outcomes?: readonly Outcome[] }
  /** Exact, by nearest rank; `q` in (0, 1]. */
  | { ask: "quantile"; field: RecordNumber; q: number; outcomes?: readonly Outcome[] }
  /** 100 × the records with an outcome of `matching`, over those with one of `outcomes`. */
  | { ask: "percentage"; matching: readonly Outcome[]; outcomes: readonly Outcome[] }
  /** How many different values of the field; records without it are left out. */
  | { ask: "distinct"; field: "user_id" }
  /** One sample for each value of the field, the most frequent first, at most `limit`. */
  | { ask: "top"; field: "type" | "query"; limit?: number };
