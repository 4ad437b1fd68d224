import type { AlertsView } from "../alert/alert-view.js";
import type { BoardFigures } from "../query/board-figures.js";
import { type AskedServer, notChainwatch, serverRefusal, serverTrouble } from "../query/server-trouble.js";
import type { Secret } from "../receive/secret.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";

export interface ServerBoardOptions {
  /** Of the server, e.g. `http://127.0.0.1:4318`. */
  url: string;
  /** The option or variable that has the address; default `--url`. */
  setting?: string;
  windowS: number;
  /** The one service that the figures are of; default all. */
  service?: string;
  /** For servers that ask for one. */
  token?: Secret;
}

const TIMEOUT_S = 5;

/** The board of a running server. */
export class ServerBoard implements BoardReader {
  readonly name: string;
  readonly everyMs = 1_000;
  readonly #server: AskedServer;
  readonly #parameters: URLSearchParams;
  readonly #token: Secret | undefined;

  constructor({ url, setting = "--url", windowS, service, token }: ServerBoardOptions) {
    this.name = url.replace(/\/+$/, "");
    this.#server = { url: this.name, setting, timeoutS: TIMEOUT_S };
    this.#parameters = new URLSearchParams({ window: String(windowS) });
    if (service !== undefined) this.#parameters.set("where.service", service);
    this.#token = token;
  }

  async read(signal: AbortSignal): Promise<Board> {
    const [figures, alerts] = await Promise.all([
      this.#getJson("/api/indicators", signal, `?${this.#parameters}`),
      this.#getJson("/api/alerts", signal),
    ]);
    if (!isRecordWith(figures, "indicators") || !isRecordWith(alerts, "active")) {
      throw new NoBoard(notChainwatch(this.#server));
    }
    return { ...(figures as unknown as BoardFigures), alerts: alerts as unknown as AlertsView };
  }

  async #getJson(path: string, signal: AbortSignal, query = ""): Promise<unknown> {
    try {
      const response = await fetch(this.name + path + query, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_S * 1000)]),
        headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token.reveal()}` },
      });
      if (!response.ok) throw new NoBoard(serverRefusal(response.status, path, await response.text(), this.#server));
      return await response.json();
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof NoBoard ? error : new NoBoard(serverTrouble(error, this.#server), error);
    }
  }
}

function isRecordWith(value: unknown, list: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Array.isArray((value as Record<string, unknown>)[list]);
}
