import type { DimensionValues } from "../../../indicators/dimension.js";
import type { IndicatorUnit } from "../../../indicators/indicator.js";
import { csvLine } from "../../api/csv-line.js";
import type { SeriesPoint } from "../../api/indicators-view.js";

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

/** A row a time, a column a line: `time,gpt-4o,gpt-4o-mini`. No value: an empty field. */
export function seriesCsv({ indicator, series }: ExportedSeries): string {
  const labels = series.map(({ labels }) => Object.values(labels).join(" ") || indicator);
  const times = series[0]?.points.map(({ at }) => at) ?? [];
  const rows = times.map((at, index) => [at, ...series.map(({ points }) => points[index]?.value)]);
  return [["time", ...labels], ...rows].map(csvLine).join("");
}
