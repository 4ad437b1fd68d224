import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { type Rule, windowOf } from "../../src/alert/rule.js";
import { parseRulesFile } from "../../src/alert/rules-file.js";

function rulesOf(text: string, env: Record<string, string> = {}): Rule[] {
  const { ok, rules, findings } = parseRulesFile(text, "chainwatch.yaml", { env });
  if (!ok) throw new Error(findings.map((finding) => finding.text).join("\n"));
  return rules;
}

function errorsOf(text: string): string[] {
  const { ok, findings } = parseRulesFile(text, "chainwatch.yaml", { env: {} });
  expect(ok).toBe(findings.every(({ severity }) => severity === "warning"));
  return findings.filter(({ severity }) => severity === "error").map((finding) => finding.text);
}

/** The one error of a file with the rule `id: a, indicator: response_time.avg, when: "> 5s"` and this line. */
function errorOfLine(line: string): string {
  const errors = errorsOf(`rules:\n  - id: a\n    indicator: response_time.avg\n    when: "> 5s"\n    ${line}\n`);
  expect(errors).toHaveLength(1);
  return errors[0] ?? "";
}

test.each(["", "# nothing\n", "rules:\n", "rules: []\n", "defaults:\n"])("%j leaves the default rules", (text) => {
  expect(rulesOf(text)).toEqual(defaultRules());
});

test("a rule is read with all its parts, durations as seconds", () => {
  const rules = rulesOf(
    `
rules:
  - id: checkout-cost
    name: { en: Dear checkout, zh: 结账成本高 }
    indicator: cost.total
    by: [model]
    where: { service: "\${SERVICE}" }
    window: 1h
    interval: 1m30s
    when: "> 20 USD"
    resolve_when: "<= 15 USD"
    for: 5m
    keep_firing_for: 250ms
    severity: critical
    min_requests: 3
    no_data: alert
    no_data_for: 10m
    inhibits: [high-cost]
    labels: { team: shop }
    annotations: { runbook_url: "https://wiki.example/cost" }
`,
    { SERVICE: "checkout-bot" },
  );
  expect(rules.slice(0, -1)).toEqual(defaultRules());
  expect(rules.at(-1)).toEqual({
    id: "checkout-cost",
    name: { en: "Dear checkout", zh: "结账成本高" },
    question: {
      kind: "indicator",
      indicator: "cost.total",
      by: ["model"],
      where: { service: "checkout-bot" },
      windowS: 3600,
    },
    unit: "USD",
    intervalS: 90,
    when: { op: ">", value: 20 },
    resolveWhen: { op: "<=", value: 15 },
    forS: 300,
    keepFiringForS: 0.25,
    severity: "critical",
    minRequests: 3,
    noData: "alert",
    noDataForS: 600,
    inhibits: ["high-cost"],
    receivers: [],
    labels: { team: "shop" },
    annotations: { runbook_url: "https://wiki.example/cost" },
  });
});

test.each(["README.md", "README.zh-CN.md", "docs/rules.md"])("the rules shown in %s are good", (document) => {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  const [, shown = "nothing shown"] = text.match(/```yaml\n(# yaml-language-server[\s\S]*?)```/) ?? [];
  expect(parseRulesFile(shown, document, { env: {} })).toMatchObject({ ok: true, findings: [] });
});

test("a change is in percent, whatever the indicator's unit", () => {
  const rule = rulesOf(
    'rules:\n  - { id: a, indicator: cost.total, compare_to: 1w, when: "> +20%", resolve_when: "<= +5.5%" }\n',
  ).at(-1);
  expect(rule).toMatchObject({
    question: { indicator: "cost.total", compareTo: "1w" },
    unit: "%",
    when: { op: ">", value: 20 },
    resolveWhen: { op: "<=", value: 5.5 },
  });
});

test("an expression has no unit, and needs no condition", () => {
  const [alone, compared] = rulesOf(
    'rules:\n  - { id: a, expr: up == 0, receivers: [oncall] }\n  - { id: b, expr: sum(x), when: ">= 0.5" }\n',
  ).slice(-2);
  expect(alone).toMatchObject({ question: { kind: "expr", expr: "up == 0" }, unit: "", receivers: ["oncall"] });
  expect(alone).not.toHaveProperty("when");
  expect(compared).toMatchObject({ question: { kind: "expr", expr: "sum(x)" }, when: { op: ">=", value: 0.5 } });
});

