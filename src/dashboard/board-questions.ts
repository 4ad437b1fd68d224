/** The charts of the board, in their order. */
export const CHART_INDICATORS = ["requests.rate", "response_time.p95", "success_rate", "cost.total"] as const;

/** Columns that a chart may fill. */
export const CHART_POINTS = 60;
/** The store has sums of minutes, so these come at once. */
const SHORTEST_STEP_S = 60;
/** While everything kept is younger than this, the charts look closer, as those of the page do. */
const YOUNG_MS = 600_000;
const YOUNG_STEP_S = 10;

/**
 * Seconds between the points of the charts: they look back as far as the window, an hour at least, in whole
 * minutes.
 */
export function chartStepS(windowS: number, young = false): number {
  if (young) return YOUNG_STEP_S;
  return Math.max(SHORTEST_STEP_S, Math.ceil(windowS / CHART_POINTS / 60) * 60);
}

/** @param oldest the oldest row kept, ISO 8601 in UTC; undefined: nothing is kept yet */
export function isYoung(oldest: string | undefined, nowMs: number): boolean {
  return oldest === undefined || nowMs - Date.parse(oldest) < YOUNG_MS;
}
