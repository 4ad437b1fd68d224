import { oneLine } from "../export/one-line.js";
import type { Language } from "../indicators/language.js";
import type { AlertsView, RuleStatus } from "./alert-view.js";

/** Whether a rule's newest question got no answer: what it says of its alerts may be old. */
export function isUnanswered({ answer }: Pick<RuleStatus, "answer">): boolean {
  return answer === "error" || answer === "timeout";
}

/** `6 of 6 rules have no answer: …`, with the first reason; undefined while all have one. */
export function unansweredText({ rules }: Pick<AlertsView, "rules">, language: Language): string | undefined {
  const unanswered = rules.filter(isUnanswered);
  const [first] = unanswered;
  if (first === undefined) return undefined;
  const reason = first.error === undefined ? first.answer : oneLine(first.error);
  return language === "zh"
    ? `${rules.length} 条规则中有 ${unanswered.length} 条得不到答案：${reason}`
    : `${unanswered.length} of ${rules.length} rules have no answer: ${reason}`;
}
