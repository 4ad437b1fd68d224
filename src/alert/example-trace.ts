import type { RequestRecord } from "../store/request-record.js";
import type { RequestFilter, TraceFilter } from "../store/telemetry-store.js";
import type { AlertTransition } from "./alert-view.js";
import type { Rule } from "./rule.js";

/** Finds a trace that shows why an alert fires; undefined when there is none. */
export type ExampleTrace = (transition: AlertTransition, rule: Rule) => Promise<string | undefined>;

/** Where it is looked for: a telemetry store has more. */
export interface TraceStore {
  requests(filter: RequestFilter): Promise<Pick<RequestRecord, "trace_id" | "trace_sampled">[]>;
  traces(filter: TraceFilter): Promise<{ trace_id: string }[]>;
  errors(filter: { fromMs: number; toMs: number; limit: number }): Promise<{ trace_id: string; service: string }[]>;
}

/** A trace that ends in the window may have begun this long before it. Milliseconds. */
const LONGEST_TRACE_MS = 60_000;

type Symptom = "failed" | "failed_call" | "slow" | "expensive" | "busy";

/**
 * Looks for a failing trace for a rate of success or errors, the slowest for a time, the most
 * expensive for cost and tokens, the newest for counts.
 */
export function exampleTraceFrom(store: TraceStore): ExampleTrace {
  return async (transition, { question }) => {
    // A series of an expression may be about anything.
    if (question.kind === "expr") return undefined;
    const { service, environment, release, instance, type, user, session, tenant, model } = {
      ...question.where,
      ...transition.labels,
    };
    const atMs = Date.parse(transition.at);
    const time = { fromMs: atMs - question.windowS * 1000 - LONGEST_TRACE_MS, toMs: atMs + 1 };
    const symptom = symptomOf(question.indicator);

    if (symptom === "failed") {
      const where = present({ service, environment, release, instance, type, user, session, tenant, model });
      const outcomes = question.indicator === "timeout_rate" ? (["timeout"] as const) : (["error", "timeout"] as const);
      for (const outcome of outcomes) {
        const requests = await store.requests({ ...time, ...where, outcome, limit: 20 });
        const sampled = requests.find((request) => request.trace_sampled);
        if (sampled !== undefined) return sampled.trace_id;
      }
      return undefined;
    }
    if (symptom === "failed_call") {
      const errors = await store.errors({ ...time, limit: 20 });
      return errors.find((error) => service === undefined || error.service === service)?.trace_id;
    }
    const sort: TraceFilter["sort"] =
      symptom === "slow" ? "slowest" : symptom === "expensive" ? "most_expensive" : "newest";
    const where = present({ service, type, user, model });
    const [trace] = await store.traces({ ...time, ...where, sort, limit: 1 });
    return trace?.trace_id;
  };
}

function symptomOf(indicator: string): Symptom {
  if (/^(success_rate|error_rate|timeout_rate)$/.test(indicator)) return "failed";
  if (/^(llm|tools)\.(error_rate|retries)$/.test(indicator)) return "failed_call";
  if (/^(response_time|ttft)\.|^llm\.time$/.test(indicator)) return "slow";
  return /^(cost|tokens)\./.test(indicator) ? "expensive" : "busy";
}

function present<Values extends Record<string, string | undefined>>(
  values: Values,
): { [Key in keyof Values]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: string;
  };
}
