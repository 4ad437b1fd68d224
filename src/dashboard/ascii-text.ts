import { clusterWidth, graphemes } from "./display-width.js";

/** Each as wide as what it stands for. */
const STAND_INS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."╭╮╰╯├┤"].map((corner) => [corner, "+"])),
  "─": "-",
  "│": "|",
  ...Object.fromEntries([..."▁▂▃▄▅▆▇█▌"].map((bar, at) => [bar, "_..--==#="[at] ?? "#"])),
  "↑": "^",
  "↓": "v",
  "×": "x",
  "→": ">",
  "–": "-",
  "—": "-",
  "·": "-",
  "…": "~",
  "✓": "+",
  "✗": "x",
  "🚨": "!!",
  "⚠️": "! ",
  "❌": "x ",
  "⏳": "..",
};

/** Text that the user asked for in Chinese: whoever reads it has a terminal that shows it. */
const CHINESE = /^[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/u;

/**
 * The text for a terminal that is not UTF-8: what is drawn or written beyond ASCII becomes the nearest there is, else
 * `?`, with the same width. Chinese stays where the board is in Chinese.
 */
export function asciiText(text: string, { keepChinese }: { keepChinese: boolean }): string {
  let out = "";
  for (const cluster of graphemes(text)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes and line breaks are ASCII.
    if (/^[\x00-\x7f]+$/.test(cluster)) out += cluster;
    else if (keepChinese && CHINESE.test(cluster)) out += cluster;
    else out += STAND_INS[cluster] ?? "?".repeat(clusterWidth(cluster));
  }
  return out;
}
