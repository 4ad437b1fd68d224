import type { Secret } from "../receive/secret.js";
import { limitCalls } from "./limited-calls.js";
import { QueryError } from "./query-error.js";
import { type AskedServer, notChainwatch, serverRefusal, serverTrouble } from "./server-trouble.js";
import { SourceFailure } from "./source-failure.js";

export interface ServerClientOptions {
  /** Of the server, without a slash at its end, e.g. `http://127.0.0.1:4318`. */
  url: string;
  /** The option or variable that has the address; default `--source`. */
  setting?: string;
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
  readonly #server: AskedServer;
  readonly #get: (path: string, signal?: AbortSignal) => Promise<unknown>;

  constructor({ url, setting = "--source", token, timeoutS = 10 }: ServerClientOptions) {
    this.#server = { url, setting, timeoutS };
    this.name = `local ${url}`;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
    this.#get = limitCalls(MOST_CALLS, async (path, signal) => {
      const tooLong = AbortSignal.timeout(timeoutS * 1000);
      const ending = signal === undefined ? tooLong : AbortSignal.any([tooLong, signal]);
      const response = await fetch(url + path, { headers, signal: ending });
      if (response.ok) return response.json();
      const { status } = response;
      const call = path.split("?", 1)[0] ?? path;
      const reason = status === 400 ? "invalid_question" : "source_failed";
      throw new SourceFailure(this.name, serverRefusal(status, call, await response.text(), this.#server), { reason });
    });
  }

  /**
   * The list in the answer at a path.
   *
   * @throws {QueryError}
   */
  async list<Item>(path: string, parameters: URLSearchParams, list: string, signal?: AbortSignal): Promise<Item[]> {
    let answer: unknown;
    try {
      answer = await this.#get(`${path}?${parameters}`, signal);
    } catch (error) {
      if (error instanceof QueryError) throw error;
      const late = error instanceof Error && error.name === "TimeoutError";
      throw new SourceFailure(this.name, serverTrouble(error, this.#server), {
        reason: late ? "timeout" : "source_failed",
        cause: error,
      });
    }
    const items = (answer as Record<string, unknown> | null)?.[list];
    if (Array.isArray(items)) return items;
    throw new SourceFailure(this.name, notChainwatch(this.#server));
  }
}
