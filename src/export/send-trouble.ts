import type { Destination } from "./export-settings.js";
import { NO_ANSWER, NOT_OTLP, type ReceiverAnswer, type SendFailure } from "./send-result.js";

/** A text in the two languages that the command line speaks. */
interface Words {
  en: string;
  zh: string;
}

/** Why a receiver was not reached, or did not take what was sent, and what to do about it. */
export interface SendTrouble {
  /** For programs, such as `untrusted_certificate`. */
  kind: string;
  /** A clause without its full stop. */
  what: Words;
  /** Likewise. Undefined when nobody knows. */
  cure: Words | undefined;
}

interface Facts {
  /** HTTP status or Node's word for the error. */
  code: unknown;
  message: string;
  /** What was received when the answer was no HTTP. */
  packet: Buffer | undefined;
  answer: ReceiverAnswer | undefined;
  /** Undefined: an exporter of the app's own sends. */
  destination: Destination | undefined;
  port: string;
  encrypted: boolean;
  endpoint: Words;
  headers: Words;
}

interface Case {
  kind: string;
  applies: (facts: Facts) => boolean;
  what: (facts: Facts) => Words;
  cure?: (facts: Facts) => Words;
}

const TLS_ALERT = 0x15;
/** The type of the first frame that an HTTP/2 server sends, at the fourth byte. */
const HTTP2_SETTINGS = 0x04;
const GRPC_PORT = "4317";

