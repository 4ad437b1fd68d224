import type { AlertTransition } from "../../alert/alert-view.js";
import { formatDuration } from "../../alert/duration.js";
import { watchedFigure, watchedWith } from "../../alert/watched.js";
import type { Language } from "../../indicators/language.js";
import { printable } from "../message/printable.js";
import { REASON_TEXTS } from "../message/reason-text.js";

const EMOJI = { critical: "🚨", error: "❌", warning: "⚠️" } as const;

/**
 * One line about a transition to firing or resolved:
 * `🚨 CRITICAL Very low success rate  success_rate 71 % < 90 %  since 10:32:05   trace http://…`.
 * Times are local. Names and labels may come from anywhere, so control characters never reach the terminal.
 */
export function consoleMessage(transition: AlertTransition, language: Language): string {
  const resolved = transition.to === "resolved";
  const parts = [
    `${resolved ? "✅ RESOLVED" : `${EMOJI[transition.severity]} ${transition.severity.toUpperCase()}`} ${transition.name[language]}${labelsText(transition)}`,
    measured(transition, language),
  ];
  const reason = REASON_TEXTS[transition.reason];
  if (reason !== undefined) parts.push(reason[language]);
  parts.push(resolved ? durationText(transition, language) : sinceText(transition, language));
  const line = parts.join("  ");
  return printable(transition.trace_url === undefined ? line : `${line}   trace ${transition.trace_url}`);
}

/** A resolved alert's value is on the good side, so it is shown without the comparison that ended. */
function measured(transition: AlertTransition, language: Language): string {
  const { value, op, threshold, to } = transition;
  const figure = (amount: number): string => watchedFigure(transition, amount, language);
  const shown = watchedWith(transition, value === undefined ? "–" : figure(value), language);
  return to === "resolved" || op === undefined || threshold === undefined
    ? shown
    : `${shown} ${op} ${figure(threshold)}`;
}

function sinceText({ since }: AlertTransition, language: Language): string {
  return language === "zh" ? `始于 ${timeOfDay(since)}` : `since ${timeOfDay(since)}`;
}

function durationText({ since, at }: AlertTransition, language: Language): string {
  const lasted = formatDuration(Math.max(0, Math.round((Date.parse(at) - Date.parse(since)) / 1000)));
  return language === "zh" ? `持续 ${lasted}` : `after ${lasted}`;
}

function labelsText({ labels }: AlertTransition): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "" : ` {${pairs.join(", ")}}`;
}

function timeOfDay(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
