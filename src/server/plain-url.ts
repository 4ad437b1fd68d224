import { ConfigError } from "../instrument/config-error.js";
import type { ChosenSetting } from "./chosen-setting.js";

/**
 * An address that may be shown to anybody, without a slash at its end.
 *
 * @param value the address itself, which may be a part of what the setting says
 * @throws {ConfigError} it is none, or carries a password, a query or a fragment
 */
export function plainUrl(
  { option, at }: Pick<ChosenSetting, "option" | "at">,
  { value, cure }: { value: string; cure: string },
): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (plain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, "");
  throw new ConfigError({
    option,
    at,
    expected: "an http or https address without a password, query or fragment",
    found: withoutSecret(value, url),
    cure,
  });
}

/** Passwords and keys stand before the @, in the query or behind the #, so none of them is repeated. */
function withoutSecret(value: string, url: URL | undefined): string {
  if (url?.username || url?.password || value.includes("@")) return "an address with a user or password";
  return /[?#]/.test(value) ? "an address with a query or fragment" : value;
}
