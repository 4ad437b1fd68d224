import type { BoardFigure } from "../query/board-figures.js";

export interface FigureChange {
  /** `↑12%`, `↓0.4pp` (percentage points), `×14`, `=`. */
  text: string;
  /** Absent where more is neither good nor bad, or the change is too small to speak of. */
  verdict?: "better" | "worse";
}

/** A tenth, or one percentage point: less is the noise of any hour. */
const NOTABLE_SHARE = 0.1;
const NOTABLE_POINTS = 1;

const MORE_IS_WORSE =
  /^(response_time\.|ttft\.|error_rate$|timeout_rate$|cost\.per_|llm\.error_rate$|llm\.retries$|tools\.error_rate$)/;
const MORE_IS_BETTER = /^success_rate$/;

/** How a figure stands against its value an hour earlier; undefined where one of them has no data. */
export function figureChange({ id, unit, value, before }: BoardFigure): FigureChange | undefined {
  if (value === undefined || before === undefined) return undefined;
  const difference = value - before;
  if (difference === 0) return { text: "=" };
  const arrow = difference > 0 ? "↑" : "↓";
  const verdict = verdictOf(id, difference);
  if (unit === "%") {
    const points = Math.abs(difference);
    const text = points < 0.05 ? "=" : `${arrow}${rounded(points, points < 10 ? 1 : 0)}pp`;
    return { text, ...(points >= NOTABLE_POINTS && verdict) };
  }
  // Nothing is a multiple of zero.
  if (before === 0) return { text: arrow, ...verdict };
  const share = Math.abs(difference / before);
  const notable = share >= NOTABLE_SHARE && verdict;
  if (share < 0.005) return { text: "=" };
  if (share >= 9) return { text: `×${rounded(Math.abs(value / before), 0)}`, ...notable };
  return { text: `${arrow}${rounded(100 * share, 0)}%`, ...notable };
}

function verdictOf(id: string, difference: number): Pick<FigureChange, "verdict"> | undefined {
  if (MORE_IS_WORSE.test(id)) return { verdict: difference > 0 ? "worse" : "better" };
  if (MORE_IS_BETTER.test(id)) return { verdict: difference > 0 ? "better" : "worse" };
  return undefined;
}

function rounded(value: number, decimals: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: decimals });
}
