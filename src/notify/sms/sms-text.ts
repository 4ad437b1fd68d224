import type { Language } from "../../indicators/language.js";
import { comparedText, lastedText } from "../message/alert-text.js";
import { messageOf } from "../message/message.js";
import { fillTemplate } from "../message/message-template.js";
import { noteLines } from "../message/note-lines.js";
import { printable } from "../message/printable.js";
import { shortened } from "../message/shortened.js";
import type { Wording } from "../message/wording.js";
import { zonedTime } from "../message/zoned-time.js";
import type { Notification, NotifiedAlert } from "../notification.js";
import { plainSigns, smsSegments } from "./sms-segments.js";

const MOST_SEGMENTS = 3;

/** Of the longest line, from what is seldom cut to what nearly always fits. UTF-16 units. */
const LENGTHS = [160, 80, 55, 40];

/**
 * What an SMS says, in at most three segments: the title, value and time of the first alert, and the page (or what else
 * there is to open) as the last line. What is too long is cut, the link never.
 */
export function smsText(notification: Notification, { language, template = {} }: Wording): string {
  const { title, lines } = messageOf(notification, language, template);
  const [first] = notification.alerts;
  if (first === undefined) return title;
  const own = fillTemplate(template, first, language);
  const texts = [
    title,
    ...(own.text ?? [comparedText(first, language), timeText(first, language)]),
    ...noteLines(notification, language).map(({ text }) => text),
    ...own.mistakes.map(({ label, text }) => `${label}: ${text}`),
  ].map(printable);
  const link = lines.find(({ url }) => url !== undefined)?.url;
  return fitting(texts, link !== undefined && smsSegments(link).segments < MOST_SEGMENTS ? `\n${link}` : "");
}

function timeText(alert: NotifiedAlert, language: Language): string {
  if (alert.to === "resolved") return `${language === "en" ? "lasted" : "持续"} ${lastedText(alert)}`;
  return `${language === "en" ? "since" : "始于"} ${zonedTime(alert.since)}`;
}

function fitting(texts: readonly string[], link: string): string {
  const fits = (text: string): boolean => smsSegments(text + link).segments <= MOST_SEGMENTS;
  let text = "";
  for (const longest of LENGTHS) {
    text = plainSigns(texts.map((line) => shortened(line, longest)).join("\n"));
    if (fits(text)) return text + link;
  }
  let most = text.length;
  while (most > 0 && !fits(plainSigns(shortened(text, most)))) most -= 1;
  return plainSigns(shortened(text, most)) + link;
}
