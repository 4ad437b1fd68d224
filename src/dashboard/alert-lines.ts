import type { AlertsView, AlertTransition, Severity } from "../alert/alert-view.js";
import { formatValue } from "../indicators/format-value.js";
import type { Language } from "../indicators/language.js";
import { clockTime } from "./clock-time.js";
import { cutWidth } from "./display-width.js";
import type { Paint } from "./paint.js";
import { printable } from "./printable.js";

const EMOJI: Record<Severity, string> = { warning: "⚠️", error: "❌", critical: "🚨" };
const STYLE = { warning: "yellow", error: "red", critical: "redBright" } as const satisfies Record<Severity, string>;
const BY_SEVERITY: readonly Severity[] = ["critical", "error", "warning"];

/** What is firing, the worst first; one line when nothing is. */
export function alertLines(
  { active }: AlertsView,
  { language, width, paint }: { language: Language; width: number; paint: Paint },
): string[] {
  const firing = BY_SEVERITY.flatMap((severity) =>
    active.filter((alert) => alert.to === "firing" && alert.severity === severity),
  );
  const lines = firing.map((alert) => paint(STYLE[alert.severity], cutWidth(alertText(alert, language), width)));
  if (firing.length === 0) lines.push(paint("green", language === "zh" ? "✓ 无告警触发" : "✓ no alerts firing"));

  const pending = active.filter(({ to }) => to === "pending").length;
  if (pending > 0) lines.push(paint("yellow", language === "zh" ? `⏳ ${pending} 条待触发` : `⏳ ${pending} pending`));
  return lines;
}

function alertText(alert: AlertTransition, language: Language): string {
  const labels = Object.entries(alert.labels).map(([dimension, value]) => `${dimension}=${value}`);
  const value = alert.value === undefined ? "" : `${formatValue(alert, alert.value, language)} `;
  const threshold = `${value}${alert.op} ${formatValue(alert, alert.threshold, language)}`;
  const since = `${language === "zh" ? "自" : "since"} ${clockTime(alert.since)}`;
  const parts = [
    `${EMOJI[alert.severity]} ${alert.severity.toUpperCase()} ${alert.name[language]}`,
    ...labels,
    `${alert.indicator} ${threshold}`,
    since,
  ];
  return printable(parts.join("  "));
}
