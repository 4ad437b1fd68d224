import type { RecordDimension } from "../indicators/dimension.js";
import type { RecordNumber } from "../indicators/record-question.js";
import { recordNumber } from "./record-number.js";
import { labelsOf } from "./request-labels.js";
import type { Outcome, RequestRecord } from "./request-record.js";

/** What totals of requests can be split by and filtered on. */
export const TOTALS_DIMENSIONS = [
  "service",
  "environment",
  "release",
  "type",
  "tenant",
  "user",
] as const satisfies readonly RecordDimension[];

export type TotalsDimension = (typeof TOTALS_DIMENSIONS)[number];

export interface TotalsSplit {
  by: readonly TotalsDimension[];
  where: Partial<Record<TotalsDimension, string>>;
}

/** One of the sums that are kept of the same requests. */
export interface TotalsCut {
  name: string;
  dimensions: readonly TotalsDimension[];
  /** Of a slot; what comes beyond is counted as `other`. */
  mostRows: number;
}

const TYPES: TotalsCut = {
  name: "types",
  dimensions: ["service", "environment", "release", "type", "tenant"],
  mostRows: 5_000,
};

export const USERS: TotalsCut = { name: "users", dimensions: ["service", "tenant", "user"], mostRows: 50_000 };

/**
 * Who asks by user seldom asks by type too, and all combinations of both would be nearly as many as the requests.
 * The smaller comes first.
 */
export const CUTS: readonly TotalsCut[] = [TYPES, USERS];

/** The sums that answer a split; undefined when only the records themselves can. */
export function totalsCut({ by, where }: TotalsSplit): TotalsCut | undefined {
  const wanted = [...by, ...(Object.keys(where) as TotalsDimension[])];
  return CUTS.find(({ dimensions }) => wanted.every((dimension) => dimensions.includes(dimension)));
}

/** Every number that is added up. */
export const TOTALS_NUMBERS = [
  "response_time",
  "llm_calls",
  "llm_time",
  "cost_usd",
  "tokens.input",
  "tokens.output",
  "tokens.total",
  "tokens.cached",
  "tokens.reasoning",
] as const satisfies readonly RecordNumber[];

/** Requests that ended in a window with one outcome, added up. */
export interface RequestTotals {
  /** What a record does not say is absent. */
  labels: Partial<Record<TotalsDimension, string>>;
  outcome: Outcome;
  requests: number;
  /** Of those, how many have a known cost. The other numbers every record has. */
  priced: number;
  /** Of the numbers that were asked for. */
  sums: Partial<Record<RecordNumber, number>>;
}

/** Adds up totals of the same labels and outcome. */
export class TotalsSum {
  readonly #totals = new Map<string, RequestTotals>();

  constructor(
    private readonly by: readonly TotalsDimension[],
    private readonly numbers: readonly RecordNumber[] = TOTALS_NUMBERS,
  ) {}

  add({ labels, outcome, requests, priced, sums }: RequestTotals): void {
    const key = JSON.stringify([outcome, ...this.by.map((dimension) => labels[dimension] ?? null)]);
    const known = this.#totals.get(key);
    if (known === undefined) {
      this.#totals.set(key, { labels, outcome, requests, priced, sums: { ...sums } });
      return;
    }
    known.requests += requests;
    known.priced += priced;
    for (const field of this.numbers) known.sums[field] = (known.sums[field] ?? 0) + (sums[field] ?? 0);
  }

  addRecord(record: RequestRecord): void {
    const sums = sumsOf(this.numbers, (field) => recordNumber(record, field) ?? 0);
    const priced = record.cost_usd === undefined ? 0 : 1;
    this.add({ labels: labelsOf(record, this.by), outcome: record.outcome, requests: 1, priced, sums });
  }

  list(): RequestTotals[] {
    return [...this.#totals.values()];
  }
}

export function sumsOf(numbers: readonly RecordNumber[], sum: (field: RecordNumber) => number): RequestTotals["sums"] {
  const sums: RequestTotals["sums"] = {};
  for (const field of numbers) sums[field] = sum(field);
  return sums;
}
