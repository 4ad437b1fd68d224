import type { AlertsView } from "../alert/alert-view.js";
import type { BoardFigures } from "../query/board-figures.js";
import type { Secret } from "../receive/secret.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";
import { serverFault, serverRefusal } from "./server-fault.js";

export interface ServerBoardOptions {
  /** Of the server, e.g. `http://127.0.0.1:4318`. */
  url: string;
  windowS: number;
  /** For servers that ask for one. */
  token?: Secret;
}

const TIMEOUT_MS = 5_000;

/** The board of a running server. */
export class ServerBoard implements BoardReader {
  readonly name: string;
  readonly everyMs = 1_000;
  readonly cure = {
    en: "Start a server with chainwatch serve, or name one with --url",
    zh: "请用 chainwatch serve 启动服务器，或用 --url 指定服务器",
  };
  readonly #windowS: number;
  readonly #token: Secret | undefined;

  constructor({ url, windowS, token }: ServerBoardOptions) {
    this.name = url.replace(/\/+$/, "");
    this.#windowS = windowS;
    this.#token = token;
  }

  async read(signal: AbortSignal): Promise<Board> {
    const [figures, alerts] = await Promise.all([
      this.#getJson(`/api/indicators?window=${this.#windowS}`, signal),
      this.#getJson("/api/alerts", signal),
    ]);
    if (!isRecordWith(figures, "indicators") || !isRecordWith(alerts, "active")) {
      throw new NoBoard({ en: "its answer is not a Chainwatch server's", zh: "应答不是来自 Chainwatch 服务器" });
    }
    return { ...(figures as unknown as BoardFigures), alerts: alerts as unknown as AlertsView };
  }

  async #getJson(path: string, signal: AbortSignal): Promise<unknown> {
    try {
      const response = await fetch(this.name + path, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token.reveal()}` },
      });
      if (!response.ok) throw new NoBoard(serverRefusal(response.status, path, await response.text()));
      return await response.json();
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof NoBoard ? error : new NoBoard(serverFault(error, TIMEOUT_MS), error);
    }
  }
}

function isRecordWith(value: unknown, list: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Array.isArray((value as Record<string, unknown>)[list]);
}
