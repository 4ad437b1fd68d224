import type { AlertsView } from "../alert/alert-view.js";
import { formatNumber, formatValue } from "../indicators/format-value.js";
import type { BilingualText, Language } from "../indicators/language.js";
import type { BoardFigure, BoardFigures } from "../query/board-figures.js";
import { alertLines } from "./alert-lines.js";
import { BOARD_ROWS, type BoardCell } from "./board-rows.js";
import { clockTime } from "./clock-time.js";
import { cutWidth, displayWidth, fitWidth, padWidth } from "./display-width.js";
import { type Paint, paintIf } from "./paint.js";

export interface BoardOptions {
  language: Language;
  /** Columns of the terminal; the board is 40 to 100 wide. */
  width: number;
  color: boolean;
  /** The one service that the figures are of. */
  service?: string;
  /** How the board is ended, in its lower edge. */
  ending?: string;
  /** With it, the last lines say what is firing. */
  alerts?: AlertsView;
  /** The metrics backend that the figures come straight from; the last line then says where alerts are. */
  source?: string;
}

const NO_DATA: BilingualText = { en: "no data", zh: "暂无数据" };
/** Four columns on a terminal of 80. */
const NARROWEST_COLUMN = 16;

/** The figures as a box for the terminal, with a line break after every line. */
export function renderBoard(
  figures: BoardFigures,
  { language, width, color, alerts, source, service, ending }: BoardOptions,
): string {
  const paint = paintIf(color);
  const inner = Math.min(Math.max(width, 40), 100) - 4;
  const known = new Map(figures.indicators.map((figure) => [figure.id, figure]));
  const headingWidth = Math.max(...BOARD_ROWS.map(({ heading }) => displayWidth(heading[language]))) + 2;

  // What a source cannot know at all has no row; what it has no data of has one that says so.
  const rows = BOARD_ROWS.filter(({ cells }) => cells.some(({ indicator }) => known.has(indicator)));
  const lines = rows.flatMap(({ heading, cells }) => {
    const body = cellLines(cells, known, inner - headingWidth, language, paint);
    return body.map((line, i) => paint("cyan", padWidth(i === 0 ? heading[language] : "", headingWidth)) + line);
  });
  if (alerts !== undefined) lines.push(RULE, ...alertLines(alerts, { language, width: inner, paint }));

  if (source !== undefined) {
    lines.push(RULE, ...SOURCE_LINES[language](source).map((line) => paint("dim", cutWidth(line, inner))));
  }

  const border = (text: string): string => paint("gray", text);
  const boxed = lines.map((line) =>
    line === RULE ? border(`├${"─".repeat(inner + 2)}┤`) : `${border("│")} ${padWidth(line, inner)} ${border("│")}`,
  );
  const edges = [
    topBorder({ figures, service }, inner, language, paint),
    ...boxed,
    bottomBorder(ending, inner, border),
  ];
  return `${edges.join("\n")}\n`;
}

const RULE = "─";

const SOURCE_LINES: Record<Language, (source: string) => string[]> = {
  en: (source) => [`from ${source}`, "alerts: chainwatch serve has them, on its page and in chainwatch top --url"],
  zh: (source) => [`来自 ${source}`, "告警由 chainwatch serve 提供：见其页面，或 chainwatch top --url"],
};

function topBorder(
  { figures, service }: { figures: BoardFigures; service: string | undefined },
  inner: number,
  language: Language,
  paint: Paint,
): string {
  const parts = ["Chainwatch", windowText(figures.window_s, language), ...(service === undefined ? [] : [service])];
  const title = cutWidth(parts.join(" · "), inner - 12);
  const time = clockTime(figures.at);
  const line = "─".repeat(inner - displayWidth(title) - time.length - 4);
  const border = (text: string): string => paint("gray", text);
  return `${border("╭─")} ${paint("bold", title)} ${border(line)} ${time} ${border("─╮")}`;
}

function bottomBorder(ending: string | undefined, inner: number, border: (text: string) => string): string {
  if (ending === undefined) return border(`╰${"─".repeat(inner + 2)}╯`);
  return border(`╰${"─".repeat(inner - displayWidth(ending) - 1)} ${ending} ─╯`);
}

function windowText(windowS: number, language: Language): string {
  const minutes = windowS / 60;
  if (Number.isInteger(minutes)) {
    if (language === "zh") return `最近 ${minutes} 分钟`;
    return minutes === 1 ? "last minute" : `last ${minutes} minutes`;
  }
  return language === "zh" ? `最近 ${windowS} 秒` : `last ${windowS} seconds`;
}

function cellLines(
  cells: readonly BoardCell[],
  known: ReadonlyMap<string, BoardFigure>,
  width: number,
  language: Language,
  paint: Paint,
): string[] {
  if (cells.every(({ indicator }) => known.get(indicator)?.value === undefined)) {
    return [paint("dim", NO_DATA[language])];
  }
  const columns = Math.max(1, Math.floor(width / NARROWEST_COLUMN));
  const columnWidth = Math.floor(width / columns);
  const lines = [""];
  let taken = 0;
  for (const { indicator, label, unitInLabel } of cells) {
    const text = valueText(known.get(indicator), unitInLabel === true, language);
    const name = `${label[language]} `;
    // A figure that is too wide for a column takes the next one too.
    const span = Math.min(columns, Math.ceil((displayWidth(name + text) + 1) / columnWidth));
    if (taken + span > columns) {
      lines.push("");
      taken = 0;
    }
    const value = fitWidth(text, span * columnWidth - displayWidth(name));
    lines.push(`${lines.pop()}${paint("dim", name)}${paint("bold", value)}`);
    taken += span;
  }
  return lines;
}

function valueText(figure: BoardFigure | undefined, bare: boolean, language: Language): string {
  if (figure?.value === undefined) return "–";
  return bare ? formatNumber(figure, figure.value) : formatValue(figure, figure.value, language);
}
