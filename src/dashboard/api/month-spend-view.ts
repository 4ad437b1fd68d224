import type { DimensionValues } from "../../indicators/dimension.js";
import { monthSpend, spendingMonth } from "../../query/month-spend.js";
import type { SeriesSource } from "../../query/series-source.js";
import { answered } from "./answered.js";
import type { QueryParameters } from "./query-parameters.js";
import type { SetupSources } from "./setup-view.js";

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

const SPEND = "cost.total";
const HOUR_MS = 3_600_000;

/** @throws {ApiError} 503 when who answers for metrics cannot */
export async function monthSpendView(sources: SetupSources, query: QueryParameters): Promise<MonthSpendView> {
  const { indicators, keepsMetrics, store } = sources;
  const service = query.text("where.service");
  query.end();
  const nowMs = sources.nowMs();
  const where = service === undefined ? {} : { service };
  const seenSinceMs = keepsMetrics
    ? await firstReport(store, service, nowMs)
    : ((await firstSpend(indicators, where, nowMs)) ?? 0);
  const month = spendingMonth(nowMs, seenSinceMs);
  const view: MonthSpendView = {
    from: iso(month.fromMs),
    to: iso(month.toMs),
    at: iso(nowMs),
    ...(keepsMetrics && seenSinceMs > month.fromMs && seenSinceMs < nowMs && { seen_since: iso(seenSinceMs) }),
  };
  if (keepsMetrics && seenSinceMs === nowMs) return view;

  const spentSince = async (fromMs: number): Promise<number | undefined> => {
    const windowS = (nowMs - fromMs) / 1000;
    const [sample] = await answered(indicators.query({ indicator: SPEND, windowS, atMs: nowMs, where }));
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

/** Unix time in milliseconds; now when nothing arrived. */
async function firstReport(store: SetupSources["store"], service: string | undefined, nowMs: number): Promise<number> {
  const { services } = await store.status();
  const seen = services.filter((one) => service === undefined || one.service === service);
  return Math.min(nowMs, ...seen.map(({ first_seen }) => Date.parse(first_seen)));
}

/**
 * When spend is known from in the time that a rate is taken of: found by hours, and that hour's by minutes.
 *
 * @returns Unix time in milliseconds; undefined: there is none
 */
async function firstSpend(
  indicators: SeriesSource,
  where: DimensionValues,
  nowMs: number,
): Promise<number | undefined> {
  const beginOfFirst = async (fromMs: number, toMs: number, stepMs: number): Promise<number | undefined> => {
    const question = { indicator: SPEND, windowS: stepMs / 1000, where };
    const [series] = await answered(indicators.querySeries(question, { fromMs: fromMs + stepMs, toMs, stepMs }));
    const [first] = series?.points ?? [];
    return first && first.atMs - stepMs;
  };
  const hourMs = await beginOfFirst(spendingMonth(nowMs, 0).rateFromMs, nowMs, HOUR_MS);
  if (hourMs === undefined) return undefined;
  return (await beginOfFirst(hourMs, hourMs + HOUR_MS, 300_000)) ?? hourMs;
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
