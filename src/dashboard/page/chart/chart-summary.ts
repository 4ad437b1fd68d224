import type { Language } from "../../../indicators/language.js";

interface SummarisedLine {
  label: string;
  /** Undefined: no data then. */
  values: readonly (number | undefined)[];
}

/**
 * What a chart says, in words: `Latest 2.6 s, lowest 0.4 s, highest 3.2 s`; of several lines each with its label,
 * `P50: 0.6 s (0.4 s to 1.2 s); P95: …`. A line without data says so.
 */
export function chartSummary(
  lines: readonly SummarisedLine[],
  format: (value: number) => string,
  language: Language,
): string {
  const zh = language === "zh";
  const texts = lines.map(({ label, values }) => {
    const extremes = extremesOf(values);
    const named = lines.length > 1 ? `${label}${zh ? "：" : ": "}` : "";
    if (extremes === undefined) {
      if (named === "") return zh ? "暂无数据" : "No data";
      return `${named}${zh ? "暂无数据" : "no data"}`;
    }
    const [latest, lowest, highest] = extremes.map(format) as [string, string, string];
    if (named !== "") return `${named}${latest}${zh ? `（${lowest} 至 ${highest}）` : ` (${lowest} to ${highest})`}`;
    return zh
      ? `最新 ${latest}，最低 ${lowest}，最高 ${highest}`
      : `Latest ${latest}, lowest ${lowest}, highest ${highest}`;
  });
  return texts.join(zh ? "；" : "; ");
}

function extremesOf(
  values: readonly (number | undefined)[],
): [latest: number, lowest: number, highest: number] | undefined {
  let found: [number, number, number] | undefined;
  for (const value of values) {
    if (value === undefined) continue;
    found = [value, Math.min(value, found?.[1] ?? value), Math.max(value, found?.[2] ?? value)];
  }
  return found;
}
