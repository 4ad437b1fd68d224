import { formatDuration } from "../alert/duration.js";
import type { BilingualText, Language } from "../indicators/language.js";
import { printable } from "../notify/message/printable.js";
import { alertLines } from "./alert-lines.js";
import { asciiText } from "./ascii-text.js";
import { drawCharts } from "./board-charts.js";
import { listLines } from "./board-lists.js";
import type { Board } from "./board-reader.js";
import { clockTime } from "./clock-time.js";
import { cutWidth, displayWidth, padWidth } from "./display-width.js";
import { figureLines } from "./figure-lines.js";
import { type Paint, paintIf } from "./paint.js";
import { windowText } from "./window-text.js";

export interface BoardOptions {
  language: Language;
  /** Columns of the terminal; the board is 40 to 200 wide. */
  width: number;
  /** Lines that the board may have, where there is an end to them; it leaves out what has no room. */
  height?: number;
  color: boolean;
  /** Without a character that a terminal of ASCII lacks. */
  ascii?: boolean;
  /** Everything is grey: the figures are old. */
  stale?: boolean;
  /** The one service that the figures are of. */
  service?: string;
  /** What keys do, in the lower edge. */
  ending?: string;
}

/** One way to fill the board. */
interface Layout {
  /** Lines of bars in a chart. */
  bars: number;
  /** Entries of a list. */
  entries: number;
  /** Lines of alerts that fire. */
  alerts: number;
  /** With how each figure has changed. */
  changes: boolean;
}

const UNBOUNDED: Layout = { bars: 3, entries: 10, alerts: Number.POSITIVE_INFINITY, changes: true };
/** The best first. */
const LAYOUTS: readonly Layout[] = [
  { bars: 6, entries: 10, alerts: 20, changes: true },
  { bars: 4, entries: 10, alerts: 10, changes: true },
  { bars: 3, entries: 5, alerts: 10, changes: true },
  { bars: 2, entries: 5, alerts: 6, changes: true },
  { bars: 1, entries: 5, alerts: 6, changes: true },
  { bars: 1, entries: 3, alerts: 4, changes: true },
  { bars: 1, entries: 0, alerts: 4, changes: true },
  { bars: 1, entries: 0, alerts: 4, changes: false },
  { bars: 1, entries: 0, alerts: 2, changes: false },
  { bars: 0, entries: 0, alerts: 2, changes: false },
];

/** Lines between two rules, or between a rule and an edge. */
interface Section {
  title?: string;
  lines: string[];
}

/** The board as a box for the terminal, with a line break after every line. */
export function renderBoard(board: Board, options: BoardOptions): string {
  const { language, width, height, color, ascii, stale, service, ending } = options;
  const paint = paintIf(color && !stale);
  const inner = Math.min(Math.max(width, 40), 200) - 4;
  const drawing = { language, inner, paint };
  const sections = fittingSections(board, drawing, height);
  const border = (text: string): string => paint("gray", text);
  const boxed = sections.flatMap(({ title, lines }, at) => [
    ...(at === 0 && title === undefined ? [] : [rule(title, inner, border, paint)]),
    ...lines.map((line) => `${border("│")} ${padWidth(line, inner)} ${border("│")}`),
  ]);
  // Where even the least does not fit, the lower rows go, not the edge that names the keys.
  const body = height === undefined ? boxed : boxed.slice(0, Math.max(1, height - 2));
  const lines = [topBorder(board, service, drawing), ...body, bottomBorder(ending, inner, border)];
  const whole = paintIf(color && stale === true);
  const text = `${lines.map((line) => whole("gray", line)).join("\n")}\n`;
  return ascii ? asciiText(text, { keepChinese: language === "zh" }) : text;
}

interface Drawing {
  language: Language;
  inner: number;
  paint: Paint;
}

function fittingSections(board: Board, drawing: Drawing, height: number | undefined): Section[] {
  if (height === undefined) return sectionsOf(board, UNBOUNDED, drawing);
  let sections: Section[] = [];
  for (const layout of LAYOUTS) {
    sections = sectionsOf(board, layout, drawing);
    // A rule above each, and the two edges.
    if (sections.reduce((sum, { lines }) => sum + lines.length + 1, 2) <= height) break;
  }
  return sections;
}

function sectionsOf(board: Board, layout: Layout, { language, inner, paint }: Drawing): Section[] {
  const { alerts, charts = [], lists, source, indicators } = board;
  const drawing = { language, width: inner, paint };
  const sections: Section[] = [];
  if (alerts !== undefined) sections.push({ lines: alertLines(alerts, { ...drawing, most: layout.alerts }) });
  if (charts.length > 0 && layout.bars > 0) {
    const { lines, reachS } = drawCharts(charts, { ...drawing, height: layout.bars });
    const reach = formatDuration(reachS);
    sections.push({ title: language === "zh" ? `走势，最近 ${reach}` : `charts of the last ${reach}`, lines });
  }
  const changes = layout.changes && indicators.some(({ before }) => before !== undefined);
  const figures = figureLines(indicators, { ...drawing, changes });
  sections.push({ ...(changes && { title: COMPARED[language] }), lines: figures });
  if (lists !== undefined && layout.entries > 0) {
    const lines = listLines(lists, { ...drawing, entries: layout.entries });
    if (lines.length > 0) sections.push({ lines });
  }
  if (source !== undefined) {
    const lines = SOURCE_LINES[language](printable(source));
    sections.push({ lines: lines.map((line) => paint("dim", cutWidth(line, inner))) });
  }
  return sections;
}

const COMPARED: BilingualText = { en: "↑↓ against an hour earlier", zh: "↑↓ 与一小时前相比" };

const SOURCE_LINES: Record<Language, (source: string) => string[]> = {
  en: (source) => [`from ${source}`, "alerts: chainwatch serve has them, on its page and in chainwatch top --url"],
  zh: (source) => [`来自 ${source}`, "告警由 chainwatch serve 提供：见其页面，或 chainwatch top --url"],
};

function topBorder(board: Board, service: string | undefined, { language, inner, paint }: Drawing): string {
  const parts = ["Chainwatch", windowText(board.window_s, language), ...(service === undefined ? [] : [service])];
  const title = cutWidth(printable(parts.join(" · ")), inner - 12);
  const time = clockTime(board.at);
  const line = "─".repeat(inner - displayWidth(title) - time.length - 4);
  const border = (text: string): string => paint("gray", text);
  return `${border("╭─")} ${paint("bold", title)} ${border(line)} ${time} ${border("─╮")}`;
}

function rule(title: string | undefined, inner: number, border: (text: string) => string, paint: Paint): string {
  if (title === undefined) return border(`├${"─".repeat(inner + 2)}┤`);
  const shown = cutWidth(title, inner - 2);
  return `${border("├─")} ${paint("dim", shown)} ${border(`${"─".repeat(inner - displayWidth(shown) - 1)}┤`)}`;
}

function bottomBorder(ending: string | undefined, inner: number, border: (text: string) => string): string {
  if (ending === undefined) return border(`╰${"─".repeat(inner + 2)}╯`);
  const shown = cutWidth(ending, inner - 1);
  return border(`╰${"─".repeat(inner - displayWidth(shown) - 1)} ${shown} ─╯`);
}
