import { formatDuration } from "../alert/duration.js";
import { formatNumber, formatValue } from "../indicators/format-value.js";
import type { BilingualText, Language } from "../indicators/language.js";
import type { SeriesView } from "./api/indicators-view.js";
import { barChart } from "./bar-chart.js";
import { cutWidth, displayWidth, padWidth } from "./display-width.js";
import type { Paint } from "./paint.js";
import { blockWidth, sideBySide } from "./side-by-side.js";

export interface ChartsOptions {
  language: Language;
  width: number;
  /** Lines of bars. One: name and value stand before the bars, else above them. */
  height: number;
  paint: Paint;
}

/** Narrower, a chart shows too little of the time before. */
const NARROWEST_CHART = 26;
const MOST_IN_ROW = 4;
/** Name and value before bars of one line leave so much to the bars. */
const LEAST_BARS = 8;
/** Where nothing is below, bars of a percentage begin here: a loss of 2 % would not show on bars from 0. */
const PERCENT_FROM = 90;

interface Look {
  style: Parameters<Paint>[0];
  label(stepText: string): BilingualText;
  /** The label says the unit already. */
  bare?: true;
}

const LOOKS: Readonly<Record<string, Look>> = {
  "requests.rate": { style: "cyan", label: () => ({ en: "QPS", zh: "QPS" }), bare: true },
  "response_time.p95": { style: "magenta", label: () => ({ en: "P95", zh: "P95" }) },
  success_rate: { style: "green", label: () => ({ en: "Success", zh: "成功率" }) },
  "cost.total": { style: "yellow", label: (step) => ({ en: `Cost / ${step}`, zh: `成本 / ${step}` }) },
};

export interface DrawnCharts {
  lines: string[];
  /** How far back they look, seconds. */
  reachS: number;
}

/** The charts of the board, beside each other as far as there is room; each has the newest points that it has room for. */
export function drawCharts(
  charts: readonly SeriesView[],
  { language, width, height, paint }: ChartsOptions,
): DrawnCharts {
  const { inRow, each } = placing(charts.length, width);
  const beside = height === 1;
  const widest = Math.max(...charts.map((chart) => displayWidth(nameOf(faceOf(chart, language)))));
  const nameWidth = Math.min(widest, each - LEAST_BARS - 1);
  const barsWidth = beside ? each - nameWidth - 1 : each;
  const blocks = charts.map((whole) => {
    const chart = { ...whole, points: whole.points.slice(-barsWidth) };
    const face = faceOf(chart, language);
    const bars = barChart(valuesOf(chart), { ...scaleOf(chart), width: barsWidth, height }).map((line) =>
      paint(face.style, line),
    );
    if (beside) return [`${padWidth(nameText(face, nameWidth, paint), nameWidth)} ${bars[0] ?? ""}`];
    const room = each - displayWidth(nameOf(face)) - 2;
    const limit = displayWidth(face.limit) <= room ? face.limit : "";
    return [padWidth(nameText(face, each, paint), each - displayWidth(limit)) + paint("dim", limit), ...bars];
  });
  const [first] = charts;
  const reachS = (first?.step_s ?? 0) * Math.min(first?.points.length ?? 0, barsWidth);
  return { lines: sideBySide(blocks, inRow, each), reachS };
}

function placing(count: number, width: number): { inRow: number; each: number } {
  const fitting = Math.floor(width / NARROWEST_CHART);
  // Two rows of two rather than three and one.
  const inRow = fitting >= MOST_IN_ROW ? Math.min(count, MOST_IN_ROW) : Math.min(count, fitting >= 2 ? 2 : 1);
  return { inRow, each: blockWidth(width, inRow) };
}

interface Face {
  style: Look["style"];
  label: string;
  /** The newest there is. */
  value: string;
  /** The highest value, or the lowest where that is the bad one. */
  limit: string;
}

function faceOf(chart: SeriesView, language: Language): Face {
  const { indicator, step_s: stepS } = chart;
  const look = LOOKS[indicator];
  const known = valuesOf(chart).filter((value) => value !== undefined);
  const text = (value: number): string =>
    look?.bare ? formatNumber(chart, value) : formatValue(chart, value, language);
  const newest = known.at(-1);
  const limit = isShare(chart)
    ? { value: Math.min(...known), name: { en: "min", zh: "最低" } }
    : { value: Math.max(...known), name: { en: "max", zh: "最高" } };
  return {
    style: look?.style ?? "cyan",
    label: look?.label(formatDuration(stepS))[language] ?? indicator,
    value: newest === undefined ? "–" : text(newest),
    limit: known.length === 0 ? "" : `${limit.name[language]} ${text(limit.value)}`,
  };
}

function nameOf({ label, value }: Face): string {
  return `${label} ${value}`;
}

function nameText({ label, value }: Face, width: number, paint: Paint): string {
  const shown = cutWidth(label, width);
  const room = width - displayWidth(shown) - 1;
  return room < 1 ? paint("dim", shown) : `${paint("dim", shown)} ${paint("bold", cutWidth(value, room))}`;
}

function scaleOf(chart: SeriesView): { from: number; to: number } {
  const known = valuesOf(chart).filter((value) => value !== undefined);
  if (!isShare(chart)) return { from: 0, to: Math.max(0, ...known) };
  return { from: known.every((value) => value >= PERCENT_FROM) ? PERCENT_FROM : 0, to: 100 };
}

function isShare({ unit }: SeriesView): boolean {
  return unit === "%";
}

function valuesOf({ points }: SeriesView): (number | undefined)[] {
  return points.map(({ value }) => value);
}
