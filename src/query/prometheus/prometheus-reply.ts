import { connectionTrouble, type OtherSide, otherTrouble, type Trouble } from "../../export/connection-trouble.js";
import { oneLine } from "../../export/one-line.js";
import type { BilingualText } from "../../indicators/language.js";
import { CHAINWATCH } from "../server-name.js";
import { SourceFailure } from "../source-failure.js";

/** The backend that was asked. */
export interface AskedBackend {
  /** Shown in messages. */
  name: string;
  /** Without a slash at its end. */
  url: string;
  /** The option or variable that has the address. */
  setting: string;
  /** Seconds that it has to answer. */
  timeoutS: number;
}

/** What the backend sent back. */
export interface HttpReply {
  status: number;
  contentType: string;
  /** Where a redirect leads. */
  location: string | undefined;
  /** What its `Server` header says it is; "" without one. */
  server: string;
  body: string;
}

const LONGEST_MESSAGE = 400;

/**
 * The `data` of a reply of the Prometheus API.
 *
 * @throws {SourceFailure} `invalid_question` for what the backend refuses to compute, `timeout` when it took too long,
 * `source_failed` for everything else
 */
export function dataOf(backend: AskedBackend, reply: HttpReply): unknown {
  const { status } = reply;
  const failed = (what: BilingualText, cure?: BilingualText): SourceFailure =>
    new SourceFailure(backend.name, { what, cure });
  if (reply.server === CHAINWATCH) {
    throw failed(
      { en: "this is a Chainwatch server", zh: "这是一个 Chainwatch 服务器" },
      {
        en: `write local=${backend.url} in place of prometheus=${backend.url}`,
        zh: `请把 prometheus=${backend.url} 写成 local=${backend.url}`,
      },
    );
  }
  const connection = connectionTrouble(undefined, sideOf(backend), { status, said: reply.body });
  if (connection !== undefined) throw new SourceFailure(backend.name, connection);
  if (status === 401 || status === 403) {
    throw failed(
      { en: `it answered ${status}: it wants to know who asks`, zh: `对方应答 ${status}：需要身份验证` },
      {
        en: 'set CHAINWATCH_SOURCE_HEADERS, such as "Authorization=Bearer%20…"',
        zh: '请设置 CHAINWATCH_SOURCE_HEADERS，例如 "Authorization=Bearer%20…"',
      },
    );
  }
  if (status >= 300 && status < 400) {
    const to = shownAddress(reply.location);
    throw failed(
      { en: `it answered ${status}, which leads to ${to}`, zh: `对方应答 ${status}，重定向到 ${to}` },
      {
        en: `give the address of the API itself in ${backend.setting}`,
        zh: `请在 ${backend.setting} 中填写 API 本身的地址`,
      },
    );
  }

  const answer = answerIn(reply.body);
  if (answer?.status === "success") return answer.data;
  if (answer?.status === "error") throw refusal(backend.name, reply, answer);
  const found = message(reply.contentType.split(";", 1)[0] ?? "") || "no content type";
  const base: BilingualText = {
    en: `give the base URL, before /api/v1/query, in ${backend.setting}`,
    zh: `请在 ${backend.setting} 中填写 /api/v1/query 之前的基础地址`,
  };
  if (status === 404) {
    throw failed(
      {
        en: "it answered 404: there is no Prometheus API at this address",
        zh: "对方应答 404：该地址没有 Prometheus API",
      },
      base,
    );
  }
  if (status !== 200) {
    const said = message(reply.body);
    throw failed(
      {
        en: `it answered ${status} (${found}): ${said || "nothing"}`,
        zh: `对方应答 ${status}（${found}）：${said || "无内容"}`,
      },
      status >= 500 ? { en: "see its log", zh: "请查看对方日志" } : undefined,
    );
  }
  throw failed(
    {
      en: `it answered with ${found}, which is no reply of the Prometheus API`,
      zh: `应答为 ${found}，不是 Prometheus API 的应答`,
    },
    base,
  );
}

/** Why a backend gave no answer at all. */
export function backendTrouble(error: unknown, backend: AskedBackend): Trouble {
  return connectionTrouble(error, sideOf(backend)) ?? otherTrouble(error);
}

function sideOf({ url, setting, timeoutS }: AskedBackend): OtherSide {
  return {
    url: new URL(url),
    endpoint: { en: setting, zh: setting },
    protocol: "",
    usualPort: "9090",
    start: { en: "start it", zh: "请启动它" },
    authorities: ["NODE_EXTRA_CA_CERTS"],
    timeoutS,
  };
}

interface Answer {
  status?: unknown;
  data?: unknown;
  errorType?: unknown;
  error?: unknown;
}

function answerIn(body: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Prometheus says 400 for what it cannot read and 422 for what it will not compute; VictoriaMetrics 422 for both. */
function refusal(source: string, { status }: HttpReply, { errorType, error }: Answer): SourceFailure {
  const said = message(String(error ?? "no message"));
  if (errorType === "timeout" || errorType === "canceled") {
    const what = { en: `it took too long: ${said}`, zh: `查询耗时过长：${said}` };
    return new SourceFailure(source, { what, cure: undefined }, { reason: "timeout" });
  }
  if (status === 400 || status === 422) {
    const what = { en: `it refused the question: ${said}`, zh: `对方拒绝了查询：${said}` };
    return new SourceFailure(source, { what, cure: undefined }, { reason: "invalid_question" });
  }
  const what = { en: `it answered ${status}: ${said}`, zh: `对方应答 ${status}：${said}` };
  return new SourceFailure(source, { what, cure: undefined });
}

function message(text: string): string {
  const line = oneLine(text);
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

/** Without the query, where login pages put their tokens. */
function shownAddress(location: string | undefined): string {
  return message(location?.split(/[?#]/, 1)[0] ?? "") || "nowhere";
}
