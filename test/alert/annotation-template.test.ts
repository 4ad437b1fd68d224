import { expect, test } from "vitest";
import { templateMistakes } from "../../src/alert/annotation-template.js";
import { evaluateRule } from "../../src/alert/evaluate.js";
import { type RuleParts, ruleOf } from "./rule-of.js";

/** The annotation as people get it when the rule fires for the model `gpt`. */
function rendered(template: string, parts: RuleParts = {}): string | undefined {
  const rule = ruleOf({ by: ["model"], severity: "critical", annotations: { text: template }, ...parts });
  const samples = [{ labels: { model: "gpt" }, value: 6.25, count: 1 }];
  const [transition] = evaluateRule(rule, [], { samples }, Date.parse("2026-08-01T10:00:00Z")).transitions;
  return transition?.annotations?.text;
}

test.each([
  ["{{ value }} is above {{threshold}}", "6.25 s is above 5 s"],
  ["{{ rule.id }} {{ rule.name }} {{ rule.severity }} {{ state }}", "slow Slow critical firing"],
  ["since {{ since }}", "since 2026-08-01T10:00:00.000Z"],
  ["{{ labels.model }} of {{ labels.team }} in {{ labels.service }}", "gpt of shop in bot"],
  ["{{ labels.user }}", "–"],
  ["<b>{{ labels.model }}</b> & { so on }", "<b>gpt</b> & { so on }"],
])("%s", (template, text) => {
  expect(rendered(template, { where: { service: "bot" }, labels: { team: "shop" } })).toBe(text);
});

test("the alert's own labels come before what the rule says of itself", () => {
  expect(rendered("{{ labels.model }}", { labels: { model: "mine" } })).toBe("gpt");
});

test("the value of a change has its sign", () => {
  expect(rendered("{{ value }}", { compareTo: "1d", unit: "%" })).toBe("+6.3 %");
});

test("what a value holds is not read as a template again", () => {
  const rule = ruleOf({ by: ["model"], annotations: { text: "{{ labels.model }}" } });
  const samples = [{ labels: { model: "{{ value }} $& $1" }, value: 9, count: 1 }];
  expect(evaluateRule(rule, [], { samples }, 0).transitions[0]?.annotations?.text).toBe("{{ value }} $& $1");
});

test("no data has a value of its own", () => {
  const rule = ruleOf({ noData: "alert", noDataForS: 0, annotations: { text: "{{ value }}" } });
  expect(evaluateRule(rule, [], { samples: [] }, 0).transitions[0]?.annotations?.text).toBe("–");
});

test.each([
  ["{{ valeu }}", 0, "found {{ valeu }}; did you mean {{ value }}?"],
  ["at {{ $value }}", 3, "did you mean {{ value }}?"],
  ["{{ $labels.model }}", 0, "did you mean {{ labels.model }}?"],
  ["{{ .Labels.model }}", 0, "did you mean {{ labels.model }}?"],
  [
    "{{ value | humanize }}",
    0,
    "known: value, threshold, state, since, rule.id, rule.name, rule.severity, labels.model",
  ],
  ["{{ constructor }}", 0, "expected a placeholder"],
  ["{{ labels.user }}", 0, "expected a placeholder of this rule's alerts"],
  ["{{ value }} {{ value", 12, "expected {{ and }} in pairs"],
  ["value }}", 6, "expected {{ and }} in pairs"],
])("%s is a mistake", (template, offset, message) => {
  const [mistake] = templateMistakes(template, ["model"]);
  expect(mistake?.message).toContain(message);
  expect(mistake?.offset).toBe(offset);
});

test("an expression may have any label", () => {
  expect(templateMistakes("{{ labels.anything }}", undefined)).toEqual([]);
});
