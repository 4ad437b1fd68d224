import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { ConfigError } from "../instrument/config-error.js";
import { Secret } from "../receive/secret.js";

const VARIABLE = "CHAINWATCH_TOKEN_FILE";
/** The owner writes it; its group, such as the senders of a container stack, may read it. */
const MODE = 0o640;

/**
 * The token in the file. When the file is not there, a token is made and written, so that the first start makes one.
 *
 * @throws {ConfigError} it cannot be read or written, or holds no token
 */
export function readOrMakeTokenFile(file: string): Secret {
  const known = readTokenFile(file);
  if (known !== undefined) return known;
  const token = randomBytes(24).toString("hex");
  try {
    writeFileSync(file, `${token}\n`, { mode: MODE, flag: "wx" });
    return new Secret(token);
  } catch (error) {
    // Another process may have made it in between, and then its token is the one.
    const other = isCode(error, "EEXIST") ? readTokenFile(file) : undefined;
    if (other !== undefined) return other;
    throw new ConfigError({
      option: "token",
      at: VARIABLE,
      expected: "a file that can be written, in a folder that is there",
      found: file,
      cure: `${(error as Error).message}; make the folder, or give this user the right to write in it`,
    });
  }
}

/**
 * @returns undefined: there is no such file
 * @throws {ConfigError} it cannot be read, or holds no token
 */
export function readTokenFile(file: string): Secret | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw new ConfigError({
      option: "token",
      at: VARIABLE,
      expected: "a file that can be read",
      found: file,
      cure: `${(error as Error).message}; name the file itself, and give this user the right to read it`,
    });
  }
  return checkedToken(
    text.trim(),
    VARIABLE,
    `write the token alone into ${file}, or delete it: a start makes a new one`,
  );
}

/** @throws {ConfigError} which never repeats the token */
export function checkedToken(value: string, at: string, cure: string): Secret {
  if (/^[\x21-\x7e]+$/.test(value)) return new Secret(value);
  throw new ConfigError({
    option: "token",
    at,
    expected: "printable ASCII without spaces, because it travels in a header",
    found: value === "" ? "" : String(new Secret(value)),
    cure,
  });
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
