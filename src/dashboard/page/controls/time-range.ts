import type { BilingualText } from "../../../indicators/language.js";

/**
 * Evenly cut time: the first step begins at `fromMs`, the last ends at `toMs`. Unix times in milliseconds; both are
 * multiples of the step, so days are those of UTC and all readers see the same.
 */
export interface TimeRange {
  fromMs: number;
  toMs: number;
  stepS: number;
}

/** What the address says. Times in ISO 8601. */
export interface ChosenRange {
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
}

interface OfferedRange {
  value: string;
  label: BilingualText;
  lengthS: number;
  stepS: number;
}

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Steps that people think in. Those of long ranges are the slots that the store keeps sums of, so they come at once. */
export const OFFERED_RANGES: readonly OfferedRange[] = [
  { value: "1h", label: { en: "1 h", zh: "1 小时" }, lengthS: HOUR_S, stepS: 60 },
  { value: "6h", label: { en: "6 h", zh: "6 小时" }, lengthS: 6 * HOUR_S, stepS: 120 },
  { value: "24h", label: { en: "24 h", zh: "24 小时" }, lengthS: DAY_S, stepS: 900 },
  { value: "7d", label: { en: "7 d", zh: "7 天" }, lengthS: 7 * DAY_S, stepS: HOUR_S },
  { value: "30d", label: { en: "30 d", zh: "30 天" }, lengthS: 30 * DAY_S, stepS: 6 * HOUR_S },
  { value: "90d", label: { en: "90 d", zh: "90 天" }, lengthS: 90 * DAY_S, stepS: DAY_S },
];

/** The range of the address that has times of its own. */
export const OWN_RANGE = "own";
export const DEFAULT_RANGE = "1h";

const OWN_STEPS_S = [10, 30, 60, 120, 300, 900, 1800, HOUR_S, 6 * HOUR_S, DAY_S];
const OWN_STEPS = 200;
/** The API gives no more points than this. */
const MOST_STEPS = 400;

/**
 * The range that an address asks for; undefined where its own times are none, stand in the wrong order or lie too far
 * apart. A range that ends now includes the step that is under way.
 */
export function timeRange({ range, from, to }: ChosenRange, nowMs: number): TimeRange | undefined {
  if (range !== OWN_RANGE) {
    const offered = OFFERED_RANGES.find(({ value }) => value === (range ?? DEFAULT_RANGE));
    if (offered === undefined) return undefined;
    const toMs = ceilTo(nowMs, offered.stepS);
    return { fromMs: toMs - offered.lengthS * 1000, toMs, stepS: offered.stepS };
  }
  const [fromMs, toMs] = [Date.parse(from ?? ""), Date.parse(to ?? "")];
  const lengthS = (toMs - fromMs) / 1000;
  // Times that are none have no length.
  if (!(lengthS > 0)) return undefined;
  const stepS = OWN_STEPS_S.find((step) => lengthS / step <= OWN_STEPS) ?? DAY_S;
  const cut = { fromMs: floorTo(fromMs, stepS), toMs: ceilTo(toMs, stepS), stepS };
  return stepsIn(cut) > MOST_STEPS ? undefined : cut;
}

/** The same time by the hour, or above a week by the day; whole ones. */
export function statisticsRange({ fromMs, toMs }: TimeRange): TimeRange {
  const stepS = toMs - fromMs > 7 * DAY_S * 1000 ? DAY_S : HOUR_S;
  return { fromMs: floorTo(fromMs, stepS), toMs: ceilTo(toMs, stepS), stepS };
}

function stepsIn({ fromMs, toMs, stepS }: TimeRange): number {
  return (toMs - fromMs) / (stepS * 1000);
}

function floorTo(timeMs: number, stepS: number): number {
  return Math.floor(timeMs / (stepS * 1000)) * stepS * 1000;
}

function ceilTo(timeMs: number, stepS: number): number {
  return Math.ceil(timeMs / (stepS * 1000)) * stepS * 1000;
}
