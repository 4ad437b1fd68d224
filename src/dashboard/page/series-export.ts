import type { DimensionValues } from "../../indicators/dimension.js";
import type { IndicatorUnit } from "../../indicators/indicator.js";
import type { SeriesPoint } from "../api/indicators-view.js";

/** A chart as a file holds it. */
export interface ExportedSeries {
  indicator: string;
  unit: IndicatorUnit;
  where: DimensionValues;
  /** Seconds; each value is of the step that ended then. */
  step_s: number;
  /** All have the same times. */
  series: { labels: DimensionValues; points: SeriesPoint[] }[];
}

/** A row a time, a column a line: `time,gpt-4o,gpt-4o-mini`. RFC 4180, so with CRLF. No value: an empty field. */
export function seriesCsv({ indicator, series }: ExportedSeries): string {
  const labels = series.map(({ labels }) => Object.values(labels).join(" ") || indicator);
  const times = series[0]?.points.map(({ at }) => at) ?? [];
  const rows = [
    ["time", ...labels.map(noFormula)],
    ...times.map((at, index) => [at, ...series.map(({ points }) => String(points[index]?.value ?? ""))]),
  ];
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** Spreadsheets take text that begins so for a formula, and labels come from telemetry. */
function noFormula(label: string): string {
  return /^[=+\-@\t\r]/.test(label) ? `'${label}` : label;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
