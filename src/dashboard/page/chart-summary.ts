import type { Language } from "../../indicators/language.js";

interface SummarisedLine {
  label: string;
  /** Undefined: no data then. */
  values: readonly (number | undefined)[];
}

/** What a chart says, in words: `P95: now 2.6 s, lowest 0.4 s, highest 3.2 s`; a line without data says so. */
export function chartSummary(
  lines: readonly SummarisedLine[],
  format: (value: number) => string,
  language: Language,
): string {
  const texts = lines.map(({ label, values }) => {
    const known = values.filter((value) => value !== undefined);
    const [lowest, highest] = extremes(known);
    const last = known.at(-1);
    if (lowest === undefined || highest === undefined || last === undefined) {
      return language === "zh" ? `${label}：暂无数据` : `${label}: no data`;
    }
    return language === "zh"
      ? `${label}：最新 ${format(last)}，最低 ${format(lowest)}，最高 ${format(highest)}`
      : `${label}: latest ${format(last)}, lowest ${format(lowest)}, highest ${format(highest)}`;
  });
  return texts.join(language === "zh" ? "；" : "; ");
}

function extremes(values: readonly number[]): [lowest: number | undefined, highest: number | undefined] {
  let lowest: number | undefined;
  let highest: number | undefined;
  for (const value of values) {
    if (lowest === undefined || value < lowest) lowest = value;
    if (highest === undefined || value > highest) highest = value;
  }
  return [lowest, highest];
}
