import { userInfo } from "node:os";
import type { Trouble } from "../export/connection-trouble.js";
import { DEFAULT_ENDPOINT } from "../export/export-settings.js";
import type { BilingualText } from "../indicators/language.js";
import { nearestName } from "../instrument/nearest-name.js";
import { type AskedServer, serverRefusal, serverTrouble } from "../query/server-trouble.js";
import type { CommandOption, Flags } from "./command.js";
import { CommandError } from "./command-error.js";
import { serverToken } from "./server-token.js";
import { serverUrl } from "./server-url.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const TIMEOUT_S = 10;

/** The options of commands that call a running server or evaluator. */
export const URL_OPTION: Readonly<Record<string, CommandOption>> = {
  url: {
    value: "URL",
    describe: {
      en: `the server or evaluator; default ${DEFAULT_ENDPOINT}; its token is in CHAINWATCH_TOKEN or CHAINWATCH_TOKEN_FILE`,
      zh: `服务器或告警评估进程的地址；默认 ${DEFAULT_ENDPOINT}；令牌取自 CHAINWATCH_TOKEN 或 CHAINWATCH_TOKEN_FILE`,
    },
  },
};

/** Who does something, for commands that say so. */
export const AUTHOR_OPTION: Readonly<Record<string, CommandOption>> = {
  author: {
    value: "NAME",
    describe: { en: "who you are; default the user of this machine", zh: "您的名字；默认取本机用户名" },
  },
};

/** @throws {UsageError} nobody knows */
export function authorOf(flags: Flags, { USER: user, USERNAME: windowsUser }: Terminal["env"]): string {
  const author = flags.text("author") ?? (user || windowsUser || userName());
  if (author) return author;
  throw new UsageError({ en: "expected --author NAME: who you are", zh: "缺少 --author NAME：您的名字" });
}

/** @returns undefined where the user has no name, as in a container that runs under a bare number */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** A call whose answer takes long. */
export interface SlowCall {
  /** Seconds; below 300, after which Node gives up by itself. */
  timeoutS: number;
  /** What one does when there is no answer by then. */
  cure: BilingualText;
}

/** The JSON API of a running server or evaluator. */
export class ServerApi {
  readonly #server: AskedServer;
  readonly #headers: Record<string, string>;
  readonly #stop: AbortSignal;

  /** @throws {UsageError} */
  constructor(flags: Flags, { env, stop }: Pick<Terminal, "env" | "stop">) {
    const url = serverUrl("--url", flags.text("url") ?? DEFAULT_ENDPOINT);
    this.#server = { url, setting: "--url", timeoutS: TIMEOUT_S };
    const token = serverToken(env);
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
    this.#stop = stop;
  }

  /** @throws {CommandError} with what is wrong and the cure */
  get<View>(path: string): Promise<View> {
    return this.#call(path, { method: "GET" });
  }

  /** @throws {CommandError} with what is wrong and the cure */
  post<View>(path: string, body: object): Promise<View> {
    return this.#call(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /**
   * @param slow where the server has much to do: the seconds that it has, and what to do when it needs more
   * @throws {CommandError} with what is wrong and the cure
   */
  delete<View>(path: string, slow?: SlowCall): Promise<View> {
    return this.#call(path, { method: "DELETE" }, slow);
  }

  /**
   * A file as it comes. The server has the usual time to begin, and any time to end.
   *
   * @throws {CommandError} with what is wrong and the cure, also on the way
   */
  async *download(path: string): AsyncGenerator<string> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("no answer", "TimeoutError")), TIMEOUT_S * 1000);
    let refusal: { status: number; body: string } | undefined;
    try {
      const signal = AbortSignal.any([this.#stop, late.signal]);
      const response = await fetch(this.#server.url + path, { headers: this.#headers, signal });
      clearTimeout(timer);
      if (response.ok && response.body !== null) {
        const text = response.body.pipeThrough(new TextDecoderStream());
        for await (const chunk of text) yield chunk;
        return;
      }
      refusal = { status: response.status, body: await response.text() };
    } catch (error) {
      this.#stop.throwIfAborted();
      throw this.#failure(serverTrouble(error, this.#server));
    } finally {
      clearTimeout(timer);
    }
    throw this.#failure(serverRefusal(refusal.status, path.split("?", 1)[0] ?? path, refusal.body, this.#server));
  }

  async #call<View>(path: string, init: RequestInit, slow?: SlowCall): Promise<View> {
    const { timeoutS } = slow ?? this.#server;
    let answer: { status: number; ok: boolean; body: string };
    try {
      const response = await fetch(this.#server.url + path, {
        ...init,
        headers: { ...init.headers, ...this.#headers },
        signal: AbortSignal.any([this.#stop, AbortSignal.timeout(timeoutS * 1000)]),
      });
      answer = { status: response.status, ok: response.ok, body: await response.text() };
      if (answer.ok) return JSON.parse(answer.body);
    } catch (error) {
      this.#stop.throwIfAborted();
      const trouble = serverTrouble(error, { ...this.#server, timeoutS });
      throw this.#failure(trouble.kind === "no_answer" && slow ? { ...trouble, cure: slow.cure } : trouble);
    }
    throw this.#failure(serverRefusal(answer.status, path, answer.body, this.#server));
  }

  #failure({ what, cure }: Trouble): CommandError {
    const { url } = this.#server;
    return new CommandError({
      en: `${url}: ${what.en}${cure === undefined ? "" : ` → ${cure.en}`}`,
      zh: `${url}：${what.zh}${cure === undefined ? "" : ` → ${cure.zh}`}`,
    });
  }
}

/** Enough of an id to know one of a few. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/**
 * The one that is meant: by its id, the beginning of its id, or another name of it.
 *
 * @param what there is one of, such as `firing alert`
 * @throws {CommandError} none or several, with those that may be meant
 */
export function oneMeant<Item extends { id: string }>(
  given: string,
  items: readonly Item[],
  { what, nameOf }: { what: BilingualText; nameOf?: (item: Item) => string },
): Item {
  const fitting = items.filter((item) => item.id.startsWith(given) || nameOf?.(item) === given);
  const [one] = fitting;
  if (one !== undefined && (fitting.length === 1 || one.id === given)) return one;
  const found = JSON.stringify(given);
  if (fitting.length > 1) {
    const ids = fitting.map(({ id }) => shortId(id)).join(", ");
    throw new CommandError({
      en: `${found} names ${fitting.length}: say which: ${ids}`,
      zh: `${found} 对应 ${fitting.length} 个，请指明其一：${ids}`,
    });
  }
  const names = items.flatMap((item) => [shortId(item.id), ...(nameOf === undefined ? [] : [nameOf(item)])]);
  const near = nearestName(given, names);
  const known = names.slice(0, 10).join(", ");
  const cure: BilingualText =
    near !== undefined
      ? { en: `did you mean ${near}?`, zh: `是不是 ${near}？` }
      : known === ""
        ? { en: "there is none now", zh: "目前没有" }
        : { en: `there are ${known}`, zh: `现有：${known}` };
  throw new CommandError({ en: `no ${what.en} ${found}: ${cure.en}`, zh: `没有${what.zh} ${found}：${cure.zh}` });
}
