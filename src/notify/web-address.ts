import { z } from "zod";
import { Secret } from "../receive/secret.js";

/**
 * An address that is posted to. A user and password in it are refused by `fetch`, and would be shown where an address
 * is; hence they are a mistake of the settings.
 *
 * @param expected completes "expected …"
 */
export const webAddress = (expected: string) =>
  z
    .string({ error: expected })
    .refine(isWebAddress, { error: expected })
    .transform((url) => new Secret(url));

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username + password === "";
}
