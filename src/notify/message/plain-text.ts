import type { Language } from "../../indicators/language.js";
import type { Message, MessageLine } from "./message.js";

/** A line without markup: `Value: Success rate 71 %`, `Page: https://…`. */
export function plainLine({ label, text, url }: MessageLine, language: Language): string {
  const shown = url ?? text;
  return label === "" ? shown : `${label}${language === "en" ? ": " : "："}${shown}`;
}

/** What follows a message's title, without markup. */
export function plainText({ lines, others }: Message, language: Language): string {
  const about = lines.map((line) => plainLine(line, language));
  return [...about, ...(others.length > 0 ? ["", ...others] : [])].join("\n");
}
