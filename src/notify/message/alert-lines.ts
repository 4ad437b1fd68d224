import type { Language } from "../../indicators/language.js";
import type { Notification, NotifiedAlert } from "../notification.js";
import { comparedText, labelsText, lastedText } from "./alert-text.js";
import type { MessageLine } from "./message.js";
import { REASON_TEXTS } from "./reason-text.js";
import { zonedSpan, zonedTime } from "./zoned-time.js";

const LABELS = {
  what: { en: "What", zh: "说明" },
  details: { en: "Details", zh: "详情" },
  since: { en: "Since", zh: "始于" },
  lasted: { en: "Lasted", zh: "持续" },
  value: { en: "Value", zh: "数值" },
  why: { en: "Ended because", zh: "结束原因" },
  where: { en: "Where", zh: "位置" },
  changed: { en: "Changed", zh: "变化" },
  page: { en: "Page", zh: "页面" },
  requests: { en: "Requests", zh: "请求" },
  trace: { en: "Example trace", zh: "示例链路" },
  runbook: { en: "Runbook", zh: "处理手册" },
} as const;

/** What a reader asks about one alert, in the order in which it is asked; what is not known is left out. */
export function alertLines(
  alert: NotifiedAlert,
  { groupLabels, pageUrl }: Notification,
  language: Language,
): MessageLine[] {
  const { annotations = {}, requests_url, trace_id, trace_url } = alert;
  const say = (label: keyof typeof LABELS, text: string | undefined, url?: string): MessageLine[] => {
    if (text === undefined || text === "") return [];
    return [{ label: LABELS[label][language], text, ...(url !== undefined && { url }) }];
  };
  return [
    ...say("what", annotations.summary),
    ...say("details", annotations.description),
    ...timeLines(alert, say),
    ...say("value", comparedText(alert, language)),
    ...(alert.to === "resolved" ? say("why", REASON_TEXTS[alert.reason]?.[language]) : []),
    ...say("where", labelsText({ ...alert.rule_labels, ...groupLabels, ...alert.where, ...alert.labels }, language)),
    ...(alert.changed ?? []).flatMap((sentence) => say("changed", sentence[language])),
    ...(pageUrl === undefined ? [] : say("page", language === "en" ? "alerts" : "告警", `${pageUrl}/alerts`)),
    ...say("requests", requests_url && (language === "en" ? "those of the window" : "该时间窗内的请求"), requests_url),
    ...say("trace", trace_id ?? trace_url, trace_url),
    ...say("runbook", annotations.runbook_url, linkOf(annotations.runbook_url)),
  ];
}

function timeLines(
  alert: NotifiedAlert,
  say: (label: "since" | "lasted", text: string) => MessageLine[],
): MessageLine[] {
  return alert.to === "resolved"
    ? say("lasted", `${lastedText(alert)}, ${zonedSpan(alert.since, alert.at)}`)
    : say("since", zonedTime(alert.since));
}

/** An annotation may hold anything; only a web address becomes a link. */
function linkOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}
