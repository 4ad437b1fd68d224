import type { Severity } from "../../alert/alert-view.js";
import type { Language } from "../../indicators/language.js";
import { isFiring, type Notification, type NotifiedAlert } from "../notification.js";
import { alertLines } from "./alert-lines.js";
import { alertSummary, stateText, subjectText } from "./alert-text.js";
import { fillTemplate, type MessageTemplate } from "./message-template.js";
import { noteLines } from "./note-lines.js";
import { printable } from "./printable.js";

/** One answer to a reader's question. */
export interface MessageLine {
  /** Empty for a line of the receiver's own template, which is shown by its text alone. */
  label: string;
  text: string;
  /** What the text links to: http or https. */
  url?: string;
}

/**
 * What people are told, without any service's markup. Its texts may look like markup, which each channel escapes in its
 * own way; they hold no control characters and no line breaks.
 */
export interface Message {
  /** What is wrong and how bad, without an emoji: `CRITICAL: Very low success rate (checkout-bot)`. */
  title: string;
  /** The same as one emoji, for where they are shown. */
  icon: string;
  status: "firing" | "resolved";
  /** Of the first alert. */
  severity: Severity;
  /**
   * About the first alert: what, since when, value against threshold, where, what changed, links to page, requests,
   * example trace and runbook; then what must be known of the message itself.
   */
  lines: MessageLine[];
  /** A line for each further alert; of very many, how many more there are. */
  others: string[];
}

const ICONS = { critical: "🚨", error: "❌", warning: "⚠️", resolved: "✅" } as const;

const MOST_OTHERS = 20;

/** The message of a notification in the receiver's language, and in its own words where it has a template. */
export function messageOf(notification: Notification, language: Language, template: MessageTemplate = {}): Message {
  const { alerts } = notification;
  const [first, ...others] = alerts;
  if (first === undefined) throw new Error("expected a notification about at least one alert, found none");
  const status = isFiring(notification) ? "firing" : "resolved";
  const own = fillTemplate(template, first, language);
  const answers = alertLines(first, notification, language);
  const links = answers.filter(({ url }) => url !== undefined);
  const about = own.text === undefined ? answers : [...own.text.map((text) => ({ label: "", text })), ...links];
  return {
    title: printable(own.title ?? titleOf(notification, first, language)),
    icon: ICONS[status === "resolved" ? "resolved" : first.severity],
    status,
    severity: first.severity,
    lines: [...about, ...noteLines(notification, language), ...own.mistakes].map((line) => ({
      ...line,
      text: printable(line.text),
    })),
    others: othersOf(others, language),
  };
}

function titleOf({ alerts, repeat, test }: Notification, first: NotifiedAlert, language: Language): string {
  const en = language === "en";
  const head = [
    stateText(first, language),
    ...(first.flapping ? [en ? "flapping" : "反复波动"] : []),
    ...(repeat && first.to === "firing" ? [en ? "still firing" : "仍在触发"] : []),
  ].join(en ? ", " : "，");
  const mark = test ? (en ? "[TEST] " : "【测试】") : "";
  const more = alerts.length - 1;
  const tail = more === 0 ? "" : en ? ` and ${more} more` : ` 等 ${alerts.length} 条`;
  return `${mark}${head}${en ? ": " : "："}${subjectText(first, language)}${tail}`;
}

function othersOf(others: readonly NotifiedAlert[], language: Language): string[] {
  const shown = others.slice(0, MOST_OTHERS).map((alert) => printable(alertSummary(alert, language)));
  const left = others.length - shown.length;
  if (left === 0) return shown;
  return [...shown, language === "en" ? `and ${left} more` : `另有 ${left} 条`];
}
