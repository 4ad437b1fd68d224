import { expect, test } from "vitest";
import type { SourceAbilities } from "../../src/alert/check-rule.js";
import { parseRulesFile } from "../../src/alert/rules-file.js";

/** The findings in a file. */
function findingsIn(text: string): string[] {
  return parseRulesFile(text, "chainwatch.yaml", { env: {} }).findings.map((finding) => finding.text);
}

const SLOW = 'rules:\n  - id: slow\n    indicator: response_time.avg\n    when: "> 5s"\n';

/** What people get wrong, and everything that each of them is told, with the place. */
const MISTAKES: [kind: string, text: string, findings: string[]][] = [
  [
    "YAML: a condition without quotes",
    "rules:\n  - id: slow\n    when: > 5s\n    for: 1m\n",
    ['3:13: Not a YAML token: 5s; write it in quotes: when: "> 5s"'],
  ],
  ["YAML: a key twice", "rules:\n  - id: slow\n    id: slower\n", ["3:5: Map keys must be unique"]],
  ["a section", `ruls:\n  - id: slow\n`, ['1:1: unknown key "ruls"; did you mean "rules"?']],
  ["the groups of Prometheus", "groups:\n  - name: llm\n", ['1:1: unknown key "groups"; here it is rules, one list']],
  [
    "rules that are a map",
    "rules:\n  slow: { indicator: response_time.avg }\n",
    ["2:3: rules: expected a list of rules, found slow: { indicator: response_time.avg }"],
  ],
  ["an unknown key", `${SLOW}    severty: critical\n`, ['5:5: unknown key "severty"; did you mean "severity"?']],
  [
    "a key of Prometheus",
    'rules:\n  - alert: slow\n    indicator: response_time.avg\n    when: "> 5s"\n',
    ["2:5: id: expected an id, such as slow-response, found nothing", '2:5: unknown key "alert"; here it is id'],
  ],
  [
    "a rule without an id",
    'rules:\n  - indicator: response_time.avg\n    when: "> 5s"\n',
    ["2:5: id: expected an id, such as slow-response, found nothing"],
  ],
  [
    "an id twice",
    `${SLOW}  - { id: slow, indicator: success_rate, when: "< 95%" }\n`,
    ['5:11: expected an id of its own, found "slow", which an earlier rule has'],
  ],
  [
    "no question",
    'rules:\n  - id: slow\n    when: "> 5s"\n',
    ["2:5: expected indicator: or expr:, found neither; for example indicator: response_time.p95"],
  ],
  [
    "two questions",
    `${SLOW}    expr: up == 0\n`,
    ["5:11: expected one question, found an indicator and an expr; leave one of them out"],
  ],
  [
    "an unknown indicator",
    'rules:\n  - id: slow\n    indicator: respones_time.avg\n    when: "> 5s"\n',
    ['3:16: expected the id of an indicator, found "respones_time.avg"; did you mean "response_time.avg"?'],
  ],
  [
    "an indicator that is a list",
    'rules:\n  - id: top\n    indicator: queries.top\n    when: "> 5"\n',
    [
      '3:16: expected an indicator with one value, found "queries.top", which is a list; use requests.count with by: [type], for example',
    ],
  ],
  [
    "no condition",
    "rules:\n  - id: slow\n    indicator: response_time.avg\n",
    ['2:5: when: expected a condition, such as "> 5s", found nothing'],
  ],
  [
    "a condition without a comparison",
    'rules:\n  - id: slow\n    indicator: response_time.avg\n    when: "5s"\n',
    ['4:11: expected a comparison (> < >= <=) with a value in s, such as "> 5s", found "5s"'],
  ],
  [
    "a condition without its unit",
    'rules:\n  - id: low\n    indicator: success_rate\n    when: "< 0.95"\n',
    ['4:11: expected a comparison (> < >= <=) with a value in %, such as "< 95%", found no unit in "< 0.95"'],
  ],
  [
    "the unit of something else",
    'rules:\n  - id: dear\n    indicator: cost.total\n    when: "> 5s"\n',
    ['4:11: expected a comparison (> < >= <=) with a value in USD, such as "> 20 USD", found the unit "s"'],
  ],
  [
    "a value that cannot be",
    'rules:\n  - id: low\n    indicator: success_rate\n    when: "> 120%"\n',
    ['4:11: expected a value from 0% to 100%, found "> 120%": success_rate is never above 100%'],
  ],
  [
    "resolve_when on the same side",
    `${SLOW}    resolve_when: "> 4s"\n`,
    ['5:19: expected the opposite of when: "> 5s", so a comparison with < or <=, found "> 4s"'],
  ],
  [
    "resolve_when that holds together with when",
    `${SLOW}    resolve_when: "< 8s"\n`,
    [
      '5:19: expected a condition that does not hold together with when: "> 5s", found "< 8s", which would end the alert while its condition holds',
    ],
  ],
  [
    "a duration in words",
    `${SLOW}    for: 5 minutes\n`,
    ["5:10: for: expected a duration, such as 15s, 5m, 1h30m or 250ms, found 5 minutes"],
  ],
  [
    "a duration as a number",
    `${SLOW}    for: 60\n`,
    ["5:10: for: expected a duration, such as 15s, 5m, 1h30m or 250ms, found 60"],
  ],
  [
    "a duration out of range",
    `${SLOW}    interval: 100ms\n`,
    ["5:15: interval: expected a duration, such as 15s, 5m, 1h30m or 250ms, from 1s to 1d, found 100ms"],
  ],
  [
    "a severity",
    `${SLOW}    severity: fatal\n`,
    ["5:15: severity: expected one of warning, error, critical, found fatal"],
  ],
  [
    "a severity among the labels",
    `${SLOW}    labels: { severity: critical }\n`,
    ["5:25: expected severity: critical in the rule itself, found it in its labels"],
  ],
  [
    "an unknown dimension",
    `${SLOW}    by: [modle]\n`,
    [
      '5:10: expected one of service, environment, release, instance, type, model, provider, tool, what, reason, user, session, tenant, found modle; did you mean "model"?',
    ],
  ],
  [
    "a dimension that the indicator does not have",
    `${SLOW}    by: [tool]\n`,
    [
      "5:9: response_time.avg by or where tool: not possible. Use dimensions of one side (from metrics: service, environment, release, instance, type; from request records: service, environment, release, instance, type, user, session, tenant)",
    ],
  ],
  [
    "a split that is no list",
    `${SLOW}    by: model\n`,
    ["5:9: by: expected a list of dimensions, such as [model], found model"],
  ],
  [
    "a value that looks like a number",
    `${SLOW}    where: { release: 1.2 }\n`,
    ['5:23: release: expected a text (in quotes, when it looks like something else: "1.2"), found 1.2'],
  ],
  [
    "an unknown rule in inhibits",
    `${SLOW}    inhibits: [slow-respnse]\n`,
    ['5:16: expected the id of a rule, found "slow-respnse"; did you mean "slow-response"?'],
  ],
  [
    "a rule that inhibits itself",
    `${SLOW}    inhibits: [slow]\n`,
    ['5:16: expected a rule that does not inhibit "slow" in turn, found "slow": neither would be sent'],
  ],
  [
    "an unknown receiver",
    `${SLOW}    receivers: [oncal]\nreceivers:\n  - name: oncall\n`,
    ['5:17: expected the name of a receiver, found "oncal"; did you mean "oncall"?'],
  ],
  [
    "an environment variable that is not set",
    `${SLOW}    labels: { team: "\${TEAM}" }\n`,
    ["5:21: expected the environment variable TEAM to be set, found it is not"],
  ],
  [
    "a placeholder of Prometheus",
    `${SLOW}    annotations:\n      summary: "It takes {{ $value }}"\n`,
    ["6:26: expected a placeholder of this rule's alerts, found {{ $value }}; did you mean {{ value }}?"],
  ],
  [
    "a placeholder that is not closed",
    `${SLOW}    annotations:\n      summary: "It takes {{ value }"\n`,
    ["6:26: expected {{ and }} in pairs, found one alone"],
  ],
  [
    "a label that the alerts do not have",
    `${SLOW}    by: [type]\n    annotations: { summary: "{{ labels.model }}" }\n`,
    ["6:30: expected a placeholder of this rule's alerts, found {{ labels.model }}; did you mean {{ labels.type }}?"],
  ],
  [
    "a runbook that is no web address",
    `${SLOW}    annotations: { runbook_url: wiki/slow }\n`,
    ['5:33: expected an address that begins with https:// or http://, found "wiki/slow"'],
  ],
  [
    "a placeholder in a label",
    `${SLOW}    labels: { how: "{{ value }}" }\n`,
    ['5:20: expected a text that stays the same, found "{{ value }}"; placeholders go into annotations'],
  ],
  [
    "a change without its sign",
    `${SLOW.replace("> 5s", "> 20%")}    compare_to: 1d\n`,
    [
      '4:11: expected a change in percent with its sign, such as "> +20%" or "< -10%", because of compare_to, found "> 20%"',
    ],
  ],
  [
    "a time to compare with",
    `${SLOW.replace("> 5s", "> +20%")}    compare_to: 2d\n`,
    ['5:17: compare_to: expected one of 1h, 1d, 1w, previous_release, found 2d; did you mean "1d"?'],
  ],
  [
    "the release beside previous_release",
    `${SLOW.replace("> 5s", "> +20%")}    compare_to: previous_release\n    where: { service: a, release: b }\n`,
    ["6:35: expected no release beside compare_to: previous_release, which finds the two releases itself"],
  ],
  [
    "PromQL: a bracket that is not closed",
    "rules:\n  - id: raw\n    expr: sum(rate(http_errors_total[5m]) > 1\n",
    ["3:14: expected ) to close this (, found the end of the query"],
  ],
  [
    "PromQL: a function that is none",
    "rules:\n  - id: raw\n    expr: sum(rates(http_errors_total[5m])) > 1\n",
    ["3:15: expected a function of PromQL, found rates; did you mean rate?"],
  ],
  [
    "PromQL: a counter without a range",
    "rules:\n  - id: raw\n    expr: rate(http_errors_total) > 1\n",
    ["3:16: expected a range for rate, as in rate(http_errors_total[5m]), found http_errors_total"],
  ],
  [
    "PromQL: in the third line of a block",
    "rules:\n  - id: raw\n    expr: |\n      sum(rate(a[5m]))\n        / sum(rate(b[5m])\n      > 0.1\n",
    ["5:14: expected ) to close this (, found the end of the query"],
  ],
  [
    "PromQL: an indicator's key",
    "rules:\n  - id: raw\n    expr: up == 0\n    by: [service]\n",
    ['4:9: "by" does not go with expr; split in the query: sum by (model) (…)'],
  ],
  [
    "PromQL: a unit",
    'rules:\n  - id: raw\n    expr: sum(x)\n    when: "> 5s"\n',
    ['4:11: expected a comparison (> < >= <=) with a number without a unit, such as "> 100", found the unit "s"'],
  ],
];