describe("a mistake inside a text is found where the file has it", () => {
  test.each([
    ["plain", "expr: sum(x", "3:14"],
    ["in double quotes with escapes", 'expr: "a{b=\\"c\\"} + sum(x"', "3:28"],
    ["in single quotes", "expr: 'a{b=''c''} + sum(x'", "3:28"],
    ["a block", "expr: |\n      a +\n        sum(x\n", "5:12"],
    ["a folded block", "expr: >-\n      a +\n      sum(x\n", "5:10"],
    ["over several lines", "expr: a +\n      sum(x", "4:10"],
    ["behind an environment variable", `expr: "\${NAME} + sum(x"`, "3:11"],
  ])("%s", (_, line, place) => {
    const text = `rules:\n  - id: a\n    ${line}\n`;
    const [finding] = parseRulesFile(text, "chainwatch.yaml", { env: { NAME: "up" } }).findings;
    expect(finding?.text).toBe(`chainwatch.yaml:${place}: expected ) to close this (, found the end of the query`);
  });
});

test("what a rule does not say has its default", () => {
  const rule = rulesOf('rules:\n  - { id: a, indicator: success_rate, when: "< 99%" }\n').at(-1);
  expect(rule).toEqual({
    id: "a",
    name: { en: "a", zh: "a" },
    question: { kind: "indicator", indicator: "success_rate", by: [], where: {}, windowS: 300 },
    unit: "%",
    intervalS: 15,
    when: { op: "<", value: 99 },
    forS: 0,
    keepFiringForS: 0,
    severity: "warning",
    minRequests: 0,
    noData: "keep",
    noDataForS: 3600,
    inhibits: [],
    receivers: [],
    labels: {},
    annotations: {},
  });
});

test("a rule with the id of a default rule takes its place", () => {
  const rules = rulesOf('rules:\n  - { id: slow-p95, name: P95, indicator: response_time.p95, when: "> 20s" }\n');
  expect(rules.map(({ id }) => id)).toEqual(defaultRules().map(({ id }) => id));
  expect(rules.find(({ id }) => id === "slow-p95")).toMatchObject({
    name: { en: "P95", zh: "P95" },
    when: { value: 20 },
  });
});

test("defaults hold for the default rules and for those that do not say otherwise", () => {
  const rules = rulesOf(`
defaults: { window: 30s, interval: 2s }
rules:
  - { id: a, indicator: success_rate, when: "< 99%" }
  - { id: b, indicator: success_rate, when: "< 99%", window: 1m, interval: 5s }
`);
  expect(rules.map(({ question, intervalS }) => [windowOf(question), intervalS])).toEqual([
    ...Array.from({ length: 7 }, () => [30, 2]),
    [60, 5],
  ]);
});

