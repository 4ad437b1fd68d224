import type { Secret } from "../receive/secret.js";
import { limitCalls } from "./limited-calls.js";
import { QueryError } from "./query-error.js";

export interface ServerClientOptions {
  /** Of the server, without a slash at its end, e.g. `http://127.0.0.1:4318`. */
  url: string;
  /** For servers that ask for one. */
  token?: Secret;
  /** Seconds that an answer may take; default 10. */
  timeoutS?: number;
}

/** More would only wait inside the server, whose store answers one at a time. */
const MOST_CALLS = 4;

/** Reads the JSON API of a running Chainwatch server, few calls at once. */
export class ServerClient {
  /** Shown in messages. */
  readonly name: string;
  readonly #get: (path: string) => Promise<unknown>;

  constructor({ url, token, timeoutS = 10 }: ServerClientOptions) {
    this.name = `local ${url}`;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
    this.#get = limitCalls(MOST_CALLS, async (path) => {
      const response = await fetch(url + path, { headers, signal: AbortSignal.timeout(timeoutS * 1000) });
      if (response.ok) return response.json();
      throw refusal(response.status, await response.text());
    });
  }

  /**
   * The list in the answer at a path.
   *
   * @throws {QueryError}
   */
  async list<Item>(path: string, parameters: URLSearchParams, list: string): Promise<Item[]> {
    let answer: unknown;
    try {
      answer = await this.#get(`${path}?${parameters}`);
    } catch (error) {
      throw error instanceof QueryError ? error : new QueryError(...fault(error), { cause: error });
    }
    const items = (answer as Record<string, unknown> | null)?.[list];
    if (Array.isArray(items)) return items;
    throw new QueryError("source_failed", "its answer is not a Chainwatch server's");
  }
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
