import type { BilingualText } from "../indicators/language.js";
import { Secret } from "../receive/secret.js";
import type { Delivery, Exchange } from "./delivery.js";

/** One POST to a notification service. */
export interface HttpCall {
  /** Often a secret as a whole: who knows a webhook's address can write to it. */
  url: Secret;
  headers?: Readonly<Record<string, string | Secret>>;
  contentType: "application/json" | "application/x-www-form-urlencoded";
  body: string;
  /** What of the body nobody may read in a log. */
  secrets?: readonly Secret[];
  /** Ends the call early. */
  signal: AbortSignal;
}

/** What the service answered. */
export interface HttpReply {
  status: number;
  /** The first 64 kB, as text, without the secrets that were sent. */
  body: string;
  /** From `Retry-After`, milliseconds. */
  retryAfterMs?: number;
  exchange: Exchange;
}

const TIMEOUT_MS = 10_000;
const LARGEST_REPLY_BYTES = 64 * 1024;
const SHOWN_REPLY = 500;
const SHORTEST_KEY = 16;
const SHORTEST_WORD = 8;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Posts once, and never longer than 10 s. Redirects are not followed: an address that redirects could lead the server
 * to machines that only it can reach.
 *
 * @param nowMs Unix time in milliseconds, for a `Retry-After` that is a date
 * @returns the answer whatever its status, or the failed delivery when there is none
 */
export async function callHttp(
  call: HttpCall,
  nowMs: number,
): Promise<{ reply: HttpReply } | { failed: Delivery & { delivered: false } }> {
  const exchange: Exchange = { request: `POST ${shownAddress(call.url)}`, body: withoutSecrets(call.body, call) };
  try {
    const response = await fetch(call.url.reveal(), {
      method: "POST",
      headers: { ...revealed(call.headers ?? {}), "content-type": call.contentType },
      body: call.body,
      redirect: "manual",
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = withoutSecrets(await beginning(response), call);
    const retryAfterMs = waitOf(response.headers.get("retry-after"), nowMs);
    return {
      reply: {
        status: response.status,
        body,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        exchange: {
          ...exchange,
          answer: `${response.status} ${body.slice(0, SHOWN_REPLY)}`.trim(),
        },
      },
    };
  } catch (error) {
    const { message, cure } = noAnswer(error, call);
    return { failed: { delivered: false, retry: true, message, exchange, ...(cure && { cure }) } };
  }
}

/**
 * What an answer means by its status alone, for services that keep to HTTP: 2xx is delivered; 408, 425, 429 and 5xx may
 * pass; anything else stays wrong until somebody mends the settings.
 */
export function deliveryByStatus({ status, retryAfterMs, exchange }: HttpReply, cure?: BilingualText): Delivery {
  if (status >= 200 && status < 300) return { delivered: true, exchange };
  const retry = status === 408 || status === 425 || status === 429 || status >= 500;
  const known = cure ?? CURES[status] ?? (status >= 300 && status < 400 ? REDIRECTED : undefined);
  return {
    delivered: false,
    retry,
    message: exchange.answer ?? String(status),
    exchange,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(known !== undefined && { cure: known }),
  };
}

const REDIRECTED: BilingualText = {
  en: "the address redirects, which is not followed: give the one that it leads to",
  zh: "该地址发生了重定向，不会跟随：请填写最终地址",
};

const CURES: Readonly<Record<number, BilingualText>> = {
  401: { en: "the key or token is wrong or has expired", zh: "密钥或令牌错误，或已过期" },
  403: { en: "the key or token may not do this", zh: "该密钥或令牌没有此权限" },
  404: {
    en: "nothing is at that address: check it, or make a new webhook",
    zh: "该地址不存在：请检查，或新建一个 webhook",
  },
  410: { en: "the webhook was removed: make a new one", zh: "该 webhook 已被删除：请新建一个" },
  429: { en: "too many messages for the service; it is tried again later", zh: "发送过于频繁，稍后会重试" },
};

/** Scheme and host; what comes after them may be the secret. */
function shownAddress(url: Secret): string {
  if (!URL.canParse(url.reveal())) return "[redacted]";
  const { protocol, host, pathname, search } = new URL(url.reveal());
  return `${protocol}//${host}${pathname === "/" && search === "" ? "/" : "/[redacted]"}`;
}

function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value] as const),
  );
}

/** A service may repeat what it was sent, and a proxy the path that it does not know. */
function withoutSecrets(text: string, { url, headers = {}, secrets = [] }: HttpCall): string {
  const sent = [...Object.values(headers), ...secrets].filter((value) => value instanceof Secret);
  return [url.reveal(), ...keysIn(url.reveal()), ...sent.flatMap((secret) => wordsIn(secret.reveal()))]
    .filter((secret) => secret !== "")
    .reduce((shown, secret) => shown.replaceAll(secret, "[redacted]"), text);
}

/** The whole, and the key by itself in `Bearer …`. */
const wordsIn = (secret: string): string[] => [
  secret,
  ...secret.split(" ").filter((word) => word.length >= SHORTEST_WORD && word !== secret),
];

/** What is long enough to be a key in an address, as it is written and as it is meant. */
function keysIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { pathname, search, searchParams } = new URL(url);
  return [...`${pathname}${search}`.split(/[/?&=]/), ...searchParams.values()].filter(
    (part) => part.length >= SHORTEST_KEY,
  );
}

/** The rest is not read, so an answer without an end does no harm. */
async function beginning(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= LARGEST_REPLY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_REPLY_BYTES).toString("utf8");
}

/** Seconds or a date. */
function waitOf(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS);
}

function noAnswer(error: unknown, call: HttpCall): { message: string; cure?: BilingualText } {
  const { name, message, cause } = error as {
    name?: string;
    message?: string;
    cause?: { code?: string; message?: string };
  };
  if (name === "TimeoutError") return { message: `no answer in ${TIMEOUT_MS / 1000} s` };
  const reason = withoutSecrets(cause?.message || cause?.code || message || String(error), call);
  const cure = connectionCure(cause?.code);
  return { message: reason, ...(cure !== undefined && { cure }) };
}

/** What helps when there is no connection: by the code of Node's error. */
export function connectionCure(code: string | undefined): BilingualText | undefined {
  return CONNECTION_CURES.find(([codes]) => codes.test(code ?? ""))?.[1];
}

const CONNECTION_CURES: readonly (readonly [RegExp, BilingualText])[] = [
  [/^ECONNREFUSED$/, { en: "nothing listens at that address", zh: "该地址没有服务在监听" }],
  [/^(ENOTFOUND|EAI_AGAIN)$/, { en: "the host name is not known here", zh: "无法解析该主机名" }],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/,
    {
      en: "the certificate is not trusted: put its authority into NODE_EXTRA_CA_CERTS",
      zh: "证书不受信任：请把其签发机构加入 NODE_EXTRA_CA_CERTS",
    },
  ],
];
