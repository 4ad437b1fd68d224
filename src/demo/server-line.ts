import { relative } from "node:path";
import type { BilingualText, Language } from "../indicators/language.js";

const TEXTS = {
  server: { en: "server", zh: "服务器" },
  data: { en: "data", zh: "数据" },
  rules: { en: "rules", zh: "规则" },
  receivers: { en: "receivers", zh: "接收方" },
} satisfies Record<string, BilingualText>;

/**
 * `✓ server  http://127.0.0.1:4318   data .chainwatch/demo   rules 6`: the first line of a server that is ready.
 *
 * @param receivers names
 */
export function serverLine(
  {
    url,
    dataDir,
    rules,
    receivers = [],
  }: { url: string; dataDir: string; rules: number; receivers?: readonly string[] },
  language: Language,
): string {
  const word = (text: BilingualText) => text[language];
  const line = `✓ ${word(TEXTS.server)}  ${url}   ${word(TEXTS.data)} ${shownFolder(dataDir)}   ${word(TEXTS.rules)} ${rules}`;
  return receivers.length === 0 ? line : `${line}   ${word(TEXTS.receivers)} ${receivers.join(", ")}`;
}

/** Relative to the working folder when it is inside it. */
export function shownFolder(folder: string): string {
  const inside = relative(process.cwd(), folder);
  return inside.startsWith("..") || inside === "" ? folder : inside;
}
