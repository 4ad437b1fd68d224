import type { IndicatorUnit } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { RecordNumber, RecordQuestion } from "../indicators/record-question.js";
import type { Outcome } from "../store/request-record.js";
import type { ComparedRequests } from "../store/telemetry-store.js";
import { indicatorOf } from "./answering-side.js";
import { type Interval, meanDifference, meanInterval, shareDifference, shareInterval, toldApart } from "./interval.js";
import { recordStatistic } from "./record-numbers.js";

type Percentage = Extract<RecordQuestion, { ask: "percentage" }>;
type NumberQuestion = Extract<RecordQuestion, { field: RecordNumber }>;

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

/** What a figure of request records reads. */
type Side = ComparedRequests["outcomes"];
type NumberField = Exclude<keyof Side[number], "outcome" | "requests">;

/** Where the numbers of the catalogue's questions stand. */
const NUMBERS: Partial<Record<RecordNumber, NumberField>> = {
  response_time: "response_time",
  cost_usd: "cost_usd",
  "tokens.total": "tokens",
};

/**
 * Both sides in figures of the catalogue, exact. Other work has its turn between them: each may rest on several hundred
 * thousand numbers.
 */
export async function compareRequests(a: Side, b: Side): Promise<ComparedFigure[]> {
  const figures: ComparedFigure[] = [];
  for (const id of COMPARED) {
    await new Promise<void>((turn) => setTimeout(turn, 0));
    const { name, unit, recordQuestion } = indicatorOf({ indicator: id });
    const { difference, ...sides } = compare(recordQuestion, a, b);
    figures.push({
      indicator: id,
      name,
      unit,
      ...(sides.a && { a: sides.a }),
      ...(sides.b && { b: sides.b }),
      ...(difference && { difference: { ...difference, told_apart: toldApart(difference) } }),
    });
  }
  return figures;
}

interface Compared {
  a: ComparedValue | undefined;
  b: ComparedValue | undefined;
  difference: Interval | undefined;
}

function compare(question: RecordQuestion | undefined, a: Side, b: Side): Compared {
  if (question?.ask === "mean") {
    const [first, second] = [numbersOf(a, question), numbersOf(b, question)];
    return { a: mean(first), b: mean(second), difference: meanDifference(first, second) };
  }
  if (question?.ask === "quantile") {
    const quantile = (side: Side): ComparedValue | undefined => {
      const numbers = numbersOf(side, question);
      const value = recordStatistic(question, numbers);
      return value === undefined ? undefined : { value, count: numbers.length };
    };
    return { a: quantile(a), b: quantile(b), difference: undefined };
  }
  if (question?.ask === "percentage") {
    const [first, second] = [countsOf(a, question), countsOf(b, question)];
    const difference = shareDifference(first, second);
    return { a: share(first), b: share(second), difference: difference && inPercent(difference) };
  }
  throw new Error(`${question?.ask}: request records give no figure of it that can be compared`);
}

/** Of the requests that the figure counts, those that have a number. */
function numbersOf(side: Side, { field, outcomes }: NumberQuestion): Float64Array {
  const numbers = NUMBERS[field];
  if (numbers === undefined) throw new Error(`${field}: is not read to be compared`);
  const counted = side.filter(({ outcome }) => outcomes === undefined || outcomes.includes(outcome));
  const all = new Float64Array(counted.reduce((length, group) => length + group[numbers].length, 0));
  let length = 0;
  for (const group of counted) {
    all.set(group[numbers], length);
    length += group[numbers].length;
  }
  return all;
}

function countsOf(side: Side, { matching, outcomes }: Percentage): { matching: number; n: number } {
  const count = (wanted: readonly Outcome[]): number =>
    side.reduce((sum, { outcome, requests }) => sum + (wanted.includes(outcome) ? requests : 0), 0);
  return { matching: count(matching), n: count(outcomes) };
}

function mean(numbers: Float64Array): ComparedValue | undefined {
  if (numbers.length === 0) return undefined;
  const count = numbers.length;
  return { ...(meanInterval(numbers) ?? { value: numbers.reduce((sum, value) => sum + value, 0) / count }), count };
}

function share({ matching, n }: { matching: number; n: number }): ComparedValue | undefined {
  const interval = shareInterval(matching, n);
  return interval && { ...inPercent(interval), count: n };
}

const inPercent = ({ value, low, high }: Interval): Interval => ({
  value: 100 * value,
  low: 100 * low,
  high: 100 * high,
});
