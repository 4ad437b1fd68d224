import { formatNumber, formatValue } from "../indicators/format-value.js";
import type { BilingualText, Language } from "../indicators/language.js";
import type { BoardFigure } from "../query/board-figures.js";
import { BOARD_ROWS, type BoardCell, type BoardRow } from "./board-rows.js";
import { cutWidth, displayWidth, padWidth } from "./display-width.js";
import { type FigureChange, figureChange } from "./figure-change.js";
import type { Paint } from "./paint.js";
import { blockWidth, sideBySide } from "./side-by-side.js";

export interface FigureLinesOptions {
  language: Language;
  width: number;
  /** With how each figure has changed. */
  changes: boolean;
  paint: Paint;
}

const NO_DATA: BilingualText = { en: "no data", zh: "暂无数据" };
/** Four columns on a terminal of 80. */
const NARROWEST_COLUMN = 16;
/** Three there, where a change stands after the figure. */
const COLUMN_WITH_CHANGE = 21;

/** From here a row would fill half a line: the lower rows stand beside the upper ones. */
const TWO_BLOCKS = 140;

const VERDICT_STYLE = { better: "green", worse: "red" } as const;

/**
 * The figures, a row or more for each heading. What a source cannot know at all is left out; what it has no data of
 * says so.
 */
export function figureLines(figures: readonly BoardFigure[], options: FigureLinesOptions): string[] {
  const known = new Map(figures.map((figure) => [figure.id, figure]));
  const rows = BOARD_ROWS.filter(({ cells }) => cells.some(({ indicator }) => known.has(indicator)));
  if (options.width < TWO_BLOCKS) return rowLines(rows, known, options);
  const width = blockWidth(options.width, 2);
  const half = Math.ceil(rows.length / 2);
  const blocks = [rows.slice(0, half), rows.slice(half)];
  return sideBySide(
    blocks.map((block) => rowLines(block, known, { ...options, width })),
    2,
    width,
  );
}

function rowLines(
  rows: readonly BoardRow[],
  known: ReadonlyMap<string, BoardFigure>,
  { language, width, changes, paint }: FigureLinesOptions,
): string[] {
  const headingWidth = Math.max(...BOARD_ROWS.map(({ heading }) => displayWidth(heading[language]))) + 2;
  const columns = Math.max(1, Math.floor((width - headingWidth) / (changes ? COLUMN_WITH_CHANGE : NARROWEST_COLUMN)));
  const columnWidth = Math.floor((width - headingWidth) / columns);
  return rows.flatMap(({ heading, cells }) => {
    const texts = cells.flatMap((cell) => {
      const figure = known.get(cell.indicator);
      return figure === undefined ? [] : [cellTexts(cell, figure, language, changes)];
    });
    const hasData = cells.some(({ indicator }) => known.get(indicator)?.value !== undefined);
    const lines = hasData ? cellLines(texts, columns, columnWidth, paint) : [paint("dim", NO_DATA[language])];
    return lines.map((line, i) => paint("cyan", padWidth(i === 0 ? heading[language] : "", headingWidth)) + line);
  });
}

interface CellTexts {
  name: string;
  value: string;
  change: FigureChange | undefined;
}

function cellTexts(
  { label, unitInLabel }: BoardCell,
  figure: BoardFigure,
  language: Language,
  changes: boolean,
): CellTexts {
  const { value } = figure;
  const text = value === undefined ? "–" : (unitInLabel ? formatNumber : formatValue)(figure, value, language);
  return { name: `${label[language]} `, value: text, change: changes ? figureChange(figure) : undefined };
}

function cellLines(cells: readonly CellTexts[], columns: number, columnWidth: number, paint: Paint): string[] {
  const lines = [""];
  let taken = 0;
  for (const { name, value, change } of cells) {
    const changeText = change === undefined ? "" : ` ${change.text}`;
    // A figure that is too wide for a column takes the next one too.
    const needed = displayWidth(name + value + changeText) + 1;
    const span = Math.min(columns, Math.ceil(needed / columnWidth));
    if (taken + span > columns) {
      lines.push("");
      taken = 0;
    }
    const room = span * columnWidth - displayWidth(name);
    const shownChange = displayWidth(value + changeText) <= room ? changeText : "";
    const shownValue = cutWidth(value, room);
    const style = change?.verdict === undefined ? "dim" : VERDICT_STYLE[change.verdict];
    const rest = room - displayWidth(shownValue + shownChange);
    lines.push(
      `${lines.pop()}${paint("dim", name)}${paint("bold", shownValue)}${paint(style, shownChange)}${" ".repeat(rest)}`,
    );
    taken += span;
  }
  return lines;
}
