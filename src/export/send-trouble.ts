import type { Words } from "../instrument/words.js";
import { connectionTrouble, correct, type OtherSide, otherTrouble, type Trouble } from "./connection-trouble.js";
import type { Destination } from "./export-settings.js";
import { NOT_OTLP, type ReceiverAnswer, type SendFailure } from "./send-result.js";

interface Facts {
  /** HTTP status or Node's word for the error. */
  code: unknown;
  answer: ReceiverAnswer | undefined;
  /** Undefined: an exporter of the app's own sends. */
  destination: Destination | undefined;
  endpoint: Words;
  headers: Words;
}

interface Case {
  kind: string;
  applies: (facts: Facts) => boolean;
  what: (facts: Facts) => Words;
  cure?: (facts: Facts) => Words;
}

/** The first that applies is the trouble. Headers, credentials and queries of URLs never get into a text. */
const CASES: readonly Case[] = [
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
      if (destination === undefined) return correct(endpoint);
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
export function sendTrouble({ error, answer }: SendFailure, destination: Destination | undefined): Trouble {
  const endpoint = named(destination?.endpointSetting, { en: "the exporter's url", zh: "导出器的 url" });
  const trouble = connectionTrouble(
    error,
    { ...RECEIVER, url: destination && new URL(destination.url), endpoint },
    answer,
  );
  if (trouble !== undefined) return trouble;
  const facts: Facts = {
    code: (error as { code?: unknown }).code,
    answer,
    destination,
    endpoint,
    headers: named(destination?.headersSetting, { en: "the exporter's headers", zh: "导出器的 headers" }),
  };
  const found = CASES.find(({ applies }) => applies(facts));
  if (found === undefined) return otherTrouble(error);
  return { kind: found.kind, what: found.what(facts), cure: found.cure?.(facts) };
}

const RECEIVER = {
  protocol: "OTLP/",
  usualPort: "4318",
  start: { en: 'start "chainwatch serve"', zh: '请启动 "chainwatch serve"' },
  authorities: ["OTEL_EXPORTER_OTLP_CERTIFICATE", "NODE_EXTRA_CA_CERTS"],
  clientCertificate: {
    en: "set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY",
    zh: "请设置 OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE 与 OTEL_EXPORTER_OTLP_CLIENT_KEY",
  },
} satisfies Partial<OtherSide>;

function named(setting: string | undefined, otherwise: Words): Words {
  return setting === undefined ? otherwise : { en: setting, zh: setting };
}

function correctHeaders({ headers }: Facts): Words {
  return headers.en.startsWith("OTEL_")
    ? {
        en: `correct ${headers.en}, such as authorization=Bearer%20<token>`,
        zh: `请更正 ${headers.zh}，例如 authorization=Bearer%20<令牌>`,
      }
    : correct(headers);
}

/** Below 300 are the codes of other protocols, such as gRPC's. */
function isStatus(code: unknown): code is number {
  return typeof code === "number" && code >= 300;
}
