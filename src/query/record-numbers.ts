import type { RecordNumber, RecordQuestion } from "../indicators/record-question.js";
import { recordNumber } from "../store/record-number.js";
import type { RequestRecord } from "../store/request-record.js";

type NumberQuestion = Extract<RecordQuestion, { field: RecordNumber }>;

/** The numbers that a figure rests on: of the records that it counts and that have one. */
export function recordNumbers(
  records: readonly RequestRecord[],
  { field, outcomes }: Pick<NumberQuestion, "field" | "outcomes">,
): number[] {
  return records
    .filter(({ outcome }) => outcomes === undefined || outcomes.includes(outcome))
    .map((record) => recordNumber(record, field))
    .filter((value) => value !== undefined);
}

/** The figure of at least one number. */
export function recordStatistic(
  question: NumberQuestion,
  numbers: readonly number[] | Float64Array,
): number | undefined {
  let sum = 0;
  for (const value of numbers) sum += value;
  switch (question.ask) {
    case "sum":
      return sum;
    case "mean":
      return sum / numbers.length;
    case "quantile": {
      const ordered = Float64Array.from(numbers).sort();
      return ordered[Math.max(0, Math.ceil(question.q * ordered.length) - 1)];
    }
  }
}
