/** An answer beside the exact one; undefined: no data. */
export interface ComparedAnswer {
  case: string;
  /** The indicator, and over which window when that matters. */
  indicator: string;
  exact: number | undefined;
  local: number | undefined;
  prometheus: number | undefined;
  victoriaMetrics: number | undefined;
}

const COLUMNS = ["case", "indicator", "exact", "local", "Prometheus", "VictoriaMetrics", "worst error"] as const;

/** A line for each answer, in columns. */
export function differenceTable(answers: readonly ComparedAnswer[]): string {
  const lines = [
    [...COLUMNS],
    ...answers.map((answer) => [
      answer.case,
      answer.indicator,
      ...[answer.exact, answer.local, answer.prometheus, answer.victoriaMetrics].map(shown),
      `${worstErrorPercent(answer).toFixed(2)} %`,
    ]),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Of the three answers, the largest distance from the exact one, percent of it. */
export function worstErrorPercent({ exact, local, prometheus, victoriaMetrics }: ComparedAnswer): number {
  const errors = [local, prometheus, victoriaMetrics].map((answer) => relativeError(answer, exact));
  return 100 * Math.max(...errors);
}

/** 0 for the same, 1 for data where there is none and the other way round. */
export function relativeError(answer: number | undefined, exact: number | undefined): number {
  if (answer === exact) return 0;
  if (answer === undefined || exact === undefined || exact === 0) return 1;
  return Math.abs(answer - exact) / Math.abs(exact);
}

const shown = (value: number | undefined): string =>
  value === undefined ? "no data" : String(Number(value.toPrecision(7)));
