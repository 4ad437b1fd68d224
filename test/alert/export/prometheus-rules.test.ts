import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { defaultRules } from "../../../src/alert/default-rules.js";
import { exportPrometheusRules, RULES_TARGETS } from "../../../src/alert/export/prometheus-rules.js";
import { noteText, rulesExportText } from "../../../src/alert/export/rules-export-text.js";
import { promqlMistake } from "../../../src/alert/promql.js";
import type { Rule } from "../../../src/alert/rule.js";
import { type RuleParts, ruleOf } from "../rule-of.js";

const { prometheus, victoriametrics, mimir } = RULES_TARGETS;

const exprRule = (expr: string, parts: Partial<Rule> = {}): Rule => {
  const { when: _, ...rule } = ruleOf({ id: "raw", unit: "", question: { kind: "expr", expr } });
  return { ...rule, ...parts };
};

const rulesOf = (parts: RuleParts, target = prometheus) =>
  exportPrometheusRules([ruleOf(parts)], target).groups.flatMap(({ rules }) => rules);

const alertOf = (parts: RuleParts, target = prometheus) => rulesOf(parts, target).find(({ alert }) => alert);

const lostOf = (...rules: Rule[]) => exportPrometheusRules(rules, prometheus).notes;

describe("what is exported", () => {
  test("rules with the same question share what is recorded, and the condition is the alert's", () => {
    const { groups } = exportPrometheusRules(defaultRules(), prometheus);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ name: "chainwatch-15s", interval: "15s" });
    expect(groups[0]?.rules.map(({ record, alert, expr }) => record ?? `${alert}: ${expr}`)).toEqual([
      "chainwatch:slow_response:value",
      "slow-response: chainwatch:slow_response:value > 5",
      "very-slow-response: chainwatch:slow_response:value > 10",
      "chainwatch:low_success_rate:value",
      "chainwatch:low_success_rate:count",
      "low-success-rate: chainwatch:low_success_rate:value < 95 and chainwatch:low_success_rate:count >= 5",
      "very-low-success-rate: chainwatch:low_success_rate:value < 90 and chainwatch:low_success_rate:count >= 5",
      "chainwatch:slow_p95:value",
      "slow-p95: chainwatch:slow_p95:value > 8",
      "chainwatch:high_cost:value",
      "high-cost: chainwatch:high_cost:value > 1",
    ]);
  });

  test("vmalert cannot see at once what it recorded, so each alert asks by itself", () => {
    const rules = rulesOf({ minRequests: 5 }, victoriametrics);
    expect(rules).toHaveLength(1);
    expect(rules[0]?.expr).toMatch(/^\(sum\(.*"chainwatch\.request\.duration_sum".*\)\) > 5 and \(.*\) >= 5$/);
  });

  test("each backend is asked by the names that it has", () => {
    const recorded = (target: typeof prometheus) => rulesOf({}, target)[0]?.expr;
    expect(recorded(prometheus)).toContain("histogram_sum(last_over_time(chainwatch_request_duration_seconds{");
    expect(recorded(mimir)).toContain("histogram_sum(last_over_time(chainwatch_request_duration{");
  });

  test("one group for each interval, in each of which a shared question is recorded", () => {
    const rules = [ruleOf({ id: "a" }), ruleOf({ id: "b", intervalS: 60 }), ruleOf({ id: "c" })];
    const { groups } = exportPrometheusRules(rules, prometheus);
    expect(
      groups.map(({ interval, rules }) => [interval, ...rules.map(({ record, alert }) => record ?? alert)]),
    ).toEqual([
      ["15s", "chainwatch:a:value", "a", "c"],
      ["1m", "chainwatch:b:value", "b"],
    ]);
  });

  test("ids that differ only in what a metric's name cannot have keep series of their own", () => {
    const rules = [ruleOf({ id: "a-b" }), ruleOf({ id: "a.b", windowS: 60 })];
    const [group] = exportPrometheusRules(rules, prometheus).groups;
    expect(group?.rules.map(({ record, expr }) => record ?? expr)).toEqual([
      "chainwatch:a_b:value",
      "chainwatch:a_b:value > 5",
      "chainwatch:a_b_2:value",
      "chainwatch:a_b_2:value > 5",
    ]);
  });

  test("for, keep_firing_for, labels, names, and texts with their figures", () => {
    const alert = alertOf({
      id: "expensive",
      name: { en: "Expensive {{ x", zh: "太贵" },
      indicator: "cost.total",
      unit: "USD",
      by: ["model"],
      where: { service: "shop" },
      when: { op: ">", value: 20 },
      forS: 60,
      keepFiringForS: 300,
      severity: "critical",
      labels: { team: "money" },
      annotations: {
        summary:
          "{{ rule.name }}: {{ labels.model }} of {{ labels.service }} ({{ labels.team }}) cost {{ value }} (limit {{ threshold }}) since {{ since }}",
      },
    });
    expect(alert).toEqual({
      alert: "expensive",
      expr: "chainwatch:expensive:value > 20",
      for: "1m",
      keep_firing_for: "5m",
      labels: {
        service: "shop",
        model: "{{ $labels.gen_ai_request_model }}",
        team: "money",
        severity: "critical",
      },
      annotations: {
        name: 'Expensive {{ "{{" }} x',
        name_zh: "太贵",
        summary:
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a Go template after a dollar sign
          'Expensive {{ "{{" }} x: {{ $labels.gen_ai_request_model }} of shop (money) cost ${{ $value | printf "%.4g" }} (limit $20.00) since –',
      },
    });
    const ofService = alertOf({ by: ["service"] }, victoriametrics);
    expect(ofService?.labels?.service).toBe('{{ index $labels "service.name" }}');
  });

  test("a query in PromQL is written as it is, or held against when", () => {
    const [own] = exportPrometheusRules([exprRule("up == 0")], prometheus).groups;
    expect(own?.rules).toMatchObject([{ alert: "raw", expr: "up == 0" }]);
    const held = exprRule("a or b", { when: { op: "<", value: 1 } });
    expect(exportPrometheusRules([held], prometheus).groups[0]?.rules).toMatchObject([{ expr: "(a or b) < 1" }]);
  });

  test("no_data: alert is an alert of the same name", () => {
    const parts: RuleParts = { id: "gone", noData: "alert", noDataForS: 600 };
    expect(rulesOf(parts).slice(1)).toMatchObject([
      { alert: "gone", expr: "chainwatch:gone:value > 5" },
      {
        alert: "gone",
        expr: "absent(chainwatch:gone:value)",
        for: "10m",
        labels: { severity: "warning", reason: "no_data" },
      },
    ]);
    expect(rulesOf({ ...parts, by: ["type"] }).filter(({ alert }) => alert)).toHaveLength(1);
  });

  test("compare_to is the change against the same question before", () => {
    const [recorded] = rulesOf({ compareTo: "1d", unit: "%", indicator: "requests.count" });
    expect(recorded?.expr).toMatch(
      /^100 \* \(\((.*)\) - last_over_time\(\(\1\)\[1s:1s\] offset 1d\)\) \/ \(last_over_time\(\(\1\)\[1s:1s\] offset 1d\) != 0\)$/,
    );
  });

  test("inhibits is for Alertmanager: alerts about different models do not inhibit each other", () => {
    const rules = [
      ruleOf({ id: "worse", by: ["model", "service"], indicator: "llm.calls", inhibits: ["bad", "elsewhere"] }),
      ruleOf({ id: "bad", by: ["model"], indicator: "llm.calls" }),
    ];
    expect(exportPrometheusRules(rules, prometheus).inhibitRules).toEqual([
      { source_matchers: ['alertname="worse"'], target_matchers: ['alertname="bad"'], equal: ["model"] },
    ]);
  });

  test("an inhibition holds within what the rules are narrowed to", () => {
    const rules = [
      ruleOf({ id: "worse", where: { service: "shop" }, indicator: "llm.calls", inhibits: ["bad"] }),
      ruleOf({ id: "bad", by: ["service"], indicator: "llm.calls" }),
    ];
    expect(exportPrometheusRules(rules, prometheus).inhibitRules).toMatchObject([{ equal: ["service"] }]);
  });

  test("every expression is PromQL", () => {
    const rules = [...defaultRules(), ruleOf({ id: "rising", compareTo: "1w", by: ["type"], minRequests: 9 })];
    for (const target of [prometheus, mimir]) {
      for (const { expr } of exportPrometheusRules(rules, target).groups.flatMap(({ rules }) => rules)) {
        expect(promqlMistake(expr), expr).toBeUndefined();
      }
    }
  });
});