test("there are more than thirty kinds of mistake here", () => {
  expect(new Set(MISTAKES.map(([kind]) => kind)).size).toBeGreaterThan(30);
});

test.each(MISTAKES)("%s", (_, text, findings) => {
  expect(findingsIn(text)).toEqual(findings.map((finding) => `chainwatch.yaml:${finding}`));
});

const ODDITIES: [kind: string, text: string, warnings: string[]][] = [
  [
    "a for shorter than the interval",
    `${SLOW}    for: 5s\n`,
    [
      "5:10: for: 5s is shorter than the interval of 15s, so the alert fires at the second bad answer, after 15s; make the interval shorter, or for: 0s",
    ],
  ],
  [
    "a window shorter than the interval",
    `${SLOW}    window: 10s\n    interval: 1m\n`,
    [
      "6:15: the window of 10s is shorter than the interval of 1m, so what happens in between is never looked at; make the window at least 1m",
    ],
  ],
  [
    "a no_data_for that no_data: ok leaves out",
    `${SLOW}    no_data: ok\n    no_data_for: 10m\n`,
    ['6:18: "no_data_for" changes nothing beside no_data: ok; leave it out'],
  ],
  [
    "a rule listed twice in inhibits",
    `${SLOW}    inhibits: [high-cost, high-cost]\n`,
    ['5:27: "high-cost" is listed twice'],
  ],
  [
    "a warning that holds back a critical alert",
    `${SLOW}    inhibits: [very-slow-response]\n`,
    ['5:16: the warning "slow" would hold back the critical "very-slow-response"'],
  ],
  [
    "intervals that never align",
    `${SLOW}    interval: 20s\n    inhibits: [slow-response]\n`,
    [
      '6:16: "slow" is asked every 20s and "slow-response" every 15s, seldom at the same time, so "slow-response" may be told first; make one interval a multiple of the other',
    ],
  ],
  [
    "receivers without a section",
    `${SLOW}    receivers: [oncall]\n`,
    ["5:16: this file has no receivers: section, so the rule's alerts go to the console"],
  ],
  [
    "PromQL that compares nothing",
    "rules:\n  - id: raw\n    expr: sum(http_errors_total)\n",
    [
      '3:11: the query compares nothing, so an alert fires for whatever it returns; add when: "> 100", or > 100 to the query',
    ],
  ],
  [
    "releases of several services",
    `${SLOW.replace("> 5s", "> +20%")}    compare_to: previous_release\n`,
    ["5:17: releases of different services would be compared with each other; add where: { service: … }"],
  ],
];

