import type { SpanView } from "../api/trace-view.js";

/** One line of the waterfall. */
export interface WaterfallRow {
  span: SpanView;
  /** 0 for a root. */
  depth: number;
  /** How many spans lie under it, at any depth. */
  descendants: number;
  /** Seconds from the start of the trace. */
  offset: number;
}

export interface Waterfall {
  rows: WaterfallRow[];
  /** Seconds from the first start to the last end; never 0, so that it can divide. */
  length: number;
}

/**
 * The spans as a tree, depth first, siblings by start. A span whose parent has not arrived stands as a root, and so
 * does one of a circle: every span of the trace is in the rows, whatever the sender did.
 *
 * @param folded ids of spans whose descendants are left out
 */
export function waterfallRows(spans: readonly SpanView[], folded: ReadonlySet<string>): Waterfall {
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
  const placed = new Set<string>();
  const parents = new Map<WaterfallRow, WaterfallRow>();

  // A stack instead of recursion: a trace may be deeper than the call stack.
  function place(root: SpanView): void {
    const stack: Waiting[] = [{ span: root, parent: undefined, hidden: false }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, parent, hidden } = next;
      if (placed.has(span.span_id)) continue;
      placed.add(span.span_id);
      const depth = parent === undefined ? 0 : parent.depth + 1;
      const row = { span, depth, descendants: 0, offset: (span.start_us - startUs) / 1e6 };
      if (parent !== undefined) parents.set(row, parent);
      if (!hidden) rows.push(row);
      const below = hidden || folded.has(span.span_id);
      for (const child of (children.get(span.span_id) ?? []).toReversed()) {
        stack.push({ span: child, parent: row, hidden: below });
      }
    }
  }

  for (const root of children.get(undefined) ?? []) place(root);
  for (const span of spans) if (!placed.has(span.span_id)) place(span);
  // Children were placed after their parents, so from the last to the first each one's own count is complete.
  for (const [row, parent] of [...parents].toReversed()) parent.descendants += row.descendants + 1;
  return { rows, length: Math.max((endUs - startUs) / 1e6, 1e-6) };
}

interface Waiting {
  span: SpanView;
  parent: WaterfallRow | undefined;
  /** Under a folded span. */
  hidden: boolean;
}
