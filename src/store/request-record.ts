export type Outcome = "success" | "error" | "timeout" | "cancelled" | "abandoned" | "interrupted";

/**
 * One request of the watched app, in the form it has in the daily JSON lines, in `/api/requests` and in exports.
 * Times are seconds, money is US dollars. What is unknown is absent.
 */
export interface RequestRecord {
  request_id: string;
  /** When the request began, ISO 8601 in UTC with milliseconds. */
  timestamp: string;
  service: string;
  environment?: string;
  release?: string;
  instance?: string;
  user_id?: string;
  session_id?: string;
  tenant?: string;
  conversation_id?: string;
  type: string;
  outcome: Outcome;
  response_time: number;
  llm_calls: number;
  llm_time: number;
  tokens: { input: number; output: number; total: number; cached: number; reasoning: number };
  /** US dollars. Absent when no call of the request had a known price. */
  cost_usd?: number;
  /** Model calls without a known price: the cost leaves them out. */
  unpriced_calls?: number;
  models: string[];
  /** The prompts that it used, as `name@version`; absent when no run named one. */
  prompts?: string[];
  error_type?: string;
  error_message?: string;
  query?: string;
  trace_id: string;
  trace_sampled: boolean;
}
