import fc from "fast-check";
import { expect, test } from "vitest";
import type { SpanView } from "../../../../src/dashboard/api/trace-view.js";
import {
  ancestors,
  unfolded,
  type WaterfallRow,
  waterfallRows,
} from "../../../../src/dashboard/page/traces/waterfall-rows.js";

const NONE: ReadonlySet<string> = new Set();

function span(id: string, parent: string | undefined, startUs: number, duration = 0.001): SpanView {
  return {
    span_id: id,
    ...(parent !== undefined && { parent_span_id: parent }),
    name: id,
    kind: "internal",
    service: "shop",
    start: new Date(startUs / 1000).toISOString(),
    start_us: startUs,
    duration,
    status: "unset",
    attributes: {},
    events: [],
    resource: 0,
    scope: "",
  };
}

function outline(spans: SpanView[], folded = NONE): string[] {
  const { rows } = waterfallRows(spans);
  return unfolded(rows, folded).map((index) => {
    const { span, depth, descendants } = rows[index] as WaterfallRow;
    return `${depth} ${span.span_id} ${descendants}`;
  });
}

test("children stand under their parent, by start, whatever the order of arrival", () => {
  const spans = [span("b", "root", 30), span("a1", "a", 20), span("root", undefined, 0), span("a", "root", 10)];
  expect(outline(spans)).toEqual(["0 root 3", "1 a 1", "2 a1 0", "1 b 0"]);
});

test("a folded span hides what is under it and still counts it", () => {
  const spans = [span("root", undefined, 0), span("a", "root", 10), span("a1", "a", 20), span("b", "root", 30)];
  expect(outline(spans, new Set(["a"]))).toEqual(["0 root 3", "1 a 1", "1 b 0"]);
});

test("a span whose parent has not arrived is a root", () => {
  expect(outline([span("late", "missing", 5), span("root", undefined, 0)])).toEqual(["0 root 0", "0 late 0"]);
});

test("a span whose parent has not arrived says so, and a root does not", () => {
  const { rows } = waterfallRows([span("late", "missing", 5), span("root", undefined, 0)]);
  expect(rows.map(({ span, orphan }) => [span.span_id, orphan])).toEqual([
    ["root", false],
    ["late", true],
  ]);
});

test("a span that starts before its parent says by how much, and the trace starts with it", () => {
  const { rows } = waterfallRows([span("root", undefined, 2_000_000), span("a", "root", 500_000)]);
  expect(rows.map(({ span, offset, early }) => [span.span_id, offset, early])).toEqual([
    ["root", 1.5, 0],
    ["a", 0, 1.5],
  ]);
});

test("each row knows its place among its siblings, and how many failed under it", () => {
  const failed = { ...span("a1", "a", 20), status: "error" } as const;
  const { rows } = waterfallRows([span("root", undefined, 0), span("a", "root", 10), failed, span("b", "root", 30)]);
  expect(rows.map((row) => [row.span.span_id, `${row.position} of ${row.siblings}`, row.failedDescendants])).toEqual([
    ["root", "1 of 1", 1],
    ["a", "1 of 2", 1],
    ["a1", "1 of 1", 0],
    ["b", "2 of 2", 0],
  ]);
});

test("what a row lies under is known, from the nearest", () => {
  const { rows, indexOf } = waterfallRows([span("root", undefined, 0), span("a", "root", 10), span("a1", "a", 20)]);
  expect(ancestors(rows, indexOf.get("a1") ?? -1)).toEqual(["a", "root"]);
  expect(ancestors(rows, 0)).toEqual([]);
});

test("a circle of parents is shown, once", () => {
  expect(outline([span("x", "y", 0), span("y", "x", 1)])).toEqual(["0 x 1", "1 y 0"]);
  expect(outline([span("self", "self", 0)])).toEqual(["0 self 0"]);
});

test("offsets are seconds from the first start, and the length reaches the last end", () => {
  const { rows, length } = waterfallRows([span("root", undefined, 1_000_000, 2), span("a", "root", 1_500_000, 3)]);
  expect(rows.map((row) => row.offset)).toEqual([0, 0.5]);
  expect(length).toBeCloseTo(3.5);
});

test("a trace of no length can still divide", () => {
  expect(waterfallRows([span("root", undefined, 7, 0)]).length).toBeGreaterThan(0);
});

test("a chain of ten thousand spans does not exhaust the stack", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    span(`${index}`, index ? `${index - 1}` : undefined, index),
  );
  const { rows } = waterfallRows(spans);
  expect(rows.at(-1)?.depth).toBe(9_999);
  expect(rows[0]?.descendants).toBe(9_999);
});

test("every span is in exactly one row, for any parents", () => {
  const id = fc.integer({ min: 0, max: 12 }).map(String);
  const spans = fc.uniqueArray(fc.tuple(id, fc.option(id), fc.integer({ min: 0, max: 50 })), {
    selector: ([own]) => own,
    minLength: 1,
  });
  fc.assert(
    fc.property(spans, (drawn) => {
      const { rows } = waterfallRows(drawn.map(([own, parent, start]) => span(own, parent ?? undefined, start)));
      expect(rows.map((row) => row.span.span_id).sort()).toEqual(drawn.map(([own]) => own).sort());
    }),
  );
});
