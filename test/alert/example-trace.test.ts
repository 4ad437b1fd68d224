import { expect, test } from "vitest";
import { evaluateRule } from "../../src/alert/evaluate.js";
import { exampleTraceFrom } from "../../src/alert/example-trace.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import type { ErrorRecord, RequestFilter, TraceFilter, TraceSummary } from "../../src/store/telemetry-store.js";
import { type RuleParts, ruleOf } from "./rule-of.js";

const AT_MS = Date.parse("2026-08-01T10:00:00Z");
const FROM_MS = AT_MS - 360_000;
const TO_MS = AT_MS + 1;

/** Remembers what it is asked; has a sampled and an unsampled failed request, a trace and an error. */
class AskedStore {
  asked: [string, object][] = [];
  failures: Partial<RequestRecord>[] = [
    { trace_id: "unsampled", trace_sampled: false },
    { trace_id: "failed", trace_sampled: true },
  ];

  async requests(filter: RequestFilter): Promise<RequestRecord[]> {
    this.asked.push(["requests", filter]);
    return filter.outcome === "timeout" ? (this.failures as RequestRecord[]) : [];
  }

  async traces(filter: TraceFilter): Promise<TraceSummary[]> {
    this.asked.push(["traces", filter]);
    return [{ trace_id: filter.sort } as TraceSummary];
  }

  async errors(filter: object): Promise<ErrorRecord[]> {
    this.asked.push(["errors", filter]);
    return [
      { service: "other", trace_id: "others" } as ErrorRecord,
      { service: "bot", trace_id: "call" } as ErrorRecord,
    ];
  }
}

async function find(store: AskedStore, parts: RuleParts, labels = {}): Promise<string | undefined> {
  const rule = ruleOf({ when: { op: ">=", value: 0 }, ...parts });
  const [transition] = evaluateRule(rule, [], { samples: [{ labels, value: 1, count: 1 }] }, AT_MS).transitions;
  return transition && exampleTraceFrom(store)(transition, rule);
}

test("a success rate is explained by a failed request whose trace is stored", async () => {
  const store = new AskedStore();
  const parts = { indicator: "success_rate", by: ["type"], where: { service: "bot" } } as const;
  expect(await find(store, parts, { type: "chat" })).toBe("failed");
  const filter = { fromMs: FROM_MS, toMs: TO_MS, service: "bot", type: "chat", limit: 20 };
  expect(store.asked).toEqual([
    ["requests", { ...filter, outcome: "error" }],
    ["requests", { ...filter, outcome: "timeout" }],
  ]);
});

test("nothing is said when no failed request is known", async () => {
  const store = new AskedStore();
  store.failures = [];
  expect(await find(store, { indicator: "error_rate" })).toBeUndefined();
});

test("failing model and tool calls are explained by an error of the service", async () => {
  expect(await find(new AskedStore(), { indicator: "llm.error_rate", where: { service: "bot" } })).toBe("call");
  expect(await find(new AskedStore(), { indicator: "tools.error_rate" })).toBe("others");
});

test.each([
  ["response_time.p95", "slowest"],
  ["ttft.p50", "slowest"],
  ["llm.time", "slowest"],
  ["cost.total", "most_expensive"],
  ["tokens.total", "most_expensive"],
  ["requests.count", "newest"],
])("%s is explained by the %s trace", async (indicator, trace) => {
  const store = new AskedStore();
  expect(await find(store, { indicator, where: { model: "gpt" } })).toBe(trace);
  expect(store.asked).toEqual([["traces", { fromMs: FROM_MS, toMs: TO_MS, model: "gpt", sort: trace, limit: 1 }]]);
});
