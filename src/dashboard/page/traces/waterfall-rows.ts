import type { SpanView } from "../../api/trace-view.js";

/** One line of the waterfall. */
export interface WaterfallRow {
  span: SpanView;
  /** 0 for a root. */
  depth: number;
  /** How many spans lie under it, at any depth: in the list of all rows, that many follow it. */
  descendants: number;
  /** How many of those failed. */
  failedDescendants: number;
  /** Where its parent stands in the list of all rows; -1 for a root. */
  parent: number;
  /** From 1, among the spans under the same parent. */
  position: number;
  siblings: number;
  /** Seconds from the start of the trace. */
  offset: number;
  /** It names a parent that is not there. */
  orphan: boolean;
  /** Seconds by which it starts before its parent, which only clocks that differ can do; 0 otherwise. */
  early: number;
}

export interface Waterfall {
  rows: WaterfallRow[];
  /** Where each span stands in the rows, by its id. */
  indexOf: ReadonlyMap<string, number>;
  /** Seconds from the first start to the last end; never 0, so that it can divide. */
  length: number;
}

/**
 * The spans as a tree, depth first, siblings by start: every row is followed by all that lies under it. A span whose
 * parent has not arrived stands as a root, and so does one of a circle: every span of the trace is in the rows,
 * whatever the sender did.
 */
export function waterfallRows(spans: readonly SpanView[]): Waterfall {
  const ids = new Set(spans.map((span) => span.span_id));
  const children = new Map<string | undefined, SpanView[]>();
  for (const span of [...spans].sort((a, b) => a.start_us - b.start_us)) {
    const parent = span.parent_span_id;
    const known = parent !== undefined && parent !== span.span_id && ids.has(parent) ? parent : undefined;
    const siblings = children.get(known);
    if (siblings) siblings.push(span);
    else children.set(known, [span]);
  }

  const startUs = spans.reduce((first, span) => Math.min(first, span.start_us), Number.POSITIVE_INFINITY);
  const endUs = spans.reduce((last, span) => Math.max(last, span.start_us + span.duration * 1e6), 0);
  const rows: WaterfallRow[] = [];
  const indexOf = new Map<string, number>();

  // A stack instead of recursion: a trace may be deeper than the call stack.
  function place(root: SpanView): void {
    const stack = [{ span: root, parent: -1 }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, parent } = next;
      if (indexOf.has(span.span_id)) continue;
      const above = rows[parent];
      indexOf.set(span.span_id, rows.length);
      for (const child of (children.get(span.span_id) ?? []).toReversed()) {
        stack.push({ span: child, parent: rows.length });
      }
      rows.push({
        span,
        depth: above === undefined ? 0 : above.depth + 1,
        descendants: 0,
        failedDescendants: 0,
        parent,
        position: 0,
        siblings: 0,
        offset: (span.start_us - startUs) / 1e6,
        orphan: span.parent_span_id !== undefined && !ids.has(span.parent_span_id),
        early: above === undefined ? 0 : Math.max(0, (above.span.start_us - span.start_us) / 1e6),
      });
    }
  }

  for (const root of children.get(undefined) ?? []) place(root);
  for (const span of spans) if (!indexOf.has(span.span_id)) place(span);
  count(rows);
  return { rows, indexOf, length: Math.max((endUs - startUs) / 1e6, 1e-6) };
}

/** What can be told of a row only when all rows are known. */
function count(rows: readonly WaterfallRow[]): void {
  const siblings = new Map<number, number>();
  for (const row of rows) {
    row.position = (siblings.get(row.parent) ?? 0) + 1;
    siblings.set(row.parent, row.position);
  }
  for (const row of rows) row.siblings = siblings.get(row.parent) ?? 0;
  // Children stand after their parents, so from the last to the first each one's own count is complete.
  for (const row of rows.toReversed()) {
    const above = rows[row.parent];
    if (above === undefined) continue;
    above.descendants += row.descendants + 1;
    above.failedDescendants += row.failedDescendants + (row.span.status === "error" ? 1 : 0);
  }
}

/** Where in the rows those stand that are to be seen: all but what lies under a folded span. */
export function unfolded(rows: readonly WaterfallRow[], folded: ReadonlySet<string>): number[] {
  const seen: number[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as WaterfallRow;
    seen.push(index);
    if (folded.has(row.span.span_id)) index += row.descendants;
  }
  return seen;
}

/** The ids of all that a row lies under. */
export function ancestors(rows: readonly WaterfallRow[], index: number): string[] {
  const ids: string[] = [];
  for (let row = rows[rows[index]?.parent ?? -1]; row !== undefined; row = rows[row.parent]) ids.push(row.span.span_id);
  return ids;
}
