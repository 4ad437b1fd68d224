import { UsageError } from "./usage-error.js";

/**
 * The base URL of a server, without a slash at its end.
 *
 * @throws {UsageError} when it is none
 */
export function serverUrl(option: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href.replace(/\/+$/, "");
  throw new UsageError({
    en: `option ${option}: expected a URL such as http://127.0.0.1:4318, found ${JSON.stringify(value)}`,
    zh: `选项 ${option} 应为网址，例如 http://127.0.0.1:4318，却给了 ${JSON.stringify(value)}`,
  });
}
