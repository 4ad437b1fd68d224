import type { MetricSource } from "../../query/metric-source.js";
import { monthSpend, spendingMonth } from "../../query/month-spend.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import { answered } from "./answered.js";
import type { QueryParameters } from "./query-parameters.js";

/** The answer of `/api/costs/month`. Times are ISO 8601 in UTC, money is US dollars. */
export interface MonthSpendView {
  /** The calendar month in UTC. */
  from: string;
  to: string;
  at: string;
  /** When it is later than `from`: the spend before then is not known here. */
  seen_since?: string;
  /** Absent: no call with a known price was seen in the month. */
  spent_usd?: number;
  /** Of the last seven days, or of all that was seen; absent without any. */
  rate?: { from: string; per_day_usd: number };
  /** What was spent, and the rest of the month at the rate. */
  by_end_usd?: number;
}

/** @throws {ApiError} 503 when who answers for metrics cannot */
export async function monthSpendView(
  source: MetricSource,
  store: Pick<TelemetryStore, "status">,
  query: QueryParameters,
  nowMs: number,
): Promise<MonthSpendView> {
  const service = query.text("where.service");
  query.end();
  const { services } = await store.status();
  const seen = services.filter((one) => service === undefined || one.service === service);
  const seenSinceMs = Math.min(nowMs, ...seen.map(({ first_seen }) => Date.parse(first_seen)));
  const month = spendingMonth(nowMs, seenSinceMs);
  const view: MonthSpendView = {
    from: iso(month.fromMs),
    to: iso(month.toMs),
    at: iso(nowMs),
    ...(seenSinceMs > month.fromMs && seenSinceMs < nowMs && { seen_since: iso(seenSinceMs) }),
  };
  if (seenSinceMs === nowMs) return view;

  const spentSince = async (fromMs: number): Promise<number | undefined> => {
    const windowS = (nowMs - fromMs) / 1000;
    const where = service === undefined ? {} : { service };
    const [sample] = await answered(source.query({ indicator: "cost.total", windowS, atMs: nowMs, where }));
    return sample?.value;
  };
  const [spentUsd, recentUsd] = await Promise.all([
    nowMs > month.fromMs ? spentSince(month.fromMs) : undefined,
    spentSince(month.rateFromMs),
  ]);
  if (recentUsd === undefined) return { ...view, ...(spentUsd !== undefined && { spent_usd: spentUsd }) };
  const { perDayUsd, byEndUsd } = monthSpend(month, nowMs, { spentUsd: spentUsd ?? 0, recentUsd });
  return {
    ...view,
    spent_usd: spentUsd ?? 0,
    rate: { from: iso(month.rateFromMs), per_day_usd: perDayUsd },
    by_end_usd: byEndUsd,
  };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
