import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { BilingualText } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import { Secret } from "../receive/secret.js";
import { fileTrouble } from "./file-trouble.js";

const VARIABLE = "CHAINWATCH_TOKEN_FILE";
/** The owner writes it; its group, such as the senders of a container stack, may read it. */
const MODE = 0o640;
const NO_FOLDER: BilingualText = { en: "its folder is not there", zh: "其文件夹不存在" };

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
    const { en, zh } = isCode(error, "ENOENT") ? NO_FOLDER : fileTrouble(error);
    throw new ConfigError({
      option: "token",
      at: VARIABLE,
      expected: { en: "a file that can be written, in a folder that is there", zh: "可写入的文件，且其文件夹已存在" },
      found: file,
      cure: {
        en: `${en}; make the folder, or give this user the right to write in it`,
        zh: `${zh}；请创建该文件夹，或授予当前用户写入权限`,
      },
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
    const { en, zh } = fileTrouble(error);
    throw new ConfigError({
      option: "token",
      at: VARIABLE,
      expected: { en: "a file that can be read", zh: "可读取的文件" },
      found: file,
      cure: {
        en: `${en}; name the file itself, and give this user the right to read it`,
        zh: `${zh}；请指定文件本身，并授予当前用户读取权限`,
      },
    });
  }
  return checkedToken(text.trim(), VARIABLE, {
    en: `write the token alone into ${file}, or delete it: a start makes a new one`,
    zh: `请在 ${file} 中只写令牌，或删除该文件：启动时会生成新的`,
  });
}

/** @throws {ConfigError} which never repeats the token */
export function checkedToken(value: string, at: string, cure: BilingualText): Secret {
  if (/^[\x21-\x7e]+$/.test(value)) return new Secret(value);
  throw new ConfigError({
    option: "token",
    at,
    expected: {
      en: "printable ASCII without spaces, because it travels in a header",
      zh: "不含空格的可打印 ASCII 字符，因为它要放进请求头",
    },
    found: value === "" ? "" : String(new Secret(value)),
    cure,
  });
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