describe("a mistake has its place, what was expected, what was found and the nearest name", () => {
  test.each([
    ["severty: critical", '5:5: unknown key "severty"; did you mean "severity"?'],
    [
      "severity: crtical",
      '5:15: severity: expected one of warning, error, critical, found crtical; did you mean "critical"?',
    ],
    ["for: 5 minutes", "5:10: for: expected a duration, such as 15s, 5m, 1h30m or 250ms, found 5 minutes"],
    ["for: 60", "5:10: for: expected a duration, such as 15s, 5m, 1h30m or 250ms, found 60"],
    [
      "interval: 100ms",
      "5:15: interval: expected a duration, such as 15s, 5m, 1h30m or 250ms, from 1s to 1d, found 100ms",
    ],
    [
      "by: [modle]",
      "5:10: expected one of service, environment, release, instance, type, model, provider, tool, what, reason, user, session, tenant, found modle",
    ],
    ["by: model", "5:9: by: expected a list of dimensions, such as [model], found model"],
    ["by: [tool]", "5:9: response_time.avg by or where tool: not possible. Use dimensions of one side"],
    ["where: { servce: a }", '5:14: unknown key "servce"; did you mean "service"?'],
    [
      "where: { release: 1.2 }",
      '5:23: release: expected a text (in quotes, when it looks like something else: "1.2"), found 1.2',
    ],
    ["min_requests: -1", "5:19: min_requests: expected a whole number from 0 up, found -1"],
    ["name: { en: A }", "5:11: name: expected a text, or one for each language: { en: …, zh: … }, found { en: A }"],
    ["no_data: okay", "5:14: no_data: expected one of keep, ok, alert, found okay"],
    [
      "inhibits: [slow-respnse]",
      '5:16: expected the id of a rule, found "slow-respnse"; did you mean "slow-response"?',
    ],
    ["inhibits: [a]", '5:16: expected a rule that does not inhibit "a" in turn, found "a"'],
    ['resolve_when: "> 4s"', '5:19: expected the opposite of when: "> 5s", so a comparison with < or <=, found "> 4s"'],
    ['resolve_when: "< 8s"', '5:19: expected a condition that does not hold together with when: "> 5s", found "< 8s"'],
    [
      "resolve_when: < 4%",
      '5:19: expected a comparison (> < >= <=) with a value in s, such as "> 5s", found the unit "%"',
    ],
    [`labels: { a: "\${NOT_SET}" }`, "5:18: expected the environment variable NOT_SET to be set, found it is not"],
  ])("%s", (line, error) => {
    expect(errorOfLine(line)).toContain(`chainwatch.yaml:${error}`);
  });

  test.each([
    [
      "an unknown indicator",
      'rules:\n  - id: a\n    indicator: respones_time.avg\n    when: "> 5s"\n',
      '3:16: expected the id of an indicator, found "respones_time.avg"; did you mean "response_time.avg"?',
    ],
    [
      "an indicator that is a list",
      'rules:\n  - { id: a, indicator: queries.top, when: "> 5" }\n',
      '2:25: expected an indicator with one value, found "queries.top", which is a list',
    ],
    [
      "a missing part",
      "rules:\n  - id: a\n    indicator: success_rate\n",
      '2:5: when: expected a condition, such as "< 95%", found nothing',
    ],
    [
      "an id twice",
      'rules:\n  - { id: a, indicator: success_rate, when: "< 9%" }\n  - { id: a, indicator: success_rate, when: "< 9%" }\n',
      '3:11: expected an id of its own, found "a", which an earlier rule has',
    ],
    ["a section", "ruls: []\n", '1:1: unknown key "ruls"; did you mean "rules"?'],
    ["a section that is no longer known", "receiver: {}\n", '1:1: unknown key "receiver"; did you mean "receivers"?'],
    ["rules that are a map", "rules: { a: 1 }\n", "1:8: rules: expected a list of rules, found { a: 1 }"],
    [
      "a rule that is a text",
      "rules:\n  - slow\n",
      "2:5: expected a rule: a map with id, indicator, when, …, found slow",
    ],
    ["a file that is a list", "- a\n", "1:1: expected a map with rules, found - a"],
    [
      "a condition without quotes",
      "rules:\n  - id: a\n    when: > 5s\n    for: 1m\n",
      '3:13: Not a YAML token: 5s; write it in quotes: when: "> 5s"',
    ],
    ["a key twice", "rules:\n  - id: a\n    id: b\n", "3:5: Map keys must be unique"],
    [
      "rules that would silence each other",
      'rules:\n  - { id: a, indicator: success_rate, when: "< 9%", inhibits: [very-slow-response] }\n  - { id: very-slow-response, indicator: response_time.avg, when: "> 9s", inhibits: [a] }\n',
      '2:64: expected a rule that does not inhibit "a" in turn, found "very-slow-response"',
    ],
  ])("%s", (_, text, error) => {
    expect(errorsOf(text)[0]).toContain(`chainwatch.yaml:${error}`);
  });

  test("all mistakes come at once, in the order of the file, also several in one rule", () => {
    const errors = errorsOf(`
defaults: { windw: 5m }
rules:
  - id: a
    indicator: respones_time.avg
    when: "> 5s"
    severty: critical
  - id: b
    indicator: success_rate
    when: "< 95"
    for: long
`);
    expect(errors.map((error) => error.split(":").slice(0, 3).join(":"))).toEqual([
      "chainwatch.yaml:2:13",
      "chainwatch.yaml:5:16",
      "chainwatch.yaml:7:5",
      "chainwatch.yaml:10:11",
      "chainwatch.yaml:11:10",
    ]);
  });
});

test("who needs the rules alone needs none of the secrets of receivers", () => {
  const text = `receivers:\n  - { name: oncall, slack: { url: "\${SLACK_WEBHOOK}" } }\nroute: { receivers: ["\${NOBODY}"] }\n`;
  expect(errorsOf(text)).toEqual([]);
  const sections: unknown[] = [];
  const readTold = (_: unknown, read: unknown) => sections.push(read);
  const { findings } = parseRulesFile(text, "chainwatch.yaml", { env: { SLACK_WEBHOOK: "https://x" }, readTold });
  expect(sections).toEqual([
    { receivers: [{ name: "oncall", slack: { url: "https://x" } }], route: { receivers: [`\${NOBODY}`] } },
  ]);
  expect(findings.map((finding) => finding.text)).toEqual([
    "chainwatch.yaml:3:22: expected the environment variable NOBODY to be set, found it is not",
  ]);
});

test("the value of an environment variable is a text, whatever it looks like", () => {
  const text = `rules:\n  - { id: a, indicator: success_rate, when: "< 9%", labels: { x: "\${X}" } }\n`;
  expect(rulesOf(text, { X: "1 }, severity: critical" }).at(-1)).toMatchObject({
    severity: "warning",
    labels: { x: "1 }, severity: critical" },
  });
});

test("aliases that grow without end are refused", () => {
  const level = (name: string, of: string) =>
    `${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(", ")}]`;
  const bomb = ["a: &a [x, x, x]", ...[..."bcdefgh"].map((name, i) => level(name, "abcdefg"[i] ?? ""))].join("\n");
  expect(errorsOf(bomb)[0]).toContain("alias");
});

test("a __proto__ key is a mistake and changes no prototype", () => {
  expect(errorsOf("rules:\n  - __proto__: { polluted: true }\n    id: a\n").join("\n")).toContain("__proto__");
  expect({}).not.toHaveProperty("polluted");
});
