import type { AlertsView, Severity } from "../alert/alert-view.js";
import { unansweredText } from "../alert/unanswered.js";
import type { Language } from "../indicators/language.js";
import { consoleMessage } from "../notify/console/console-message.js";
import { alertMarks } from "./alert-marks.js";
import { dayTime } from "./day-time.js";
import { cutWidth } from "./display-width.js";
import type { Paint } from "./paint.js";

const STYLE = { warning: "yellow", error: "red", critical: "redBright" } as const satisfies Record<Severity, string>;
const BY_SEVERITY: readonly Severity[] = ["critical", "error", "warning"];

/** What is firing, the worst first; one line when nothing is, or when that cannot be known. */
export function alertLines(
  view: AlertsView,
  { language, width, paint }: { language: Language; width: number; paint: Paint },
): string[] {
  const { active } = view;
  const firing = BY_SEVERITY.flatMap((severity) =>
    active.filter((alert) => alert.to === "firing" && alert.severity === severity),
  );
  const lines = firing.flatMap(({ trace_url: _, ...alert }) => {
    const rule = view.rules.find(({ id }) => id === alert.rule);
    const marks = alertMarks(alert, rule, language, dayTime).join("  ");
    const line = paint(STYLE[alert.severity], cutWidth(consoleMessage(alert, language), width));
    return marks === "" ? [line] : [line, paint("dim", cutWidth(`   ${marks}`, width))];
  });
  const trouble = unansweredText(view, language);
  if (trouble !== undefined) lines.push(paint("red", cutWidth(`✗ ${trouble}`, width)));
  else if (firing.length === 0) {
    lines.push(paint("green", language === "zh" ? "✓ 无告警触发" : "✓ no alerts firing"));
  }

  const pending = active.filter(({ to }) => to === "pending").length;
  if (pending > 0) lines.push(paint("yellow", language === "zh" ? `⏳ ${pending} 条待触发` : `⏳ ${pending} pending`));
  return lines;
}
