import type { Secret } from "../receive/secret.js";
import { limitCalls } from "./limited-calls.js";
import type { IndicatorQuery, MetricSource, Sample } from "./metric-source.js";
import { QueryError } from "./query-error.js";

export interface ServerSourceOptions {
  /** Of the server, without a slash at its end, e.g. `http://127.0.0.1:4318`. */
  url: string;
  /** For servers that ask for one. */
  token?: Secret;
  /** Seconds that an answer may take; default 10. */
  timeoutS?: number;
}

/** More would only wait inside the server, whose store answers one at a time. */
const MOST_CALLS = 4;

/** Answers every indicator, from metrics or records, by the API of a running Chainwatch server. */
export class ServerSource implements MetricSource {
  readonly name: string;
  readonly #get: (path: string) => Promise<unknown>;

  constructor({ url, token, timeoutS = 10 }: ServerSourceOptions) {
    this.name = `local ${url}`;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
    this.#get = limitCalls(MOST_CALLS, async (path) => {
      const response = await fetch(url + path, { headers, signal: AbortSignal.timeout(timeoutS * 1000) });
      if (response.ok) return response.json();
      throw refusal(response.status, await response.text());
    });
  }

  async query({ indicator, windowS, atMs, by = [], where = {} }: IndicatorQuery, signal?: AbortSignal) {
    const parameters = new URLSearchParams({ window: String(windowS), at: new Date(atMs).toISOString() });
    if (by.length > 0) parameters.set("by", by.join(","));
    for (const [dimension, value] of Object.entries(where)) parameters.set(`where.${dimension}`, value);
    try {
      const answer = await this.#get(`/api/indicators/${encodeURIComponent(indicator)}?${parameters}`);
      signal?.throwIfAborted();
      if (isAnswer(answer)) return answer.samples;
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof QueryError ? error : new QueryError(...fault(error), { cause: error });
    }
    throw new QueryError("source_failed", "its answer is not a Chainwatch server's");
  }
}

function isAnswer(answer: unknown): answer is { samples: Sample[] } {
  return Array.isArray((answer as { samples?: unknown } | null)?.samples);
}

function refusal(status: number, body: string): QueryError {
  if (status === 401 || status === 403) {
    return new QueryError("source_failed", `it answered ${status}: set CHAINWATCH_TOKEN to the server's token`);
  }
  const reason = status >= 500 ? "source_failed" : "invalid_question";
  return new QueryError(reason, `it answered ${status}${errorMessage(body)}`);
}

/** The API says what is wrong as `{ error: { message } }`. */
function errorMessage(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? `: ${error.message}` : "";
  } catch {
    return "";
  }
}

function fault(error: unknown): ["timeout" | "source_failed", string] {
  if (error instanceof SyntaxError) return ["source_failed", "its answer is not JSON: no Chainwatch server"];
  if (error instanceof Error && error.name === "TimeoutError") return ["timeout", "no answer in time"];
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return ["source_failed", cause instanceof Error ? cause.message : String(cause)];
}