/** The first that applies is the trouble. Headers, credentials and queries of URLs never get into a text. */
const CASES: readonly Case[] = [
  {
    kind: "refused",
    applies: ({ code }) => code === "ECONNREFUSED",
    what: () => ({ en: "nothing listens there", zh: "那里没有程序在监听" }),
    cure: ({ endpoint }) => ({
      en: `start "chainwatch serve" or correct ${endpoint.en}`,
      zh: `请启动 "chainwatch serve"，或更正 ${endpoint.zh}`,
    }),
  },
  {
    kind: "unknown_host",
    applies: ({ code }) => code === "ENOTFOUND" || code === "EAI_AGAIN",
    what: () => ({ en: "the host name is unknown", zh: "无法解析该主机名" }),
    cure: correctEndpoint,
  },
  {
    kind: "unreachable",
    applies: ({ code }) => code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "ETIMEDOUT",
    what: () => ({ en: "no connection can be made", zh: "无法建立连接" }),
    cure: checkNetwork,
  },
  {
    kind: "no_answer",
    applies: ({ code }) => code === NO_ANSWER,
    what: ({ message }) => ({ en: message, zh: "在限定时间内没有应答" }),
    cure: checkNetwork,
  },
  {
    kind: "grpc",
    applies: ({ code, packet, port }) =>
      (isParseError(code) && packet?.[3] === HTTP2_SETTINGS && packet[0] === 0) ||
      (port === GRPC_PORT && (isParseError(code) || isClosed(code))),
    what: () => ({ en: "this looks like OTLP/gRPC", zh: "这里像是 OTLP/gRPC" }),
    cure: ({ endpoint }) => ({
      en: `give the OTLP/HTTP port, mostly 4318, in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中填写 OTLP/HTTP 端口，通常为 4318`,
    }),
  },
  {
    kind: "tls_expected",
    applies: ({ code, packet, answer, encrypted }) =>
      !encrypted &&
      ((isParseError(code) && packet?.[0] === TLS_ALERT) || (code === 400 && /\bhttps\b/i.test(answer?.said ?? ""))),
    what: () => ({ en: "it speaks TLS", zh: "对方使用 TLS" }),
    cure: ({ endpoint }) => ({
      en: `write https:// in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中使用 https://`,
    }),
  },
  {
    kind: "not_http",
    applies: ({ code }) => isParseError(code),
    what: () => ({ en: "it does not speak HTTP/1.1", zh: "对方不支持 HTTP/1.1" }),
    cure: ({ endpoint }) => ({
      en: `give an OTLP/HTTP port, mostly 4318, in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中填写 OTLP/HTTP 端口，通常为 4318`,
    }),
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
    cure: () => ({
      en: "set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY",
      zh: "请设置 OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE 与 OTEL_EXPORTER_OTLP_CLIENT_KEY",
    }),
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
    cure: () => ({
      en: "set OTEL_EXPORTER_OTLP_CERTIFICATE=/path/ca.pem or NODE_EXTRA_CA_CERTS=/path/ca.pem",
      zh: "请设置 OTEL_EXPORTER_OTLP_CERTIFICATE=/路径/ca.pem 或 NODE_EXTRA_CA_CERTS=/路径/ca.pem",
    }),
  },
  {
    kind: "tls_failed",
    applies: ({ code }) => isTlsError(code),
    what: ({ message }) => {
      const reason = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? "?";
      return { en: `the TLS handshake failed: ${reason}`, zh: `TLS 握手失败：${reason}` };
    },
    cure: correctEndpoint,
  },
  {
    kind: "bad_header",
    applies: ({ code }) => code === "ERR_INVALID_CHAR" || code === "ERR_INVALID_HTTP_TOKEN",
    what: () => ({ en: "a header holds what HTTP cannot carry", zh: "某个请求头含有 HTTP 无法传输的字符" }),
    cure: correctHeaders,
  },
  {
    kind: "web_page",
    applies: ({ code }) => code === NOT_OTLP,
    what: ({ answer }) => ({
      en: `it answered ${answer?.status} with a web page`,
      zh: `对方以 ${answer?.status} 返回了一个网页`,
    }),
    cure: ({ endpoint }) => ({
      en: `no OTLP receiver is there: correct ${endpoint.en}`,
      zh: `那里没有 OTLP 接收端：请更正 ${endpoint.zh}`,
    }),
  },
  {
    kind: "redirect",
    applies: ({ code }) => isStatus(code) && code < 400,
    what: ({ code, answer }) => ({
      en: `it answered ${code}${answer?.location === undefined ? "" : `, a redirect to ${answer.location}`}`,
      zh: `对方应答 ${code}${answer?.location === undefined ? "" : `，重定向到 ${answer.location}`}`,
    }),
    cure: ({ endpoint }) => ({
      en: `give the endpoint that it redirects to in ${endpoint.en}`,
      zh: `请在 ${endpoint.zh} 中填写重定向后的地址`,
    }),
  },
  {
    kind: "unauthorized",
    applies: ({ code }) => code === 401,
    what: () => ({ en: "it answered 401: the token is missing or wrong", zh: "对方应答 401：令牌缺失或错误" }),
    cure: correctHeaders,
  },
  {
    kind: "forbidden",
    applies: ({ code }) => code === 403,
    what: () => ({
      en: "it answered 403: the token is missing, wrong, or may not write",
      zh: "对方应答 403：令牌缺失、错误或没有写入权限",
    }),
    cure: correctHeaders,
  },
  {
    kind: "wrong_path",
    applies: ({ code }) => code === 404 || code === 405,
    what: ({ code, destination }) => {
      const path = destination === undefined ? "" : ` to POST ${new URL(destination.url).pathname}`;
      return { en: `it answered ${code}${path}`, zh: `对方应答 ${code}${path.replace(" to ", "：")}` };
    },
    cure: ({ destination, endpoint }) => {
      if (destination === undefined) return correctEndpoint({ endpoint });
      const { signal, endpointSetting } = destination;
      const off = `OTEL_${signal.toUpperCase()}_EXPORTER=none`;
      return endpointSetting.includes(signal.toUpperCase())
        ? {
            en: `${endpointSetting} is used as it is: give the whole path, or ${off} if it takes no ${signal}`,
            zh: `${endpointSetting} 会原样使用：请填写完整路径；若对方不接收 ${signal}，请设置 ${off}`,
          }
        : {
            en: `${endpointSetting} takes the base URL, all that comes before /v1/${signal}; or ${off} if it takes no ${signal}`,
            zh: `${endpointSetting} 须为基础地址，即 /v1/${signal} 之前的全部；若对方不接收 ${signal}，请设置 ${off}`,
          };
    },
  },
  {
    kind: "wrong_format",
    applies: ({ code }) => code === 415,
    what: ({ destination }) => {
      const format = destination === undefined ? "" : ` (${PROTOCOLS[destination.format]})`;
      return {
        en: `it answered 415: it does not take this format${format}`,
        zh: `对方应答 415：不接受此格式${format}`,
      };
    },
    cure: ({ destination }) => {
      const other = PROTOCOLS[destination?.format === "json" ? "protobuf" : "json"];
      return {
        en: `set OTEL_EXPORTER_OTLP_PROTOCOL=${other}, or OTEL_EXPORTER_OTLP_COMPRESSION=none`,
        zh: `请设置 OTEL_EXPORTER_OTLP_PROTOCOL=${other}，或 OTEL_EXPORTER_OTLP_COMPRESSION=none`,
      };
    },
  },
  {
    kind: "too_large",
    applies: ({ code }) => code === 413,
    what: () => ({ en: "it answered 413 to one item alone", zh: "单独一条数据也被应答 413" }),
    cure: () => ({ en: "raise its limit for the body of a request", zh: "请提高对方的请求体大小上限" }),
  },
  {
    kind: "too_much",
    applies: ({ code }) => code === 429,
    what: () => ({ en: "it answered 429: it asks for less", zh: "对方应答 429：请求过多" }),
    cure: () => ({
      en: "raise its limit, or send fewer traces by OTEL_TRACES_SAMPLER",
      zh: "请提高对方的限额，或用 OTEL_TRACES_SAMPLER 减少发送的 trace",
    }),
  },
  {
    kind: "receiver_failed",
    applies: ({ code }) => isStatus(code) && code >= 500,
    what: ({ code }) => ({
      en: `it answered ${code}: it, or what is behind it, is down or overloaded`,
      zh: `对方应答 ${code}：对方或其后端不可用或过载`,
    }),
    cure: () => ({ en: "see its log", zh: "请查看对方日志" }),
  },
  {
    kind: "not_taken",
    applies: ({ code }) => isStatus(code),
    what: ({ code }) => ({ en: `it answered ${code}`, zh: `对方应答 ${code}` }),
    cure: () => ({
      en: '"chainwatch doctor" shows what it says; see its log',
      zh: '"chainwatch doctor" 会显示对方的应答；请查看对方日志',
    }),
  },
];

