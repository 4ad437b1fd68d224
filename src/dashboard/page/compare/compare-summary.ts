import { findIndicator } from "../../../indicators/catalogue.js";
import { formatValue } from "../../../indicators/format-value.js";
import type { Language } from "../../../indicators/language.js";
import type { ComparedFigure } from "../../../query/record-comparison.js";
import type { CompareView } from "../../api/compare-view.js";

/** Less is better in every figure that is compared. */
export type Verdict = "better" | "worse" | "same" | "few";

/** Undefined for what has no interval, as percentiles, or no data on one side. */
export function verdictOf({ indicator, a, b, difference }: ComparedFigure): Verdict | undefined {
  if (difference === undefined) {
    const isPercentile = findIndicator(indicator)?.recordQuestion?.ask === "quantile";
    return a === undefined || b === undefined || isPercentile ? undefined : "few";
  }
  if (!difference.told_apart) return "same";
  return difference.value > 0 ? "worse" : "better";
}

/** What a comparison comes to, in words: what got worse, what got better, and what could not be told. */
export function compareSummary({ a, b, figures }: CompareView, language: Language): string {
  const zh = language === "zh";
  if (a.requests === 0 || b.requests === 0) {
    const missing = [a, b].filter(({ requests }) => requests === 0).map(({ version }) => version);
    return zh
      ? `此时间范围内没有 ${missing.join("、")} 的请求。`
      : `There are no requests of ${missing.join(" and ")} in this time.`;
  }
  const ofVerdict = (verdict: Verdict): ComparedFigure[] => figures.filter((figure) => verdictOf(figure) === verdict);
  const [worse, better, few] = [ofVerdict("worse"), ofVerdict("better"), ofVerdict("few")];
  if (worse.length + better.length === 0 && few.length > 0) {
    return zh ? "请求太少，无法比较：每一方至少需要 10 个。" : "Too few requests to tell: ten on each side are needed.";
  }
  const list = (some: readonly ComparedFigure[]): string =>
    some.map((figure) => withChange(figure, language)).join(zh ? "、" : ", ");
  const parts = [
    worse.length > 0 && (zh ? `变差：${list(worse)}` : `Worse: ${list(worse)}`),
    better.length > 0 && (zh ? `变好：${list(better)}` : `Better: ${list(better)}`),
    worse.length + better.length === 0 &&
      (zh ? "没有能与偶然波动区分开的差异" : "Nothing differs by more than chance would make it"),
  ];
  return `${parts.filter(Boolean).join(zh ? "。" : ". ")}${zh ? "。" : "."}`;
}

function withChange({ name, unit, a, b }: ComparedFigure, language: Language): string {
  const text = (value: number | undefined): string =>
    value === undefined ? "–" : formatValue({ unit }, value, language);
  return `${language === "zh" ? name.zh : name.en.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())} ${text(a?.value)} → ${text(b?.value)}`;
}
