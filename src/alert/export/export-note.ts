import type { BilingualText } from "../../indicators/language.js";
import type { PromQlDialect } from "../../query/prometheus/promql-dialect.js";
import type { Rule } from "../rule.js";
import { type DialectOf, type Inexpressible, metricQuestionOf } from "./rule-expression.js";

/** What of some rules is lost on the way to Prometheus, and why. */
export interface ExportNote {
  rules: string[];
  /** The key of the rules file that it is about. */
  part: string;
  reason: BilingualText;
  /** The rules are not in the export at all. */
  leftOut: boolean;
}

type Note = Pick<ExportNote, "part" | "reason">;

const LEFT_OUT: Readonly<Record<Inexpressible, Note>> = {
  records_only: {
    part: "indicator",
    reason: {
      en: "only request records can answer it, and Prometheus has metrics alone",
      zh: "只有请求记录能回答，而 Prometheus 只有指标",
    },
  },
  previous_release: {
    part: "compare_to: previous_release",
    reason: {
      en: "which release is the newest takes several queries to find",
      zh: "哪个版本最新，需要多次查询才能得出",
    },
  },
};

/** The rule is not in the export. */
export function leftOutNote(rule: Rule, why: Inexpressible): ExportNote {
  return { rules: [rule.id], ...LEFT_OUT[why], leftOut: true };
}

/** What of an exported rule means something else in Prometheus than here. */
export function lossNotes(rule: Rule, dialectOf: DialectOf): ExportNote[] {
  return LOSSES.filter(({ concerns }) => concerns(rule, dialectOf)).map(({ part, reason }) => ({
    rules: [rule.id],
    part,
    reason,
    leftOut: false,
  }));
}

/** Notes that say the same of different rules, as one. */
export function joinNotes(notes: readonly ExportNote[]): ExportNote[] {
  const joined = new Map<string, ExportNote>();
  for (const note of notes) {
    const key = JSON.stringify([note.part, note.reason.en, note.leftOut]);
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { ...note, rules: [...note.rules] });
    else known.rules.push(...note.rules);
  }
  return [...joined.values()];
}

const asks = (rule: Rule): string | undefined =>
  rule.question.kind === "indicator" ? metricQuestionOf(rule.question)?.ask : undefined;

const dialectFor = (rule: Rule, dialectOf: DialectOf): PromQlDialect | undefined => {
  const metric = rule.question.kind === "indicator" ? metricQuestionOf(rule.question)?.of.metric : undefined;
  return metric === undefined ? undefined : dialectOf(metric);
};

const LOSSES: readonly (Note & { concerns(rule: Rule, dialectOf: DialectOf): boolean })[] = [
  {
    part: "no_data: keep",
    reason: {
      en: "without data an alert ends at once there; here its state is kept for no_data_for",
      zh: "那边一旦没有数据，告警立即结束；这里会保持状态直到 no_data_for 期满",
    },
    concerns: ({ noData, when }) => noData === "keep" && when !== undefined,
  },
  {
    part: "min_requests",
    reason: {
      en: "with fewer requests an alert ends at once there; here its state is kept",
      zh: "请求数不足时，那边的告警立即结束；这里会保持状态",
    },
    concerns: ({ noData, minRequests }) => noData !== "ok" && minRequests > 0,
  },
  {
    part: "no_data: alert",
    reason: {
      en: "absent() knows nothing of series that were there before, so a split or an expr has no such alert",
      zh: "absent() 不知道曾经有过哪些序列，因此拆分的规则或 expr 没有这种告警",
    },
    concerns: (rule) => rule.noData === "alert" && !isWhole(rule),
  },
  {
    part: "no_data: alert",
    reason: {
      en: "without data an alert ends at once there, and one with the label reason=no_data begins after no_data_for; here it is one alert",
      zh: "没有数据时那边的告警立即结束，no_data_for 之后另起一条带 reason=no_data 标签的告警；这里始终是同一条告警",
    },
    concerns: (rule) => rule.noData === "alert" && isWhole(rule),
  },
  {
    part: "resolve_when",
    reason: {
      en: "a rule there has one condition, so the alert ends as soon as that of when no longer holds",
      zh: "那边的规则只有一个条件，when 不再成立时告警即结束",
    },
    concerns: ({ resolveWhen }) => resolveWhen !== undefined,
  },
  {
    part: "keep_firing_for",
    reason: {
      en: "a restart forgets how long it was kept already and ends the alert; here that is in the journal",
      zh: "那边重启后会忘记已保持多久，告警随即结束；这里记录在日志库中",
    },
    concerns: ({ keepFiringForS }) => keepFiringForS > 0,
  },
  {
    part: "inhibits",
    reason: {
      en: "Alertmanager inhibits: the inhibit_rules at the end go into its configuration",
      zh: "抑制由 Alertmanager 负责：请把文件末尾的 inhibit_rules 加入它的配置",
    },
    concerns: ({ inhibits }) => inhibits.length > 0,
  },
  {
    part: "receivers",
    reason: {
      en: "Alertmanager routes: give it a route for each alertname",
      zh: "路由由 Alertmanager 负责：请按 alertname 为它配置路由",
    },
    concerns: ({ receivers }) => receivers.length > 0,
  },
  {
    part: "annotations",
    reason: {
      en: "{{ state }} and {{ since }} have no counterpart there",
      zh: "那边没有 {{ state }} 与 {{ since }}",
    },
    concerns: ({ annotations }) =>
      Object.values(annotations).some((template) => /\{\{\s*(state|since)\s*\}\}/.test(template)),
  },
  {
    part: "indicator",
    reason: {
      en: "only whole clock minutes of the window count there; here also what is inside of those that it cuts",
      zh: "那边只统计窗口内的完整分钟；这里也统计窗口边缘不足一分钟的部分",
    },
    concerns: (rule) => asks(rule) === "peak_rate",
  },
  {
    part: "indicator",
    reason: {
      en: "VictoriaMetrics' own percentile is up to a bucket too high where series have different scales; here it is computed from the buckets",
      zh: "当各序列的刻度不同时，VictoriaMetrics 自带的百分位数最多偏高一个桶；这里直接由各桶计算",
    },
    concerns: (rule, dialectOf) =>
      asks(rule) === "quantile" && (dialectFor(rule, dialectOf)?.histograms.includes("vmrange") ?? false),
  },
];

/** Has one alert, with data or without. */
export function isWhole({ question }: Rule): boolean {
  return question.kind === "indicator" && question.by.length === 0;
}
