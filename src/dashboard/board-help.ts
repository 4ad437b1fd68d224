import type { Language } from "../indicators/language.js";
import { KEY_TEXTS } from "./board-keys.js";
import { padWidth, wrapWidth } from "./display-width.js";
import type { Paint } from "./paint.js";

const KEYS_WIDTH = 12;

const NOTES: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "↑12% ↓12%: more or less than in the same window an hour earlier; pp: percentage points; ×10: ten times as much. Green is better, red worse.",
    "–: no data, which is not 0. A gap in a chart is no data too.",
    "Charts have a bar a step, the newest at the right. Bars of a success rate begin at 90 % where none is below.",
    "Options: chainwatch top --help",
  ],
  zh: [
    "↑12% ↓12%：比一小时前的同一窗口多或少；pp：百分点；×10：十倍。绿色为变好，红色为变差。",
    "–：暂无数据，不等于 0；图中的空档也是暂无数据。",
    "图中每步一柱，最新的在右。成功率都不低于 90 % 时，柱从 90 % 起。",
    "选项：chainwatch top --help",
  ],
};

/** What stands in place of the board while somebody asks what keys and signs mean. */
export function boardHelp({ language, width, paint }: { language: Language; width: number; paint: Paint }): string {
  const keys = KEY_TEXTS.map(({ keys, does }) => `  ${paint("bold", padWidth(keys, KEYS_WIDTH))}${does[language]}`);
  const notes = NOTES[language].flatMap((note) => wrapWidth(note, Math.min(width, 100) - 2).map((line) => `  ${line}`));
  const any = language === "zh" ? "按任意键返回" : "any key goes back";
  return `${["", ...keys, "", ...notes, "", `  ${paint("dim", any)}`].join("\n")}\n`;
}
