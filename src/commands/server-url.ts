import type { BilingualText } from "../indicators/language.js";
import { PLAIN_URL, readPlainUrl } from "../server/plain-url.js";
import { UsageError } from "./usage-error.js";

/**
 * The base URL of a server, without a slash at its end. It is shown in messages, and every user of a machine can read
 * its command lines, so it must not carry a key.
 *
 * @param option the option or variable that says it
 * @param keyVariable where a key belongs
 * @throws {UsageError} when it is none, or may carry a key, which is not repeated
 */
export function serverUrl(option: string, value: string, keyVariable = "CHAINWATCH_TOKEN"): string {
  const read = readPlainUrl(value);
  if ("url" in read) return read.url;
  const { found } = read;
  const named: BilingualText = option.startsWith("--")
    ? { en: `option ${option}`, zh: `选项 ${option}` }
    : { en: option, zh: option };
  throw new UsageError(
    typeof found === "string"
      ? {
          en: `${named.en}: expected a URL such as http://127.0.0.1:4318, found ${JSON.stringify(found)}`,
          zh: `${named.zh} 应为网址，例如 http://127.0.0.1:4318，却给了 ${JSON.stringify(found)}`,
        }
      : {
          en: `${named.en}: expected ${PLAIN_URL.en}, found ${found.en}; a key goes into ${keyVariable}`,
          zh: `${named.zh} 应为${PLAIN_URL.zh}，却给了${found.zh}；密钥请放在 ${keyVariable}`,
        },
  );
}
