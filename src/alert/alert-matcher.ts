import type { BilingualText } from "../indicators/language.js";
import type { AlertTransition } from "./alert-view.js";
import { ExpressionRefusal, LabelExpression } from "./label-expression.js";

/** Equal, not equal, matches the regular expression as a whole, does not. */
export const MATCH_OPERATORS = ["=", "!=", "=~", "!~"] as const;

/**
 * One condition on an alert: `rule`, `severity`, or one of its labels, those of its rule, or what its rule is narrowed
 * to. What it has not got counts as empty.
 */
export interface AlertMatcher {
  name: string;
  op: (typeof MATCH_OPERATORS)[number];
  value: string;
}

/** A matcher that cannot be used: what was expected, and what was found. */
export class MatcherError extends Error {
  override readonly name = "MatcherError";

  constructor(
    readonly expected: BilingualText,
    readonly found: string,
  ) {
    super(`expected ${expected.en}, found ${found}`);
  }

  get text(): BilingualText {
    return { en: this.message, zh: `应为${this.expected.zh}，实际为 ${this.found}` };
  }
}

/** More than anybody writes by hand; a regular expression is tried on every alert. */
const LONGEST_VALUE = 500;

/**
 * Reads a matcher as Alertmanager's users write it: `rule=slow-response`, `model=~"gpt-.*"`.
 *
 * @throws {MatcherError}
 */
export function parseMatcher(text: string): AlertMatcher {
  const [, name, op, value] = /^\s*([^=!~"\s]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name === undefined || op === undefined || value === undefined) {
    const expected = {
      en: 'a matcher such as rule=slow-response or model=~"gpt-.*"',
      zh: '匹配条件，例如 rule=slow-response 或 model=~"gpt-.*"',
    };
    throw new MatcherError(expected, JSON.stringify(text));
  }
  return checkedMatcher({ name, op: op as AlertMatcher["op"], value: /^"(.*)"$/s.exec(value)?.[1] ?? value });
}

/**
 * @returns the matcher itself
 * @throws {MatcherError} its regular expression is none, or it can never match
 */
export function checkedMatcher(matcher: AlertMatcher): AlertMatcher {
  const { name, op, value } = matcher;
  if (name === "alertname") {
    const expected = {
      en: "rule, which is what Alertmanager calls alertname",
      zh: " rule（即 Alertmanager 的 alertname）",
    };
    throw new MatcherError(expected, '"alertname"');
  }
  if (value.length > LONGEST_VALUE) {
    const expected = { en: `a value of at most ${LONGEST_VALUE} characters`, zh: `最多 ${LONGEST_VALUE} 个字符的值` };
    throw new MatcherError(expected, `${value.length}`);
  }
  if (op.endsWith("~")) expressionOf(value);
  return matcher;
}

/** `model=~"gpt-.*"` */
export function matcherText({ name, op, value }: AlertMatcher): string {
  return `${name}${op}${JSON.stringify(value)}`;
}

export function matchesAlert({ name, op, value }: AlertMatcher, alert: AlertTransition): boolean {
  return matchesText(op, value, alertLabel(alert, name));
}

/** Whether it says yes to an alert that has no such label. */
export function matchesAbsence({ op, value }: AlertMatcher): boolean {
  return matchesText(op, value, "");
}

/** Whether an operator with its value says yes to a text. */
export function matchesText(op: AlertMatcher["op"], value: string, text: string): boolean {
  switch (op) {
    case "=":
      return text === value;
    case "!=":
      return text !== value;
    case "=~":
      return expressionOf(value).matches(text);
    case "!~":
      return !expressionOf(value).matches(text);
  }
}

/**
 * What a matcher of that name is held against: `rule`, `severity`, a label of the alert, what its rule is narrowed to,
 * a label of the rule; empty when there is none.
 */
export function alertLabel(
  { rule, severity, labels, where = {}, rule_labels = {} }: AlertTransition,
  name: string,
): string {
  if (name === "rule") return rule;
  if (name === "severity") return severity;
  const holder = [labels, where, rule_labels].find((one) => Object.hasOwn(one, name));
  return holder?.[name] ?? "";
}

/** Read once: a matcher is tried on every alert. */
const expressions = new Map<string, LabelExpression>();
const MOST_REMEMBERED = 200;

/** For the whole value, as in Alertmanager. */
function expressionOf(value: string): LabelExpression {
  const known = expressions.get(value);
  if (known !== undefined) return known;
  try {
    const expression = new LabelExpression(value);
    if (expressions.size === MOST_REMEMBERED) expressions.clear();
    expressions.set(value, expression);
    return expression;
  } catch (error) {
    if (error instanceof ExpressionRefusal) throw new MatcherError(error.text, JSON.stringify(value));
    const expected = { en: "a regular expression", zh: "正则表达式" };
    throw new MatcherError(expected, `${JSON.stringify(value)}: ${(error as Error).message}`);
  }
}
