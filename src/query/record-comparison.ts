import type { Indicator, IndicatorUnit } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { RequestRecord } from "../store/request-record.js";
import { indicatorOf } from "./answering-side.js";
import { type Interval, meanDifference, meanInterval, shareDifference, shareInterval, toldApart } from "./interval.js";
import { recordNumbers, recordShare, recordStatistic } from "./record-numbers.js";

/** What two sets of requests are compared in, as the page shows it. */
const COMPARED = [
  "response_time.avg",
  "response_time.p50",
  "response_time.p95",
  "cost.per_request",
  "tokens.per_request",
  "error_rate",
  "timeout_rate",
] as const;

/** A figure of one side, in the indicator's unit. */
export interface ComparedValue {
  value: number;
  /** The 95 % interval; absent for percentiles, and for a mean of fewer than ten requests. */
  low?: number;
  high?: number;
  /** How many requests it rests on. */
  count: number;
}

export interface ComparedFigure {
  indicator: string;
  name: BilingualText;
  unit: IndicatorUnit;
  /** Absent: no data. */
  a?: ComparedValue;
  b?: ComparedValue;
  /** `b` less `a`, in the unit (percentage points for `%`); absent without intervals. */
  difference?: Interval & {
    /** Its 95 % interval leaves 0 out: more than chance would make of equals. */
    told_apart: boolean;
  };
}

/** Both sides in figures of the catalogue, exact, from their request records. */
export function compareRecords(a: readonly RequestRecord[], b: readonly RequestRecord[]): ComparedFigure[] {
  return COMPARED.map((id) => figure(indicatorOf({ indicator: id }), a, b));
}

/** The requests that somebody should look at: those that failed, then the others, the slowest first. */
export function worstRequests(records: readonly RequestRecord[], limit: number): RequestRecord[] {
  const failed = ({ outcome }: RequestRecord): number => (outcome === "error" || outcome === "timeout" ? 1 : 0);
  return [...records]
    .sort((one, other) => failed(other) - failed(one) || other.response_time - one.response_time)
    .slice(0, limit);
}

function figure(
  { id, name, unit, recordQuestion: question }: Indicator,
  a: readonly RequestRecord[],
  b: readonly RequestRecord[],
): ComparedFigure {
  const sides = (values: readonly (ComparedValue | undefined)[], difference?: Interval): ComparedFigure => ({
    indicator: id,
    name,
    unit,
    ...(values[0] && { a: values[0] }),
    ...(values[1] && { b: values[1] }),
    ...(difference && { difference: { ...difference, told_apart: toldApart(difference) } }),
  });
  if (question?.ask === "mean") {
    const [first, second] = [recordNumbers(a, question), recordNumbers(b, question)];
    return sides([meanValue(first), meanValue(second)], meanDifference(first, second));
  }
  if (question?.ask === "quantile") {
    return sides(
      [a, b].map((records) => {
        const numbers = recordNumbers(records, question);
        const value = recordStatistic(question, numbers);
        return value === undefined ? undefined : { value, count: numbers.length };
      }),
    );
  }
  if (question?.ask === "percentage") {
    const [first, second] = [recordShare(a, question), recordShare(b, question)];
    const difference = shareDifference(first, second);
    return sides(
      [first, second].map(({ matching, n }) => {
        const share = shareInterval(matching, n);
        return share && { ...inPercent(share), count: n };
      }),
      difference && inPercent(difference),
    );
  }
  throw new Error(`${id}: request records give no figure of it that can be compared`);
}

function meanValue(numbers: readonly number[]): ComparedValue | undefined {
  if (numbers.length === 0) return undefined;
  const count = numbers.length;
  return { ...(meanInterval(numbers) ?? { value: numbers.reduce((sum, value) => sum + value, 0) / count }), count };
}

const inPercent = ({ value, low, high }: Interval): Interval => ({
  value: 100 * value,
  low: 100 * low,
  high: 100 * high,
});
