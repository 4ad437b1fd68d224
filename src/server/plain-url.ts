import type { BilingualText } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import type { ChosenSetting } from "./chosen-setting.js";

/**
 * The address, without a slash at its end, when it is one that may be shown to anybody: http or https, without user,
 * password, query and fragment. Else `found` says what it is; what may hold a key is not repeated.
 */
export function readPlainUrl(value: string): { url: string } | { found: string | BilingualText } {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const web = url !== undefined && /^https?:$/.test(url.protocol);
  if (web && repeatable(value)) return { url: url.href.replace(/\/+$/, "") };
  return { found: repeatable(value) ? value : withoutSecret(value) };
}

/** Passwords and keys stand before an @, after a ? or after a #; before a port that is none may be a user. */
export function repeatable(value: string): boolean {
  return !/[@?#]/.test(value) && (URL.canParse(value) || !value.includes("://"));
}

/**
 * An address that may be shown to anybody, without a slash at its end.
 *
 * @param value the address itself, which may be a part of what the setting says
 * @throws {ConfigError} it is none, or carries a user, a password, a query or a fragment
 */
export function plainUrl(
  { option, at }: Pick<ChosenSetting, "option" | "at">,
  { value, cure }: { value: string; cure: BilingualText },
): string {
  const read = readPlainUrl(value);
  if ("url" in read) return read.url;
  throw new ConfigError({ option, at, expected: PLAIN_URL, found: read.found, cure });
}

export const PLAIN_URL: BilingualText = {
  en: "an http or https address without a password, query or fragment",
  zh: "不含密码、查询参数和片段的 http 或 https 地址",
};

function withoutSecret(value: string): BilingualText {
  if (value.includes("@")) return { en: "an address with a user or password", zh: "带有用户名或密码的地址" };
  if (value.includes("?")) return { en: "an address with a query", zh: "带有查询参数的地址" };
  if (value.includes("#")) return { en: "an address with a fragment", zh: "带有片段的地址" };
  return { en: "an address that cannot be read", zh: "无法解析的地址" };
}
