import type { Words } from "../instrument/words.js";
import { oneLine } from "./one-line.js";
import { NO_ANSWER } from "./send-result.js";

/** What went wrong with another side, and what to do about it. */
export interface Trouble {
  /** For programs, such as `untrusted_certificate`. */
  kind: string;
  /** A clause without its full stop. */
  what: Words;
  /** Likewise. Undefined when nobody knows. */
  cure: Words | undefined;
}

/** Who is called, in the words of the settings that say so. */
export interface OtherSide {
  /** Undefined: not known. */
  url: URL | undefined;
  /** The setting that has its address, such as `--url`. */
  endpoint: Words;
  /** What is spoken there, such as `OTLP/`; empty for plain HTTP. */
  protocol: string;
  /** Its usual port. */
  usualPort: string;
  /** What one does when it does not run: `start "chainwatch serve"`. */
  start: Words;
  /** Variables that may name the certificates of authorities. */
  authorities: readonly string[];
  /** What one does when it wants a client certificate; absent: none can be given. */
  clientCertificate?: Words;
  /** Seconds that it has to answer. */
  timeoutS?: number;
}

interface Facts extends OtherSide {
  /** Node's word for the error. */
  code: unknown;
  message: string;
  /** What was received when the answer was no HTTP. */
  packet: Buffer | undefined;
  answer: { status: number; said: string } | undefined;
  port: string;
  encrypted: boolean;
}

interface Case {
  kind: string;
  applies: (facts: Facts) => boolean;
  what: (facts: Facts) => Words;
  cure: (facts: Facts) => Words;
}

const TLS_ALERT = 0x15;
/** The type of the first frame that an HTTP/2 server sends, at the fourth byte. */
const HTTP2_SETTINGS = 0x04;
const GRPC_PORT = "4317";

/** The first that applies is the trouble. Credentials and queries of URLs never get into a text. */
const CASES: readonly Case[] = [
  {
    kind: "refused",
    applies: ({ code }) => code === "ECONNREFUSED",
    what: () => ({ en: "nothing listens there", zh: "那里没有程序在监听" }),
    cure: ({ start, endpoint }) => ({
      en: `${start.en} or correct ${endpoint.en}`,
      zh: `${start.zh}，或更正 ${endpoint.zh}`,
    }),
  },
  {
    kind: "unknown_host",
    applies: ({ code }) => code === "ENOTFOUND" || code === "EAI_AGAIN",
    what: () => ({ en: "the host name is unknown", zh: "无法解析该主机名" }),
    cure: ({ endpoint }) => correct(endpoint),
  },
  {
    kind: "unreachable",
    applies: ({ code }) =>
      code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "ETIMEDOUT" || code === "UND_ERR_CONNECT_TIMEOUT",
    what: () => ({ en: "no connection can be made", zh: "无法建立连接" }),
    cure: checkNetwork,
  },
  {
    kind: "no_answer",
    applies: ({ code }) => code === NO_ANSWER || code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT",
    what: ({ timeoutS, message }) =>
      timeoutS === undefined
        ? { en: message, zh: "在限定时间内没有应答" }
        : { en: `no answer within ${timeoutS} s`, zh: `${timeoutS} 秒内没有应答` },
    cure: checkNetwork,
  },
  {
    kind: "grpc",
    applies: ({ code, packet, port }) =>
      (isParseError(code) && packet?.[3] === HTTP2_SETTINGS && packet[0] === 0) ||
      (port === GRPC_PORT && (isParseError(code) || isClosed(code))),
    what: ({ protocol }) => ({ en: `this looks like ${protocol}gRPC`, zh: `这里像是 ${protocol}gRPC` }),
    cure: givePort,
  },
  {
    kind: "tls_expected",
    applies: ({ code, packet, answer, encrypted }) =>
      !encrypted &&
      ((isParseError(code) && packet?.[0] === TLS_ALERT) || (answer?.status === 400 && /\bhttps\b/i.test(answer.said))),
    what: () => ({ en: "it speaks TLS", zh: "对方使用 TLS" }),
    cure: ({ endpoint }) => ({
      en: `write https:// in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中使用 https://`,
    }),
  },
  {
    kind: "blocked_port",
    applies: ({ message }) => message === "bad port",
    what: () => ({ en: "web clients never call this port", zh: "Web 客户端不会访问该端口" }),
    cure: givePort,
  },
  {
    kind: "not_http",
    applies: ({ code }) => isParseError(code),
    what: () => ({ en: "it does not speak HTTP/1.1", zh: "对方不支持 HTTP/1.1" }),
    cure: givePort,
  },
  {
    kind: "closed",
    applies: ({ code }) => isClosed(code),
    what: () => ({ en: "it closed the connection without an answer", zh: "对方未应答就关闭了连接" }),
    cure: ({ endpoint, encrypted }) =>
      encrypted
        ? { en: `see its log, and check ${endpoint.en}`, zh: `请查看对方日志，并检查 ${endpoint.zh}` }
        : {
            en: `if it speaks TLS, write https:// in ${endpoint.en}`,
            zh: `如果对方使用 TLS，请在 ${endpoint.zh} 中使用 https://`,
          },
  },
  {
    kind: "no_tls",
    applies: ({ code, message }) => isTlsError(code) && /wrong.version.number|packet.length.too.long/i.test(message),
    what: () => ({ en: "it does not speak TLS", zh: "对方不使用 TLS" }),
    cure: ({ endpoint }) => ({
      en: `write http:// in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中使用 http://`,
    }),
  },
  {
    kind: "client_certificate",
    applies: ({ code, message }) =>
      isTlsError(code) && /alert (certificate|bad certificate|unknown ca|handshake failure)/i.test(message),
    what: () => ({ en: "it wants another client certificate", zh: "对方要求其他客户端证书" }),
    cure: ({ clientCertificate, endpoint }) =>
      clientCertificate ?? {
        en: `give an address that asks for none in ${endpoint.en}`,
        zh: `请在 ${endpoint.zh} 中填写不要求客户端证书的地址`,
      },
  },
  {
    kind: "expired_certificate",
    applies: ({ code }) => code === "CERT_HAS_EXPIRED",
    what: () => ({ en: "its TLS certificate has expired", zh: "对方的 TLS 证书已过期" }),
    cure: () => ({ en: "renew it", zh: "请更新证书" }),
  },
  {
    kind: "early_certificate",
    applies: ({ code }) => code === "CERT_NOT_YET_VALID",
    what: () => ({ en: "its TLS certificate is not valid yet", zh: "对方的 TLS 证书尚未生效" }),
    cure: () => ({ en: "check the clock of this machine", zh: "请检查本机时钟" }),
  },
  {
    kind: "other_host",
    applies: ({ code }) => code === "ERR_TLS_CERT_ALTNAME_INVALID",
    what: () => ({ en: "its TLS certificate is for another host name", zh: "对方的 TLS 证书属于另一个主机名" }),
    cure: ({ endpoint }) => ({
      en: `give the name that the certificate is for in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中填写证书所属的主机名`,
    }),
  },
  {
    kind: "untrusted_certificate",
    applies: ({ code }) => typeof code === "string" && /CERT|ISSUER|SIGNATURE/.test(code),
    what: () => ({ en: "its TLS certificate is not trusted", zh: "对方的 TLS 证书不受信任" }),
    cure: ({ authorities }) => ({
      en: `set ${authorities.map((variable) => `${variable}=/path/ca.pem`).join(" or ")}`,
      zh: `请设置 ${authorities.map((variable) => `${variable}=/路径/ca.pem`).join(" 或 ")}`,
    }),
  },
  {
    kind: "tls_failed",
    applies: ({ code }) => isTlsError(code),
    what: ({ message }) => {
      const reason = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? "?";
      return { en: `the TLS handshake failed: ${reason}`, zh: `TLS 握手失败：${reason}` };
    },
    cure: ({ endpoint }) => correct(endpoint),
  },
];

