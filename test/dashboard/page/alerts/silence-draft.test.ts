import { expect, test } from "vitest";
import type { AlertMatcher } from "../../../../src/alert/alert-matcher.js";
import type { AlertTransition } from "../../../../src/alert/alert-view.js";
import { ruleView } from "../../../../src/alert/rule-view.js";
import { matchersOf, silencePreview } from "../../../../src/dashboard/page/alerts/silence-draft.js";
import { ruleOf } from "../../../alert/rule-of.js";

const alert = (rule: string, labels: Record<string, string>): AlertTransition =>
  ({ id: `${rule} ${Object.values(labels)}`, rule, severity: "warning", labels }) as AlertTransition;

const ACTIVE = [alert("slow", { model: "a" }), alert("slow", { model: "b" }), alert("dear", {})];
const KNOWN = {
  active: ACTIVE,
  rules: [ruleView(ruleOf({ by: ["model"] })), ruleView(ruleOf({ id: "dear" }))],
};

const preview = (...matchers: AlertMatcher[]) => silencePreview(matchers, KNOWN);

test("the matchers of an alert match it and no other", () => {
  const [first] = ACTIVE;
  const matchers = matchersOf(first as AlertTransition);
  expect(matchers).toEqual([
    { name: "rule", op: "=", value: "slow" },
    { name: "model", op: "=", value: "a" },
  ]);
  expect(preview(...matchers)).toMatchObject({ kind: "matches", alerts: [first], reach: { alerts: 1, rules: 1 } });
});

test("a preview counts what matches now, and what can", () => {
  expect(preview({ name: "rule", op: "=~", value: "slow|dear" })).toMatchObject({
    kind: "matches",
    alerts: ACTIVE,
    reach: { rules: 2, unknown: [] },
  });
  expect(preview({ name: "rule", op: "=", value: "dea" })).toMatchObject({
    alerts: [],
    reach: { unknown: [{ what: "rule", found: "dea", nearest: "dear" }] },
  });
});

test("what the server would refuse is said before", () => {
  expect(preview()).toEqual({ kind: "unfinished" });
  expect(preview({ name: "", op: "=", value: "" })).toEqual({ kind: "unfinished" });
  expect(preview({ name: "rule", op: "=", value: "" })).toEqual({ kind: "unfinished" });
  expect(preview({ name: "rule", op: "=~", value: ".*" })).toEqual({ kind: "everything" });
  expect(preview({ name: "rule", op: "=~", value: "(" })).toMatchObject({
    kind: "mistake",
    message: {
      en: expect.stringContaining("expected a regular expression"),
      zh: expect.stringContaining("应为正则表达式"),
    },
  });
});
