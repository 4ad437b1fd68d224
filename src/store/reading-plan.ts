import type { RollUpLevel } from "./roll-up-level.js";
import type { TimeWindow } from "./telemetry-store.js";

/** The pieces between all edges of some windows that lie in any of them, oldest first. */
export function cutWindows(windows: readonly TimeWindow[]): TimeWindow[] {
  // At each edge, how many more windows begin than end.
  const edges = new Map<number, number>();
  for (const { fromUs, toUs } of windows) {
    edges.set(fromUs, (edges.get(fromUs) ?? 0) + 1);
    edges.set(toUs, (edges.get(toUs) ?? 0) - 1);
  }
  const pieces: TimeWindow[] = [];
  let open = 0;
  let lastUs = 0;
  for (const [edgeUs, change] of [...edges].sort(([a], [b]) => a - b)) {
    if (open > 0) pieces.push({ fromUs: lastUs, toUs: edgeUs });
    open += change;
    lastUs = edgeUs;
  }
  return pieces;
}

/** Those of the pieces, as they were cut, that lie in the window: it may be one of thousands. */
export function piecesIn<P extends TimeWindow>({ fromUs, toUs }: TimeWindow, pieces: readonly P[]): P[] {
  let [first, beyond] = [0, pieces.length];
  while (first < beyond) {
    const middle = (first + beyond) >> 1;
    if ((pieces[middle] as P).fromUs < fromUs) first = middle + 1;
    else beyond = middle;
  }
  let end = first;
  while (end < pieces.length && (pieces[end] as P).toUs <= toUs) end += 1;
  return pieces.slice(first, end);
}

/** A part of a window, and what answers it: whole slots of a level, or the rows themselves. */
export interface WindowPart extends TimeWindow {
  from: RollUpLevel | "rows";
}

/** Since when what is kept is complete: starts of UTC days, the rows' of an hour; Unix time in microseconds. */
export interface KeptSince {
  rows: number;
  /** Longest slots first. */
  levels: readonly { level: RollUpLevel; sinceUs: number }[];
}

/**
 * Cuts a window into the longest slots that lie in it, shorter ones at their sides, and the rows themselves at the
 * edges. Where the rows are gone, a slot of the shortest length that is left belongs to the window that it ends in:
 * so of windows side by side each slot counts in one.
 *
 * Before all that is kept there may be rows whose sender had a wrong clock.
 */
export function readingPlan({ fromUs, toUs }: TimeWindow, kept: KeptSince): WindowPart[] {
  const rowsUs = wholeRowsSince(kept);
  const horizons = [rowsUs, ...kept.levels.map(({ sinceUs }) => sinceUs)];
  const cuts = [...new Set([fromUs, ...horizons.filter((each) => each > fromUs && each < toUs), toUs])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).flatMap((end, i) => {
    const start = cuts[i] as number;
    const levels = kept.levels.filter(({ sinceUs }) => sinceUs <= start).map(({ level }) => level);
    const hasRows = rowsUs <= start || levels.length === 0;
    return parts({ fromUs: start, toUs: end }, levels, hasRows);
  });
}

/**
 * From when on rows may answer. Where the first row kept lies within a slot of the shortest length left, that slot
 * answers as a whole: cut there, what it has from before the row would be in neither part.
 */
function wholeRowsSince({ rows, levels }: KeptSince): number {
  const finest = levels.findLast(({ sinceUs }) => sinceUs <= rows);
  return finest === undefined ? rows : Math.ceil(rows / finest.level.slotUs) * finest.level.slotUs;
}

function parts({ fromUs, toUs }: TimeWindow, levels: readonly RollUpLevel[], hasRows: boolean): WindowPart[] {
  if (fromUs >= toUs) return [];
  const [level, ...finer] = levels;
  if (level === undefined) return [{ from: "rows", fromUs, toUs }];
  const finest = finer.length === 0 && !hasRows;
  const first = (finest ? Math.floor : Math.ceil)(fromUs / level.slotUs) * level.slotUs;
  const last = Math.floor(toUs / level.slotUs) * level.slotUs;
  if (first >= last) return finest ? [] : parts({ fromUs, toUs }, finer, hasRows);
  const whole: WindowPart = { from: level, fromUs: first, toUs: last };
  if (finest) return [whole];
  return [...parts({ fromUs, toUs: first }, finer, hasRows), whole, ...parts({ fromUs: last, toUs }, finer, hasRows)];
}
