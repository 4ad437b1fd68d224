const DAY_MS = 86_400_000;
/** A whole week, since working days and weekends differ. */
const RATE_DAYS = 7;
/** The first report of an app tells what was before it arrived: the longest usual interval of reports. */
const FIRST_REPORT_MS = 60_000;

/** Unix times in milliseconds. */
export interface SpendingMonth {
  /** The first moment of the calendar month in UTC, by which model providers bill. */
  fromMs: number;
  /** The first moment of the next. */
  toMs: number;
  /** Since when the rate is taken: the last seven days, or all that was seen when that is less. */
  rateFromMs: number;
}

/** US dollars. */
export interface MonthSpend {
  /** At the rate of late. */
  perDayUsd: number;
  /** What was spent so far, and the rest of the month at that rate. */
  byEndUsd: number;
}

/**
 * The month that a time is in.
 *
 * @param seenSinceMs when the first report arrived
 */
export function spendingMonth(nowMs: number, seenSinceMs: number): SpendingMonth {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const longestAgoMs = nowMs - RATE_DAYS * DAY_MS;
  return {
    fromMs: Date.UTC(year, month, 1),
    toMs: Date.UTC(year, month + 1, 1),
    rateFromMs: Math.max(longestAgoMs, seenSinceMs - FIRST_REPORT_MS),
  };
}

/**
 * What a month comes to when spending goes on as of late.
 *
 * @param spentUsd since the month began
 * @param recentUsd since `rateFromMs`
 */
export function monthSpend(
  { toMs, rateFromMs }: SpendingMonth,
  nowMs: number,
  { spentUsd, recentUsd }: { spentUsd: number; recentUsd: number },
): MonthSpend {
  const perMs = recentUsd / (nowMs - rateFromMs);
  return { perDayUsd: perMs * DAY_MS, byEndUsd: spentUsd + perMs * (toMs - nowMs) };
}
