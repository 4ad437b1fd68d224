import { ATTR_OUTCOME } from "../../src/instrument/semconv.js";
import type { SpanRow } from "../../src/receive/telemetry-batch.js";

/**
 * Every span once, a line each, indented under its parent, in the order of their start; an empty line between traces.
 * A span whose parent is in another trace, or did not arrive, says so.
 *
 * ```
 * invoke_workflow RunnableSequence
 *   chat gpt-4o-mini
 * ```
 */
export function traceTrees(spans: readonly SpanRow[]): string {
  const traces = new Map<string, SpanRow[]>();
  for (const span of [...spans].sort((a, b) => a.startTimeUs - b.startTimeUs)) {
    traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  }
  return [...traces.values()].map((trace) => lines(trace).join("\n")).join("\n\n");
}

function lines(trace: readonly SpanRow[]): string[] {
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    trace
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .flatMap((span) => [`${indent}${line(span)}`, ...below(span.spanId, `${indent}  `)]);
  const orphans = trace.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId));
  return [...below(undefined, ""), ...orphans.map((span) => `its parent is missing: ${line(span)}`)];
}

/** With what is not plain success in brackets. */
function line({ name, status, attributes }: SpanRow): string {
  const outcome = attributes[ATTR_OUTCOME];
  const notes = [
    ...(typeof outcome === "string" && outcome !== "success" ? [outcome] : []),
    ...(status === "error" ? ["status error"] : []),
  ];
  return notes.length === 0 ? name : `${name} (${notes.join(", ")})`;
}
