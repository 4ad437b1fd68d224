import { UsageError } from "./usage-error.js";

/**
 * The base URL of a server, without a slash at its end. Passwords and keys have no place in it: every user of a machine
 * can read its command lines, and messages show addresses.
 *
 * @throws {UsageError} when it is none; an address that may hold a secret is not repeated
 */
export function serverUrl(option: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  const isPlain = !/[@?#]/.test(value);
  if (isHttp && isPlain) return url.href.replace(/\/+$/, "");
  if (isPlain) {
    throw new UsageError({
      en: `option ${option}: expected a URL such as http://127.0.0.1:4318, found ${JSON.stringify(value)}`,
      zh: `选项 ${option} 应为网址，例如 http://127.0.0.1:4318，却给了 ${JSON.stringify(value)}`,
    });
  }
  throw new UsageError({
    en: `option ${option}: expected a URL such as http://127.0.0.1:4318 without a user, password, query or fragment, found one with them. Keys belong in CHAINWATCH_TOKEN, or for OTLP in OTEL_EXPORTER_OTLP_HEADERS`,
    zh: `选项 ${option} 应为不含用户名、密码、查询串和片段的网址，例如 http://127.0.0.1:4318。密钥请放入 CHAINWATCH_TOKEN；发送 OTLP 时放入 OTEL_EXPORTER_OTLP_HEADERS`,
  });
}
