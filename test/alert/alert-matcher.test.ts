import { describe, expect, test } from "vitest";
import {
  checkedMatcher,
  MatcherError,
  matcherText,
  matchesAbsence,
  matchesAlert,
  parseMatcher,
} from "../../src/alert/alert-matcher.js";
import { transitionOf } from "../notify/transition-of.js";

const alert = transitionOf({
  rule: "slow-response",
  severity: "warning",
  labels: { model: "gpt-4o-mini" },
  where: { service: "checkout-bot", model: "not this one" },
  rule_labels: { team: "search", severity: "not this one", service: "not this one" },
});

test.each([
  ["rule=slow-response", true],
  ["rule=slow", false],
  ["rule!=slow-response", false],
  ["severity=warning", true],
  ['model=~"gpt-.*"', true],
  // The expression is for the whole value.
  ["model=~gpt", false],
  ["model=~a|gpt-4o-mini", true],
  ["model!~gpt-.*", false],
  ["team=search", true],
  // What the rule is narrowed to.
  ["service=checkout-bot", true],
  ["service!=checkout-bot", false],
  // A label that is not there counts as empty.
  ["tenant=", true],
  ["tenant!=acme", true],
  ["tenant=~.+", false],
])("%s matches: %s", (text, matches) => {
  expect(matchesAlert(parseMatcher(text), alert)).toBe(matches);
});

test.each([
  ["model = gpt-4", { name: "model", op: "=", value: "gpt-4" }],
  ['model=~"a b|c"', { name: "model", op: "=~", value: "a b|c" }],
  ["type!=", { name: "type", op: "!=", value: "" }],
  ["note=a=b", { name: "note", op: "=", value: "a=b" }],
])("%s is read", (text, matcher) => {
  expect(parseMatcher(text)).toEqual(matcher);
  expect(parseMatcher(matcherText(parseMatcher(text)))).toEqual(matcher);
});

describe("a mistake is refused with what was expected", () => {
  test.each([
    ["slow-response", /expected a matcher such as rule=slow-response.*found "slow-response"/],
    ["=x", /expected a matcher/],
    ["model=~(", /expected a regular expression, found "\(": Invalid regular expression/],
    ["alertname=x", /expected rule, which is what Alertmanager calls alertname/],
  ])("%s", (text, message) => {
    expect(() => parseMatcher(text)).toThrow(MatcherError);
    expect(() => parseMatcher(text)).toThrow(message);
  });

  test("a value that nobody writes by hand", () => {
    expect(() => checkedMatcher({ name: "a", op: "=~", value: "x".repeat(501) })).toThrow(/at most 500.*501/);
  });
});

test("a matcher that also alerts without the label meet would silence everything", () => {
  expect(["a=", "a!=x", "a=~.*", "a!~x"].map(parseMatcher).every(matchesAbsence)).toBe(true);
  expect(["a=x", "a!=", "a=~x|y", "a!~.*"].map(parseMatcher).some(matchesAbsence)).toBe(false);
});
