import { findIndicator } from "../indicators/catalogue.js";
import type { BilingualText, Language } from "../indicators/language.js";
import { formatDuration } from "./duration.js";
import type { Rule } from "./rule.js";
import type { Threshold } from "./threshold.js";
import { watchedBy, watchedFigure, watchedText } from "./watched.js";

/** A rule as sentences: what it asks, when it fires and ends, and what it takes no answer for. */
export function ruleInWords(rule: Rule, language: Language): string[] {
  return [questionText(rule), firesText(rule), endsText(rule), ...minRequestsText(rule), noDataText(rule)].map(
    (text) => text[language],
  );
}

function questionText({ question, intervalS }: Rule): BilingualText {
  const every = formatDuration(intervalS);
  const watched = watchedText(watchedBy(question), "en");
  if (question.kind === "expr") {
    return {
      en: `Asks every ${every}, in PromQL: ${watched}. One alert for each series of the answer.`,
      zh: `每 ${every} 用 PromQL 查询：${watched}。结果中的每个序列对应一条告警。`,
    };
  }
  const { indicator, windowS, by, where } = question;
  const { name = { en: indicator, zh: indicator } } = findIndicator(indicator) ?? {};
  const window = formatDuration(windowS);
  const filter = Object.entries(where).map(([dimension, value]) => `${dimension} = ${JSON.stringify(value)}`);
  const only =
    filter.length === 0 ? NOTHING : { en: `, where ${filter.join(" and ")}`, zh: `，仅限 ${filter.join("、")}` };
  const split =
    by.length === 0
      ? NOTHING
      : { en: `. One alert for each ${by.join(" and ")}`, zh: `。每个 ${by.join("、")} 对应一条告警` };
  return {
    en: `Asks every ${every}: ${name.en} (${watched}) of the last ${window}${only.en}${split.en}.`,
    zh: `每 ${every} 查询：最近 ${window} 的${name.zh}（${watchedText(watchedBy(question), "zh")}）${only.zh}${split.zh}。`,
  };
}

const NOTHING: BilingualText = { en: "", zh: "" };

function firesText(rule: Rule): BilingualText {
  const { when, forS } = rule;
  const held = formatDuration(forS);
  const once: BilingualText =
    forS === 0 ? { en: "at once", zh: "立即" } : { en: `once that held for ${held}`, zh: `持续 ${held} 后` };
  if (when === undefined) {
    return { en: `Fires ${once.en} when the query returns something.`, zh: `查询有结果时${once.zh}触发。` };
  }
  const condition = conditionText(rule, when);
  return { en: `Fires ${once.en} when it is ${condition}.`, zh: `当其 ${condition} 时${once.zh}触发。` };
}

function endsText(rule: Rule): BilingualText {
  const { when, resolveWhen, keepFiringForS } = rule;
  const after = formatDuration(keepFiringForS);
  const kept: BilingualText =
    keepFiringForS === 0
      ? NOTHING
      : { en: `, and fires on for ${after} after that`, zh: `，并在此后继续触发 ${after}` };
  if (resolveWhen !== undefined) {
    const condition = conditionText(rule, resolveWhen);
    return { en: `Ends when it is ${condition}${kept.en}.`, zh: `当其 ${condition} 时结束${kept.zh}。` };
  }
  return when === undefined
    ? { en: `Ends when it no longer does${kept.en}.`, zh: `查询不再有结果时结束${kept.zh}。` }
    : { en: `Ends when it no longer is${kept.en}.`, zh: `条件不再成立时结束${kept.zh}。` };
}

function minRequestsText({ minRequests }: Rule): BilingualText[] {
  if (minRequests === 0) return [];
  return [
    {
      en: `An answer on fewer than ${minRequests} requests, or calls, says nothing.`,
      zh: `少于 ${minRequests} 次请求（或调用）的结果不作判断。`,
    },
  ];
}

function noDataText({ when, noData, noDataForS }: Rule): BilingualText {
  if (when === undefined || noData === "ok") {
    return { en: "Without data all is well.", zh: "没有数据视为正常。" };
  }
  const limit = formatDuration(noDataForS);
  return noData === "keep"
    ? {
        en: `Without data the state is kept for ${limit}, then the alert ends.`,
        zh: `没有数据时状态保持 ${limit}，之后告警结束。`,
      }
    : { en: `Without data for ${limit} it fires.`, zh: `没有数据达 ${limit} 即触发。` };
}

function conditionText({ question, unit }: Rule, { op, value }: Threshold): string {
  return `${op} ${watchedFigure({ ...watchedBy(question), unit }, value, "en")}`;
}
