import type { AlertTransition } from "../../alert/alert-view.js";
import { formatDuration } from "../../alert/duration.js";
import { watchedFigure, watchedText, watchedWith } from "../../alert/watched.js";
import { findIndicator } from "../../indicators/catalogue.js";
import { DIMENSION_NAMES } from "../../indicators/dimension-name.js";
import type { Language } from "../../indicators/language.js";
import type { NotifiedAlert } from "../notification.js";
import { zonedTime } from "./zoned-time.js";

const SEVERITIES = {
  critical: { en: "CRITICAL", zh: "严重" },
  error: { en: "ERROR", zh: "错误" },
  warning: { en: "WARNING", zh: "警告" },
} as const;

/** An expression may be a page long. */
const LONGEST_EXPR = 200;

/** How bad it is, or that it is over: `CRITICAL`, `CRITICAL, no data`, `RESOLVED`. */
export function stateText({ to, severity, reason }: AlertTransition, language: Language): string {
  if (to === "resolved") return language === "en" ? "RESOLVED" : "已恢复";
  const state = SEVERITIES[severity][language];
  if (reason !== "no_data") return state;
  return language === "en" ? `${state}, no data` : `${state}，没有数据`;
}

/** What is wrong, and with what: `Very low success rate (checkout-bot)`. */
export function subjectText({ name, labels }: AlertTransition, language: Language): string {
  const values = ordered(labels).map(([, value]) => value);
  if (values.length === 0) return name[language];
  return language === "en" ? `${name.en} (${values.join(", ")})` : `${name.zh}（${values.join("、")}）`;
}

/** What was measured, in words: `Success rate 71 %`, `Cost against 1 day before +25 %`, `no data (Cost)`. */
export function measuredText(alert: AlertTransition, language: Language): string {
  const { value, indicator, expr } = alert;
  const named = {
    ...alert,
    ...(indicator !== undefined && { indicator: findIndicator(indicator)?.name[language] ?? indicator }),
    ...(expr !== undefined && { expr: expr.length > LONGEST_EXPR ? `${expr.slice(0, LONGEST_EXPR)}…` : expr }),
  };
  if (value === undefined) {
    const watched = watchedText(named, language);
    return language === "en" ? `no data (${watched})` : `没有数据（${watched}）`;
  }
  return watchedWith(named, watchedFigure(alert, value, language), language);
}

/** The same with the condition that is bad: `Success rate 71 % (alert when < 90 %)`. */
export function comparedText(alert: AlertTransition, language: Language): string {
  const measured = measuredText(alert, language);
  if (alert.value === undefined || alert.op === undefined || alert.threshold === undefined) return measured;
  const condition = `${alert.op} ${watchedFigure(alert, alert.threshold, language)}`;
  return language === "en" ? `${measured} (alert when ${condition})` : `${measured}（告警条件 ${condition}）`;
}

/** `service checkout-bot, model gpt-5`; empty when there are no labels. */
export function labelsText(labels: Readonly<Record<string, string>>, language: Language): string {
  return ordered(labels)
    .map(([name, value]) => `${DIMENSION_NAMES.get(name)?.[language] ?? name} ${value}`)
    .join(language === "en" ? ", " : "，");
}

/** Those with a value, in the order in which people narrow down; the others behind. */
function ordered(labels: Readonly<Record<string, string>>): [string, string][] {
  const order = [...DIMENSION_NAMES.keys()];
  const rank = (name: string): number => (DIMENSION_NAMES.has(name) ? order.indexOf(name) : Infinity);
  return Object.entries(labels)
    .filter(([, value]) => value !== "")
    .toSorted(([one], [other]) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)));
}

/** How long an alert that is over lasted: `3m15s`. */
export function lastedText({ since, at }: AlertTransition): string {
  return formatDuration(Math.max(0, Math.round((Date.parse(at) - Date.parse(since)) / 1000)));
}

/** An alert in one line: `CRITICAL: Very low success rate (checkout-bot), Success rate 71 %, since 2026-08-01 …`. */
export function alertSummary(alert: NotifiedAlert, language: Language): string {
  const en = language === "en";
  const time =
    alert.to === "resolved"
      ? `${en ? "lasted" : "持续"} ${lastedText(alert)}`
      : `${en ? "since" : "始于"} ${zonedTime(alert.since)}`;
  const parts = [subjectText(alert, language), measuredText(alert, language), time];
  return `${stateText(alert, language)}${en ? ": " : "："}${parts.join(en ? ", " : "，")}`;
}
