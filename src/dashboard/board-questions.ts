/** The charts of the board, in their order. */
export const CHART_INDICATORS = ["requests.rate", "response_time.p95", "success_rate", "cost.total"] as const;

/** Columns that a chart may fill; of more days than that, the newest are seen. */
const MOST_POINTS = 60;
const SHORTEST_STEP_S = 60;
/** The store has sums of these, or of a half or a third of them, so they come at once. Seconds. */
const STEPS_S = [SHORTEST_STEP_S, 120, 300, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
const DAY_S = 86_400;
/** While everything kept is younger than this, the charts look closer, as those of the page do. */
const YOUNG_MS = 600_000;
const YOUNG_STEP_S = 10;

export interface ChartTimes {
  /** Seconds between two points. */
  stepS: number;
  points: number;
}

/** The charts look back as far as the window, an hour at least. */
export function chartTimes(windowS: number, young = false): ChartTimes {
  if (young) return { stepS: YOUNG_STEP_S, points: MOST_POINTS };
  const lengthS = Math.max(windowS, MOST_POINTS * SHORTEST_STEP_S);
  const stepS = STEPS_S.find((step) => lengthS <= step * MOST_POINTS) ?? DAY_S;
  return { stepS, points: Math.ceil(lengthS / stepS) };
}

/** @param oldest the oldest row kept, ISO 8601 in UTC; undefined: nothing is kept yet */
export function isYoung(oldest: string | undefined, nowMs: number): boolean {
  return oldest === undefined || nowMs - Date.parse(oldest) < YOUNG_MS;
}
