import fc from "fast-check";
import { expect, test } from "vitest";
import type { SpanView } from "../../../src/dashboard/api/trace-view.js";
import { waterfallRows } from "../../../src/dashboard/page/waterfall-rows.js";

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
    resource: {},
    scope: "",
  };
}

function outline(spans: SpanView[], folded = NONE): string[] {
  return waterfallRows(spans, folded).rows.map(
    ({ span, depth, descendants }) => `${depth} ${span.span_id} ${descendants}`,
  );
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

test("a circle of parents is shown, once", () => {
  expect(outline([span("x", "y", 0), span("y", "x", 1)])).toEqual(["0 x 1", "1 y 0"]);
  expect(outline([span("self", "self", 0)])).toEqual(["0 self 0"]);
});

test("offsets are seconds from the first start, and the length reaches the last end", () => {
  const { rows, length } = waterfallRows(
    [span("root", undefined, 1_000_000, 2), span("a", "root", 1_500_000, 3)],
    NONE,
  );
  expect(rows.map((row) => row.offset)).toEqual([0, 0.5]);
  expect(length).toBeCloseTo(3.5);
});

test("a trace of no length can still divide", () => {
  expect(waterfallRows([span("root", undefined, 7, 0)], NONE).length).toBeGreaterThan(0);
});

test("a chain of ten thousand spans does not exhaust the stack", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    span(`${index}`, index ? `${index - 1}` : undefined, index),
  );
  const { rows } = waterfallRows(spans, NONE);
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
      const { rows } = waterfallRows(
        drawn.map(([own, parent, start]) => span(own, parent ?? undefined, start)),
        NONE,
      );
      expect(rows.map((row) => row.span.span_id).sort()).toEqual(drawn.map(([own]) => own).sort());
    }),
  );
});
