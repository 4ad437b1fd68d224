import { formatValue } from "../indicators/format-value.js";
import type { BilingualText, Language } from "../indicators/language.js";
import type { CompareTo, Condition, Watched } from "./alert-view.js";
import type { RuleQuestion } from "./rule.js";

const COMPARED: Record<CompareTo, BilingualText> = {
  "1h": { en: "against 1 h before", zh: "较 1 小时前" },
  "1d": { en: "against 1 day before", zh: "较 1 天前" },
  "1w": { en: "against 1 week before", zh: "较 1 周前" },
  previous_release: { en: "against the previous release", zh: "较上一版本" },
};

/** What a question watches, as transitions and the API show it. */
export function watchedBy(question: RuleQuestion): Watched {
  if (question.kind === "expr") return { expr: question.expr };
  const { indicator, compareTo } = question;
  return compareTo === undefined ? { indicator } : { indicator, compare_to: compareTo };
}

/** `success_rate`, `cost.total against 1 day before`, or the expression. */
export function watchedText({ indicator, compare_to, expr }: Watched, language: Language): string {
  if (indicator === undefined) return expr?.replace(/\s+/g, " ").trim() ?? "";
  return compare_to === undefined ? indicator : `${indicator} ${COMPARED[compare_to][language]}`;
}

/** A value or threshold with its unit; a change has its sign: `71.4 %`, `+25 %`. */
export function watchedFigure(of: Watched & { unit: string }, value: number, language: Language): string {
  return `${of.compare_to !== undefined && value > 0 ? "+" : ""}${formatValue(of, value, language)}`;
}

/** `success_rate 71.4 %`; behind an expression, which may end in a number itself, an arrow. */
export function watchedWith(of: Watched, figure: string, language: Language): string {
  return `${watchedText(of, language)}${of.expr === undefined ? "" : " →"} ${figure}`;
}

/** `success_rate 71.4 % < 90 %`; what there is none of is left out. */
export function comparisonText(
  alert: Watched & Condition & { unit: string; value?: number },
  language: Language,
): string {
  const { value, op, threshold } = alert;
  const watched =
    value === undefined
      ? watchedText(alert, language)
      : watchedWith(alert, watchedFigure(alert, value, language), language);
  return op === undefined || threshold === undefined
    ? watched
    : `${watched} ${op} ${watchedFigure(alert, threshold, language)}`;
}
