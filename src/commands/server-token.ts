import { Secret } from "../receive/secret.js";
import { readTokenFile } from "../server/token-file.js";
import type { Terminal } from "./terminal.js";

/** The token that a running server asks for. Its own file does where both run on one machine, or in one container. */
export function serverToken({
  CHAINWATCH_TOKEN: token,
  CHAINWATCH_TOKEN_FILE: file,
}: Terminal["env"]): Secret | undefined {
  if (token) return new Secret(token);
  return file ? readTokenFile(file) : undefined;
}
