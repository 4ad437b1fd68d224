import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import { startPipelineApp } from "./parts/pipeline-app.js";
import { type JaegerSpan, PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";

const parts = new RunningParts();
let stack: PipelineStack;
let models: ModelServer;

beforeAll(async () => {
  stack = await PipelineStack.start(parts);
  models = await startModelServer({ latencyScale: 0 });
  const app = startPipelineApp("each-type", { models, collector: stack.collector });
  const [code] = await once(app, "close");
  expect(code).toBe(0);
});
afterAll(() => models.close());

/** Names by depth. Steps that the app runs side by side or in turn are in the order of their beginning. */
const TREES = {
  explain: ["request explain", "  invoke_workflow explain", "    chat gpt-4o-mini", "      POST"],
  chat: ["request chat", "  invoke_workflow chat", "    chat gpt-4o", "      POST"],
  travel: [
    "request travel",
    "  invoke_agent travel-agent",
    "    chain model_request",
    "      chat gpt-4o",
    "        POST",
    "    chain tools",
    "      execute_tool get_weather",
    "    chain model_request",
    "      chat gpt-4o",
    "        POST",
  ],
  knowledge: [
    "request knowledge",
    "  invoke_workflow knowledge-base",
    "    retrieval KnowledgeRetriever",
    // The articles, once in the life of the app, then the question.
    "      embeddings text-embedding-3-small",
    "        POST",
    "      embeddings text-embedding-3-small",
    "        POST",
    "    chat demo-small",
    "      POST",
  ],
  puzzle: ["request puzzle", "  chat o4-mini", "    POST"],
};

it.each(Object.entries(TREES))("%s: the trace is a whole tree at Jaeger", async (type, names) => {
  const record = await recordOf(`${type}-1`);
  const spans = await until(`the trace of ${type}-1`, async () => {
    const arrived = await stack.jaegerSpans(record.trace_id ?? "");
    return arrived.length >= names.length && arrived;
  });
  expect(spans.filter(({ references }) => references.length === 0)).toHaveLength(1);
  expect(tree(spans)).toEqual(names);

  // What the record says of the request, its spans say as well.
  const calls = spans.filter((span) => tag(span, "gen_ai.usage.cost") !== undefined);
  const sum = (key: string) => calls.reduce((total, span) => total + Number(tag(span, key)), 0);
  expect(sum("gen_ai.usage.input_tokens")).toBe(record.tokens.input);
  expect(sum("gen_ai.usage.output_tokens")).toBe(record.tokens.output);
  expect(record.tokens.input).toBeGreaterThan(0);
  expect(sum("gen_ai.usage.cost")).toBeCloseTo(record.cost_usd as number, 10);
  expect(record.cost_usd).toBeGreaterThan(0);
  const http = spans.filter(({ operationName }) => operationName === "POST");
  expect(http.map((span) => tag(span, "http.response.status_code"))).toEqual(http.map(() => 200));
});

it("Chainwatch has the same spans as Jaeger", async () => {
  const { trace_id = "" } = await recordOf("travel-1");
  const ids = await until("the trace at Chainwatch", async () => {
    const trace = await stack.chainwatchTrace(trace_id);
    return trace?.spans.length === TREES.travel.length && trace.spans.map(({ span_id }) => span_id);
  });
  expect(ids.toSorted()).toEqual((await stack.jaegerSpans(trace_id)).map(({ spanID }) => spanID).toSorted());
});

it("Prometheus has the requests' measurements", async () => {
  const query = "histogram_count(sum by (chainwatch_request_type) (chainwatch_request_duration_seconds))";
  const counts = await until("the measurements", async () => {
    const series = await stack.prometheusValues(query);
    return series.length > 0 && series.map(({ metric, value }) => [metric.chainwatch_request_type, value]);
  });
  expect(Object.fromEntries(counts)).toMatchObject(Object.fromEntries(Object.keys(TREES).map((type) => [type, 1])));
});

async function recordOf(requestId: string): Promise<RequestRecord> {
  return until(`the record of ${requestId}`, async () =>
    (await stack.chainwatchRequests()).find(({ request_id }) => request_id === requestId),
  );
}

const tag = (span: JaegerSpan, key: string): unknown => span.tags.find((entry) => entry.key === key)?.value;

/** The spans' names, indented by their depth. */
function tree(spans: readonly JaegerSpan[], parentId?: string, indent = ""): string[] {
  return spans
    .filter(({ references }) => references[0]?.spanID === parentId)
    .toSorted((one, other) => one.startTime - other.startTime)
    .flatMap((span) => [indent + span.operationName, ...tree(spans, span.spanID, `${indent}  `)]);
}