test.each(ODDITIES)("a warning: %s", (_, text, warnings) => {
  const { ok, findings } = parseRulesFile(text, "chainwatch.yaml", { env: {} });
  expect(findings.map((finding) => finding.text)).toEqual(
    warnings.map((warning) => warning.replace(/^\S+ /, "chainwatch.yaml:$&warning: ")),
  );
  expect(ok).toBe(true);
});

const METRICS_ONLY: SourceAbilities = { sides: ["metrics"], promql: true };
const LOCAL: SourceAbilities = { sides: ["metrics", "records"], promql: false };

test.each([
  [
    "a dimension of request records",
    METRICS_ONLY,
    `${SLOW}    by: [user]\n`,
    "5:9: response_time.avg by or where user: only request records can answer this, metrics never carry it, and no request records are kept here. Send the request records to a Chainwatch server, or ask without user",
  ],
  [
    "an indicator of request records",
    METRICS_ONLY,
    'rules:\n  - { id: a, indicator: users.active, when: "> 5 users" }\n',
    "2:25: users.active: only request records can answer this, metrics never carry it, and no request records are kept here. Send the request records to a Chainwatch server, or ask without this indicator",
  ],
  [
    "PromQL",
    LOCAL,
    "rules:\n  - { id: a, expr: up == 0 }\n",
    "2:20: expected an indicator, found an expr, which needs a source that speaks PromQL; start with --source prometheus=URL, or ask an indicator",
  ],
])("what the source cannot answer is refused with the cure: %s", (_, source, text, mistake) => {
  const { findings } = parseRulesFile(text, "chainwatch.yaml", { env: {}, source });
  expect(findings.map((finding) => finding.text)).toEqual([`chainwatch.yaml:${mistake}`]);
  expect(parseRulesFile(text, "chainwatch.yaml", { env: {} }).findings).toEqual([]);
});
