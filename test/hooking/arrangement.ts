import { expect } from "vitest";
import { ATTR_OUTCOME, EVENT_REQUEST } from "../../src/instrument/semconv.js";
import { type AppStart, observeApp } from "./observed-app.js";
import { traceTrees } from "./trace-tree.js";

/** A way in which an app, LangChain and Chainwatch come together, and what must be seen of it. */
export interface Arrangement extends AppStart {
  name: string;
  /** Every span of every trace, as `traceTrees` writes them. */
  traces: string;
  /** Outcomes of the request records, in the order of their end. */
  outcomes: readonly string[];
  /** What the app prints as JSON. */
  printed?: unknown;
}

/** Runs the app and asserts that each run became one span at its place, and each request one record in its trace. */
export async function expectArrangement({ name: _, traces, outcomes, printed, ...start }: Arrangement): Promise<void> {
  const observed = await observeApp(start);
  const { spans, points, logs } = observed;
  expect(sortedTraces(traceTrees(spans))).toBe(sortedTraces(traces));
  expect(new Set(spans.map(({ spanId }) => spanId)).size, "span ids").toBe(spans.length);

  const records = logs.filter(({ eventName }) => eventName === EVENT_REQUEST);
  expect(records.map(({ attributes }) => attributes[ATTR_OUTCOME])).toEqual(outcomes);
  const tracesOfRecords = new Set(records.map(({ traceId }) => traceId));
  expect(tracesOfRecords, "traces of the records").toEqual(new Set(spans.map(({ traceId }) => traceId)));

  const wrong = points.filter(({ metric }) => metric.startsWith("chainwatch.telemetry."));
  expect(wrong, "drops and faults").toEqual([]);
  expect(observed.printed).toEqual(printed);
}

/** Requests that run at once begin in any order. */
const sortedTraces = (trees: string): string => trees.trim().split("\n\n").sort().join("\n\n");
