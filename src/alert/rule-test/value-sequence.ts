/** An answer at one time: a value, no data, or a query that failed. */
export type SequenceValue = number | "no_data" | "error";

/** The place is the character of the text at which the wrong part begins, from 0. */
export type SequenceResult = { values: SequenceValue[] } | { mistake: string; within: number };

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|[+-]?Inf|NaN";
const PART = new RegExp(`^(${NUMBER})(?:([+-])(${NUMBER}))?(?:x(\\d+))?$`);
const WORD = /^(_|stale|error)(?:x(\d+))?$/;

/** More is a slip of the finger: a week at 15 s has 40,320. */
const MOST_VALUES = 1_000_000;

/**
 * Reads a sequence in the notation of promtool: `4` once, `4x3` and three times more, `4+2x3` is `4 6 8 10`, `4-1x2` is
 * `4 3 2`; `_` or `stale` no data, `_x3` three times; and `error`, `errorx3`: the query fails.
 */
export function parseValueSequence(text: string): SequenceResult {
  const values: SequenceValue[] = [];
  for (const { 0: part, index: within } of text.matchAll(/\S+/g)) {
    const expanded = expand(part);
    if (expanded === undefined) {
      const mistake = `expected a value such as 4, 4x3, 4+2x3, _, _x3, stale or error, found "${part}"`;
      return { mistake, within };
    }
    if (values.length + expanded.length > MOST_VALUES) {
      return { mistake: `expected ${MOST_VALUES} values at most, found more from "${part}" on`, within };
    }
    for (const value of expanded) values.push(value);
  }
  return { values };
}

function expand(part: string): SequenceValue[] | undefined {
  const [, word, wordTimes = "1"] = part.match(WORD) ?? [];
  if (word !== undefined) return repeat(Number(wordTimes), () => (word === "error" ? "error" : "no_data"));
  const [, first, sign, step = "0", times = "0"] = part.match(PART) ?? [];
  // `4+2` without `x` says nothing that `6` would not, and means a forgotten count.
  if (first === undefined || (sign !== undefined && !part.includes("x"))) return undefined;
  const by = numberOf(step) * (sign === "-" ? -1 : 1);
  return repeat(Number(times) + 1, (index) => numberOf(first) + (index === 0 ? 0 : by * index));
}

/** One too many is enough to be refused. */
function repeat(times: number, value: (index: number) => SequenceValue): SequenceValue[] {
  return Array.from({ length: Math.min(times, MOST_VALUES + 1) }, (_, index) => value(index));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
