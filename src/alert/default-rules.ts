import type { IndicatorQuestion, Rule } from "./rule.js";

/** What a rule that does not say otherwise gets. Seconds. */
export interface RuleDefaults {
  windowS: number;
  intervalS: number;
}

export const RULE_DEFAULTS: RuleDefaults = { windowS: 300, intervalS: 15 };

/** What a rule that does not say otherwise gets, beside window and interval. */
export const RULE_OPTIONAL_PARTS = {
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
} as const satisfies Partial<Rule>;

/** The rules that hold without a rules file. A rule of the file with the same id takes the place of one of these. */
export function defaultRules({ windowS, intervalS }: RuleDefaults = RULE_DEFAULTS): Rule[] {
  const question = (indicator: string): IndicatorQuestion => ({
    kind: "indicator",
    indicator,
    where: {},
    by: [],
    windowS,
  });
  return [
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "slow-response",
      name: { en: "Slow responses", zh: "响应时间过慢" },
      question: question("response_time.avg"),
      unit: "s",
      when: { op: ">", value: 5 },
    },
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "very-slow-response",
      name: { en: "Very slow responses", zh: "响应时间严重慢" },
      question: question("response_time.avg"),
      unit: "s",
      when: { op: ">", value: 10 },
      severity: "critical",
      inhibits: ["slow-response"],
    },
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "low-success-rate",
      name: { en: "Low success rate", zh: "成功率过低" },
      question: question("success_rate"),
      unit: "%",
      when: { op: "<", value: 95 },
      minRequests: 5,
    },
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "very-low-success-rate",
      name: { en: "Very low success rate", zh: "成功率严重低" },
      question: question("success_rate"),
      unit: "%",
      when: { op: "<", value: 90 },
      severity: "critical",
      minRequests: 5,
      inhibits: ["low-success-rate"],
    },
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "slow-p95",
      name: { en: "High P95 response time", zh: "P95响应时间高" },
      question: question("response_time.p95"),
      unit: "s",
      when: { op: ">", value: 8 },
    },
    {
      ...RULE_OPTIONAL_PARTS,
      intervalS,
      id: "high-cost",
      name: { en: "High cost", zh: "成本过高" },
      question: question("cost.total"),
      unit: "USD",
      when: { op: ">", value: 1 },
    },
  ];
}
