import { ConfigError } from "../instrument/config-error.js";
import { Secret } from "../receive/secret.js";
import { readTokenFile } from "../server/token-file.js";
import type { Terminal } from "./terminal.js";

/**
 * The token that a running server asks for. Its own file does where both run on one machine, or in one container.
 *
 * @throws {ConfigError} the file that is named cannot be read
 */
export function serverToken({
  CHAINWATCH_TOKEN: token,
  CHAINWATCH_TOKEN_FILE: file,
}: Terminal["env"]): Secret | undefined {
  if (token) return new Secret(token);
  if (!file) return undefined;
  const known = readTokenFile(file);
  if (known !== undefined) return known;
  throw new ConfigError({
    option: "token",
    at: "CHAINWATCH_TOKEN_FILE",
    expected: { en: "the token file of the server", zh: "服务器的令牌文件" },
    found: file,
    cure: {
      en: "it is not there: name the file that the server has, or set CHAINWATCH_TOKEN",
      zh: "文件不存在：请指定服务器所用的文件，或设置 CHAINWATCH_TOKEN",
    },
  });
}
