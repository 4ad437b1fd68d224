/** An estimate with the range that holds the true value in 95 of 100 samples like this one. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** Hundreds of thousands pass between threads as typed arrays. */
type Numbers = readonly number[] | Float64Array;

/** Normal quantile of 97.5 %: 2.5 % are left out at either end. */
const Z = 1.959_963_984_540_054;

/** Fewer values have no interval: the mean of so few, from a skewed distribution, may be anywhere. */
const FEWEST = 10;

interface Moments {
  n: number;
  mean: number;
  /** Of the mean: the sample variance over n. */
  squaredError: number;
}

/** Mean with Student's interval. Undefined below ten values. */
export function meanInterval(values: Numbers): Interval | undefined {
  const moments = momentsOf(values);
  return moments && around(moments.mean, Math.sqrt(moments.squaredError) * studentQuantile(moments.n - 1));
}

/** Mean of `b` minus mean of `a`, with Welch's interval: the variances may differ. Undefined below ten values in either. */
export function meanDifference(a: Numbers, b: Numbers): Interval | undefined {
  const [first, second] = [momentsOf(a), momentsOf(b)];
  if (first === undefined || second === undefined) return undefined;
  const squaredError = first.squaredError + second.squaredError;
  // Welch and Satterthwaite; values that do not vary have no freedom to speak of, and no error either.
  const freedom =
    squaredError === 0
      ? first.n + second.n - 2
      : squaredError ** 2 / (first.squaredError ** 2 / (first.n - 1) + second.squaredError ** 2 / (second.n - 1));
  return around(second.mean - first.mean, Math.sqrt(squaredError) * studentQuantile(freedom));
}

/** Share of `n` with Wilson's score interval, which stays within 0 and 1. Undefined for `n` of 0. */
export function shareInterval(matching: number, n: number): Interval | undefined {
  if (n === 0) return undefined;
  const share = matching / n;
  const spread = Z ** 2 / n;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Share of `b` minus share of `a`, with Newcombe's interval, made of Wilson's two. Undefined when either has no events. */
export function shareDifference(
  a: { matching: number; n: number },
  b: { matching: number; n: number },
): Interval | undefined {
  const [first, second] = [shareInterval(a.matching, a.n), shareInterval(b.matching, b.n)];
  if (first === undefined || second === undefined) return undefined;
  const value = second.value - first.value;
  return {
    value,
    low: value - Math.hypot(second.value - second.low, first.high - first.value),
    high: value + Math.hypot(second.high - second.value, first.value - first.low),
  };
}

/** Whether a difference is more than chance would make of equals: its interval leaves 0 out. */
export const toldApart = ({ low, high }: Interval): boolean => low > 0 || high < 0;

const around = (value: number, half: number): Interval => ({ value, low: value - half, high: value + half });

function momentsOf(values: Numbers): Moments | undefined {
  const n = values.length;
  if (n < FEWEST) return undefined;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const variance = squares / (n - 1);
  return { n, mean, squaredError: variance / n };
}

/**
 * Student's quantile of 97.5 % by its expansion around the normal one (Abramowitz and Stegun, 26.7.5): to 0.0001 from
 * nine degrees of freedom on, which {@link FEWEST} values have.
 */
function studentQuantile(freedom: number): number {
  const terms = [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
    (79 * Z ** 9 + 776 * Z ** 7 + 1482 * Z ** 5 - 1920 * Z ** 3 - 945 * Z) / 92_160,
  ];
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), Z);
}