const PROTOCOLS = { protobuf: "http/protobuf", json: "http/json" } as const;

/**
 * What a failure means for the owner of the app.
 *
 * @param destination Undefined when an exporter of the app's own sends.
 */
export function sendTrouble({ error, answer }: SendFailure, destination: Destination | undefined): SendTrouble {
  const { code, rawPacket } = error as { code?: unknown; rawPacket?: unknown };
  const url = destination === undefined ? undefined : new URL(destination.url);
  const facts: Facts = {
    code,
    message: error.message || error.name,
    packet: Buffer.isBuffer(rawPacket) ? rawPacket : undefined,
    answer,
    destination,
    port: url?.port ?? "",
    encrypted: url?.protocol === "https:",
    endpoint: named(destination?.endpointSetting, { en: "the exporter's url", zh: "导出器的 url" }),
    headers: named(destination?.headersSetting, { en: "the exporter's headers", zh: "导出器的 headers" }),
  };
  const found = CASES.find(({ applies }) => applies(facts));
  if (found === undefined) {
    return { kind: "other", what: { en: facts.message, zh: facts.message }, cure: undefined };
  }
  return { kind: found.kind, what: found.what(facts), cure: found.cure?.(facts) };
}

function named(setting: string | undefined, otherwise: Words): Words {
  return setting === undefined ? otherwise : { en: setting, zh: setting };
}

function correctEndpoint({ endpoint }: Pick<Facts, "endpoint">): Words {
  return { en: `correct ${endpoint.en}`, zh: `请更正 ${endpoint.zh}` };
}

function correctHeaders({ headers }: Facts): Words {
  return headers.en.startsWith("OTEL_")
    ? {
        en: `correct ${headers.en}, such as authorization=Bearer%20<token>`,
        zh: `请更正 ${headers.zh}，例如 authorization=Bearer%20<令牌>`,
      }
    : { en: `correct ${headers.en}`, zh: `请更正 ${headers.zh}` };
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
  return code === "ECONNRESET" || code === "EPIPE";
}

function isTlsError(code: unknown): boolean {
  return code === "EPROTO" || (typeof code === "string" && code.startsWith("ERR_SSL_"));
}

/** Below 300 are the codes of other protocols, such as gRPC's. */
function isStatus(code: unknown): code is number {
  return typeof code === "number" && code >= 300;
}
