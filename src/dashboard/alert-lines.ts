import type { ActiveAlertView, AlertsView, Severity } from "../alert/alert-view.js";
import { unansweredText } from "../alert/unanswered.js";
import type { Language } from "../indicators/language.js";
import { consoleMessage } from "../notify/console/console-message.js";
import { printable } from "../notify/message/printable.js";
import { alertMarks } from "./alert-marks.js";
import { dayTime } from "./day-time.js";
import { cutWidth, displayWidth, wrapWidth } from "./display-width.js";
import type { Paint } from "./paint.js";

export interface AlertLinesOptions {
  language: Language;
  width: number;
  /** The most lines of alerts that fire; what has no room is counted. */
  most: number;
  paint: Paint;
}

const STYLE = { warning: "yellow", error: "red", critical: "redBright" } as const satisfies Record<Severity, string>;
const INDENT = "   ";
/** Labels may be as long as somebody likes. */
const MOST_LINES_OF_ONE = 3;
const BY_SEVERITY: readonly Severity[] = ["critical", "error", "warning"];

/** What is firing, the worst first; one line when nothing is, or when that cannot be known. */
export function alertLines(view: AlertsView, options: AlertLinesOptions): string[] {
  const { language, width, paint, most } = options;
  const { active } = view;
  const firing = BY_SEVERITY.flatMap((severity) =>
    active.filter((alert) => alert.to === "firing" && alert.severity === severity),
  );
  const lines: string[] = [];
  for (const [at, alert] of firing.entries()) {
    const own = linesOf(alert, view, options);
    const last = at === firing.length - 1;
    if (lines.length + own.length + (last ? 0 : 1) > most) {
      const rest = firing.length - at;
      lines.push(paint("yellow", language === "zh" ? `… 另有 ${rest} 条告警触发` : `… and ${rest} more firing`));
      break;
    }
    lines.push(...own);
  }
  const trouble = unansweredText(view, language);
  if (trouble !== undefined) lines.push(paint("red", cutWidth(`✗ ${printable(trouble)}`, width)));
  else if (firing.length === 0) {
    lines.push(paint("green", language === "zh" ? "✓ 无告警触发" : "✓ no alerts firing"));
  }

  const pending = active.filter(({ to }) => to === "pending").length;
  if (pending > 0) lines.push(paint("yellow", language === "zh" ? `⏳ ${pending} 条待触发` : `⏳ ${pending} pending`));
  return lines;
}

function linesOf(
  { trace_url: _, ...alert }: ActiveAlertView,
  { rules }: AlertsView,
  { language, width, paint }: AlertLinesOptions,
): string[] {
  const rule = rules.find(({ id }) => id === alert.rule);
  const marks = printable(alertMarks(alert, rule, language, dayTime).join("  "));
  const said = indented(consoleMessage(alert, language), width).map((line) => paint(STYLE[alert.severity], line));
  return marks === "" ? said : [...said, paint("dim", cutWidth(`   ${marks}`, width))];
}

/** The text in few lines, those after the first under the name of the alert. */
function indented(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines = wrapWidth(text, width - INDENT.length).map((line, at) => (at === 0 ? line : INDENT + line));
  if (lines.length <= MOST_LINES_OF_ONE) return lines;
  return [...lines.slice(0, MOST_LINES_OF_ONE - 1), `${INDENT}…`];
}
