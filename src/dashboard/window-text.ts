import type { Language } from "../indicators/language.js";

const UNITS = [
  { seconds: 86_400, en: "day", zh: "天" },
  { seconds: 3600, en: "hour", zh: "小时" },
  { seconds: 60, en: "minute", zh: "分钟" },
  { seconds: 1, en: "second", zh: "秒" },
] as const;

/** `last 5 minutes`, in the largest unit of which it is a whole number. */
export function windowText(windowS: number, language: Language): string {
  const unit = UNITS.find(({ seconds }) => Number.isInteger(windowS / seconds)) ?? UNITS[3];
  const amount = windowS / unit.seconds;
  if (language === "zh") return `最近 ${amount} ${unit.zh}`;
  return amount === 1 ? `last ${unit.en}` : `last ${amount} ${unit.en}s`;
}
