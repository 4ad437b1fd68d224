import type { BilingualText } from "../indicators/language.js";

const NETWORK_FAULTS: Record<string, BilingualText> = {
  ECONNREFUSED: { en: "connection refused", zh: "连接被拒绝" },
  ECONNRESET: { en: "connection closed", zh: "连接中断" },
  UND_ERR_SOCKET: { en: "connection closed", zh: "连接中断" },
  ENOTFOUND: { en: "unknown host", zh: "找不到主机" },
};

/** Why `fetch` got no answer from a server, or one that is no JSON. */
export function serverFault(error: unknown, timeoutMs: number): BilingualText {
  if (error instanceof SyntaxError) {
    return { en: "its answer is not JSON: no Chainwatch server", zh: "应答不是 JSON，不是 Chainwatch 服务器" };
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return { en: `no answer in ${timeoutMs / 1000} s`, zh: `${timeoutMs / 1000} 秒内没有应答` };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const known = NETWORK_FAULTS[(cause as { code?: string }).code ?? ""];
  if (known !== undefined) return known;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { en: message, zh: message };
}

/** What an answer other than 2xx means. */
export function serverRefusal(status: number, path: string, body: string): BilingualText {
  if (status === 401 || status === 403) {
    return {
      en: `it answered ${status}: set CHAINWATCH_TOKEN to the server's token`,
      zh: `服务器应答 ${status}：请把 CHAINWATCH_TOKEN 设为服务器的令牌`,
    };
  }
  const reason = errorMessage(body);
  return { en: `${path} answered ${status}${reason}`, zh: `${path} 应答 ${status}${reason}` };
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
