export interface BarChartOptions {
  /** Columns: as many of the newest values are shown. */
  width: number;
  /** Lines. */
  height: number;
  /** The values at the lower and the upper edge. */
  from: number;
  to: number;
}

/** The last cell of a bar, by eighths. */
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Upright bars, one a column, the newest at the right, as lines from top to bottom. A value, be it the least one, has
 * an eighth at least; undefined, no data, has a gap.
 */
export function barChart(
  values: readonly (number | undefined)[],
  { width, height, from, to }: BarChartOptions,
): string[] {
  const shown = values.slice(-width);
  const gap = " ".repeat(width - shown.length);
  const eighths = shown.map((value) => {
    if (value === undefined) return 0;
    const share = to > from ? (value - from) / (to - from) : 0;
    return Math.min(Math.max(Math.round(share * height * 8), 1), height * 8);
  });
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * 8;
    return gap + eighths.map((size) => EIGHTHS[Math.min(Math.max(size - below, 0), 8)]).join("");
  });
}

/** A bar that lies, in half columns; any share above 0 shows. */
export function lyingBar(share: number, width: number): string {
  const halves = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(share, 1) * width * 2));
  return "█".repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? "▌" : "");
}
