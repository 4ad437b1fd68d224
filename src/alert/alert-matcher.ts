import type { AlertTransition } from "./alert-view.js";

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
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`);
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
    throw new MatcherError('a matcher such as rule=slow-response or model=~"gpt-.*"', JSON.stringify(text));
  }
  return checkedMatcher({ name, op: op as AlertMatcher["op"], value: /^"(.*)"$/s.exec(value)?.[1] ?? value });
}

/**
 * @returns the matcher itself
 * @throws {MatcherError} its regular expression is none, or it can never match
 */
export function checkedMatcher(matcher: AlertMatcher): AlertMatcher {
  const { name, op, value } = matcher;
  if (name === "alertname") throw new MatcherError("rule, which is what Alertmanager calls alertname", '"alertname"');
  if (value.length > LONGEST_VALUE) {
    throw new MatcherError(`a value of at most ${LONGEST_VALUE} characters`, `${value.length} characters`);
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
      return expressionOf(value).test(text);
    case "!~":
      return !expressionOf(value).test(text);
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

/** Anchored at both ends, as in Alertmanager. */
function expressionOf(value: string): RegExp {
  try {
    return new RegExp(`^(?:${value})$`);
  } catch (error) {
    throw new MatcherError("a regular expression", `${JSON.stringify(value)}: ${(error as Error).message}`);
  }
}
