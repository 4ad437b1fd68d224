import type { AlertsView } from "../alert/alert-view.js";
import type { BilingualText } from "../indicators/language.js";
import type { BoardFigures } from "../query/board-figures.js";
import type { Secret } from "../receive/secret.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";

export interface ServerBoardOptions {
  /** Of the server, e.g. `http://127.0.0.1:4318`. */
  url: string;
  windowS: number;
  /** For servers that ask for one. */
  token?: Secret;
}

const TIMEOUT_MS = 5_000;

const NETWORK_FAULTS: Record<string, BilingualText> = {
  ECONNREFUSED: { en: "connection refused", zh: "连接被拒绝" },
  ECONNRESET: { en: "connection closed", zh: "连接中断" },
  UND_ERR_SOCKET: { en: "connection closed", zh: "连接中断" },
  ENOTFOUND: { en: "unknown host", zh: "找不到主机" },
};

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
      if (!response.ok) throw refusal(response.status, path, await response.text());
      return await response.json();
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof NoBoard ? error : new NoBoard(faultText(error), error);
    }
  }
}

function refusal(status: number, path: string, body: string): NoBoard {
  if (status === 401 || status === 403) {
    return new NoBoard({
      en: `it answered ${status}: set CHAINWATCH_TOKEN to the server's token`,
      zh: `服务器应答 ${status}：请把 CHAINWATCH_TOKEN 设为服务器的令牌`,
    });
  }
  const reason = errorMessage(body);
  return new NoBoard({ en: `${path} answered ${status}${reason}`, zh: `${path} 应答 ${status}${reason}` });
}

/** The API says what is wrong as `{ error: { message } }`. */
function errorMessage(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    // Quoted, so that control characters stay inert on the terminal.
    return typeof error?.message === "string" ? `: ${JSON.stringify(error.message)}` : "";
  } catch {
    return "";
  }
}

function faultText(error: unknown): BilingualText {
  if (error instanceof SyntaxError) {
    return { en: "its answer is not JSON: no Chainwatch server", zh: "应答不是 JSON，不是 Chainwatch 服务器" };
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return { en: `no answer in ${TIMEOUT_MS / 1000} s`, zh: `${TIMEOUT_MS / 1000} 秒内没有应答` };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const known = NETWORK_FAULTS[(cause as { code?: string }).code ?? ""];
  if (known !== undefined) return known;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { en: message, zh: message };
}

function isRecordWith(value: unknown, list: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Array.isArray((value as Record<string, unknown>)[list]);
}
