import {
  connectionTrouble,
  correct,
  type OtherSide,
  otherTrouble,
  type Trouble,
} from "../export/connection-trouble.js";
import { oneLine } from "../export/one-line.js";
import type { BilingualText } from "../indicators/language.js";

/** A running Chainwatch server, and the setting that has its address. */
export interface AskedServer {
  /** Without a slash at its end. */
  url: string;
  /** Such as `--url`. */
  setting: string;
  /** Seconds that it has to answer. */
  timeoutS: number;
}

/** Why `fetch` got no answer from a server, or one that is no JSON. */
export function serverTrouble(error: unknown, server: AskedServer): Trouble {
  if (error instanceof SyntaxError) return notChainwatch(server);
  return connectionTrouble(error, sideOf(server)) ?? otherTrouble(error);
}

/** That what answers is no Chainwatch server. */
export function notChainwatch({ setting }: AskedServer): Trouble {
  return {
    kind: "not_chainwatch",
    what: { en: "what answers there is no Chainwatch server", zh: "应答的不是 Chainwatch 服务器" },
    cure: correct({ en: setting, zh: setting }),
  };
}

/** What an answer other than 2xx means. */
export function serverRefusal(status: number, path: string, body: string, server: AskedServer): Trouble {
  const said = errorMessage(body);
  const connection = connectionTrouble(undefined, sideOf(server), { status, said: said ?? body });
  if (connection !== undefined) return connection;
  if (status === 401) {
    return {
      kind: "unauthorized",
      what: { en: "it answered 401: it asks for its token", zh: "对方应答 401：需要令牌" },
      cure: { en: "set CHAINWATCH_TOKEN to the server's token", zh: "请把 CHAINWATCH_TOKEN 设为服务器的令牌" },
    };
  }
  // The message of a Chainwatch server names what was expected.
  if (said !== undefined)
    return { kind: "refused_call", what: answered(status, path, JSON.stringify(oneLine(said))), cure: cureOf(status) };
  if (status === 403) {
    return {
      kind: "forbidden",
      what: answered(status, path),
      cure: { en: "set CHAINWATCH_TOKEN to the server's token", zh: "请把 CHAINWATCH_TOKEN 设为服务器的令牌" },
    };
  }
  if (status >= 500) return { kind: "server_failed", what: answered(status, path), cure: cureOf(status) };
  return { ...notChainwatch(server), what: answered(status, path) };
}

/** Who says that its disk is full (507) has said what to do. */
function cureOf(status: number): BilingualText | undefined {
  return status >= 500 && status !== 507 ? { en: "see its log", zh: "请查看对方日志" } : undefined;
}

function answered(status: number, path: string, said?: string): BilingualText {
  return {
    en: `${path} answered ${status}${said === undefined ? "" : `: ${said}`}`,
    zh: `${path} 应答 ${status}${said === undefined ? "" : `：${said}`}`,
  };
}

function sideOf({ url, setting, timeoutS }: AskedServer): OtherSide {
  return {
    url: new URL(url),
    endpoint: { en: setting, zh: setting },
    protocol: "",
    usualPort: "4318",
    start: { en: 'start "chainwatch serve"', zh: '请启动 "chainwatch serve"' },
    authorities: ["NODE_EXTRA_CA_CERTS"],
    timeoutS,
  };
}

/** The API says what is wrong as `{ error: { message } }`. */
function errorMessage(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : undefined;
  } catch {
    return undefined;
  }
}
