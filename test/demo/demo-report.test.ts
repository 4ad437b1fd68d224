import { expect, test } from "vitest";
import type { AlertsView, AlertTransition, RuleStatus } from "../../src/alert/alert-view.js";
import { displayWidth } from "../../src/dashboard/display-width.js";
import { checkLine, historyLines, requestLine } from "../../src/demo/demo-report.js";
import type { RequestRecord } from "../../src/store/request-record.js";

const RECORD: RequestRecord = {
  request_id: "demo-1",
  timestamp: "2026-01-01T00:00:00.000Z",
  service: "chainwatch-demo",
  type: "explain",
  outcome: "success",
  response_time: 0.412,
  llm_calls: 1,
  llm_time: 0.4,
  tokens: { input: 14, output: 24, total: 38, cached: 0, reasoning: 0 },
  cost_usd: 0.0000165,
  models: ["gpt-4o-mini"],
  trace_id: "3f9c1a2b3c4d5e6f708192a3b4c5d6e7",
  trace_sampled: true,
};

const RULE: RuleStatus = {
  id: "very-low-success-rate",
  name: { en: "Very low success rate", zh: "成功率严重低" },
  severity: "critical",
  indicator: "success_rate",
  unit: "%",
  op: "<",
  threshold: 90,
  window_s: 60,
  interval_s: 2,
  state: "inactive",
};

const alerts = (rules: RuleStatus[], history: AlertTransition[] = []): AlertsView => ({
  evaluations: 1,
  rules,
  active: [],
  history,
});

test("a request's line has its number, user, topic, answer, time, tokens, cost and trace", () => {
  const line = requestLine(1, "人工智能是技术。", RECORD, { language: "en", width: 80 });
  expect(line.replace(/ +/g, " ")).toBe('[1/5] user_001 人工智能 → "人工智能是…" 0.41 s 38 tok $0.000017 trace 3f9c…');
});

test.each([80, 100, 200])("on a terminal of %i columns the lines are aligned and none is wider", (width) => {
  const lines = [
    requestLine(1, "短。", RECORD, { language: "zh", width }),
    requestLine(5, "很长的回答，".repeat(20), RECORD, { language: "zh", width }),
  ];
  const columnsBeforeTime = lines.map((line) => displayWidth(line.slice(0, line.indexOf("0.41 s"))));
  expect(columnsBeforeTime[0]).toBe(columnsBeforeTime[1]);
  expect(lines[1]).toContain('…"');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test("a model without a price has no cost, not a cost of zero", () => {
  const { cost_usd: _, ...unpriced } = RECORD;
  expect(requestLine(1, "", unpriced, { language: "en", width: 80 })).toContain("no price");
});

test("a check says how many rules were asked, and which fire", () => {
  expect(checkLine(alerts([RULE, { ...RULE, id: "other" }]), "en")).toContain("checked 2 rules: none firing");
  expect(checkLine(alerts([RULE]), "zh")).toContain("已检查 1 条规则：无触发");
  expect(checkLine(alerts([{ ...RULE, state: "firing" }]), "zh")).toContain("触发：成功率严重低");
});

test("the history says when nothing ever fired, else what did, with value and threshold", () => {
  expect(historyLines(alerts([RULE]), "zh")).toEqual(["✓ 无告警触发"]);
  const fired: AlertTransition = {
    id: "1",
    rule: RULE.id,
    name: RULE.name,
    severity: "critical",
    indicator: "success_rate",
    labels: {},
    from: "inactive",
    to: "firing",
    reason: "condition_true",
    value: 71.4,
    op: "<",
    threshold: 90,
    unit: "%",
    at: "2026-01-01T00:00:00.000Z",
    since: "2026-01-01T00:00:00.000Z",
  };
  const [heading, line] = historyLines(alerts([RULE], [fired]), "en");
  expect(heading).toBe("Alert history");
  expect(line).toContain("firing  critical  Very low success rate  success_rate 71.4 % < 90 %");
});