/**
 * Why nobody who speaks HTTP was reached, whether `node:http` or `fetch` says so.
 *
 * @param answer what was answered, when it was HTTP after all
 * @returns undefined when it is something else
 */
export function connectionTrouble(
  error: unknown,
  side: OtherSide,
  answer?: { status: number; said: string },
): Trouble | undefined {
  const facts: Facts = {
    ...side,
    ...cause(error),
    answer,
    port: side.url?.port ?? "",
    encrypted: side.url?.protocol === "https:",
  };
  const found = CASES.find(({ applies }) => applies(facts));
  return found && { kind: found.kind, what: found.what(facts), cure: found.cure(facts) };
}

/** What nobody knows better: the first line of the error's own words. */
export function otherTrouble(error: unknown): Trouble {
  const { message } = cause(error);
  return { kind: "other", what: { en: message, zh: message }, cure: undefined };
}

/** `fetch` hides why it failed in the cause of its error, and keeps what was received as text. */
function cause(error: unknown): Pick<Facts, "code" | "message" | "packet"> {
  const { name, cause: hidden } = (error ?? {}) as { name?: unknown; cause?: unknown };
  const inner = hidden instanceof Error ? hidden : error;
  const { code, message, rawPacket, data } = (inner ?? {}) as {
    code?: unknown;
    message?: unknown;
    rawPacket?: unknown;
    data?: unknown;
  };
  return {
    code: name === "TimeoutError" ? NO_ANSWER : code,
    message: oneLine(String(message || (inner as Error)?.name || inner)),
    packet: Buffer.isBuffer(rawPacket) ? rawPacket : typeof data === "string" ? Buffer.from(data) : undefined,
  };
}

export function correct(setting: Words): Words {
  return { en: `correct ${setting.en}`, zh: `请更正 ${setting.zh}` };
}

function givePort({ protocol, usualPort, endpoint }: Facts): Words {
  return {
    en: `give the ${protocol}HTTP port, mostly ${usualPort}, in ${endpoint.en}`,
    zh: `请在 ${endpoint.zh} 中填写 ${protocol}HTTP 端口，通常为 ${usualPort}`,
  };
}

function checkNetwork({ endpoint }: Facts): Words {
  return {
    en: `check ${endpoint.en}, and the network and its firewalls`,
    zh: `请检查 ${endpoint.zh}、网络与防火墙`,
  };
}

function isParseError(code: unknown): boolean {
  return typeof code === "string" && code.startsWith("HPE_");
}

function isClosed(code: unknown): boolean {
  return code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET";
}

function isTlsError(code: unknown): boolean {
  return code === "EPROTO" || (typeof code === "string" && code.startsWith("ERR_SSL_"));
}