describe("what is lost is said, once for all rules that it concerns", () => {
  test.each<[part: string, Rule]>([
    ["no_data: keep", ruleOf()],
    ["min_requests", ruleOf({ minRequests: 5, noData: "alert" })],
    ["no_data: alert", ruleOf({ noData: "alert", by: ["type"] })],
    ["no_data: alert", ruleOf({ noData: "alert" })],
    ["resolve_when", ruleOf({ noData: "ok", resolveWhen: { op: "<", value: 4 } })],
    ["keep_firing_for", ruleOf({ noData: "ok", keepFiringForS: 60 })],
    ["inhibits", ruleOf({ noData: "ok", inhibits: ["other"] })],
    ["receivers", ruleOf({ noData: "ok", receivers: ["oncall"] })],
    ["annotations", ruleOf({ noData: "ok", annotations: { summary: "since {{since}}" } })],
    ["indicator", ruleOf({ noData: "ok", indicator: "requests.rate_peak" })],
  ])("%s", (part, rule) => {
    expect(lostOf(rule).map((note) => note.part)).toContain(part);
    expect(lostOf(rule).every(({ leftOut }) => !leftOut)).toBe(true);
  });

  test("nothing is lost of a rule that Prometheus has whole", () => {
    expect(lostOf(ruleOf({ noData: "ok", minRequests: 5, forS: 60 }), exprRule("up == 0"))).toEqual([]);
  });

  test("VictoriaMetrics' percentile differs, Prometheus' does not", () => {
    const rule = ruleOf({ indicator: "response_time.p95", noData: "ok" });
    expect(exportPrometheusRules([rule], victoriametrics).notes.map(({ part }) => part)).toEqual(["indicator"]);
    expect(exportPrometheusRules([rule], prometheus).notes).toEqual([]);
  });

  test.each<[part: string, RuleParts]>([
    ["indicator", { indicator: "users.active" }],
    ["indicator", { where: { user: "u1" } }],
    ["compare_to: previous_release", { compareTo: "previous_release", where: { service: "shop" } }],
  ])("left out, and its group with it: %s %o", (part, parts) => {
    const { groups, notes, inhibitRules } = exportPrometheusRules(
      [ruleOf({ id: "out", inhibits: ["in"], intervalS: 60, ...parts }), ruleOf({ id: "in", noData: "ok" })],
      prometheus,
    );
    expect(notes).toMatchObject([{ rules: ["out"], part, leftOut: true }]);
    expect(groups.map(({ interval }) => interval)).toEqual(["15s"]);
    expect(inhibitRules).toEqual([]);
  });

  test("one note names all its rules, in two languages", () => {
    const [note] = lostOf(ruleOf({ id: "a" }), ruleOf({ id: "b" }));
    if (note === undefined) throw new Error("nothing is lost");
    expect(noteText(note, "en")).toMatch(/^a, b: no_data: keep: without data an alert ends at once there/);
    expect(noteText(note, "zh")).toMatch(/^a, b：no_data: keep：那边一旦没有数据/);
  });
});

test("the file has the groups, and what is lost as comments where it is lost", () => {
  const exported = exportPrometheusRules(
    [ruleOf({ id: "worse", inhibits: ["bad"] }), ruleOf({ id: "bad", noData: "ok" })],
    prometheus,
  );
  const text = rulesExportText(exported, "en");
  expect(parse(text)).toEqual({ groups: exported.groups });
  expect(text).toMatch(/^# Rules of Chainwatch for Prometheus/);
  expect(text).toContain("# - worse: no_data: keep: without data");
  expect(text).toMatch(/# no_data: keep: [^\n]+\n\s+# inhibits: [^\n]+\n\s+- alert: worse\n/);
  expect(text).not.toMatch(/#[^\n]*\n\s+- alert: bad\n/);
  const comment = text.slice(text.indexOf("# inhibit_rules"));
  expect(parse(comment.replace(/^# ?/gm, ""))).toEqual({ inhibit_rules: exported.inhibitRules });
});
