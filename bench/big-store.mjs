// A data folder of the local server as it is after weeks of use: what the benchmarks ask their questions of.
import { openTelemetryStore } from "../dist/esm/store/open-telemetry-store.js";

const SPANS_OF_TRACE = 5;
const HOURS_OF_SPANS = 14 * 24;
const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const REQUESTS_OF_HOUR = 200;
/** A server on this machine's clock still finds newest data after so many minutes of measuring. */
const AHEAD_US = 10 * 60 * SECOND_US;

const MODELS = ["gpt-4o", "gpt-4o-mini", "claude-sonnet", "qwen-max"];
const TYPES = ["chat", "rag", "summary", "agent", "classify", "extract"];
const OUTCOMES = ["success", "success", "success", "success", "error", "timeout"];
const TOKENS = ["input", "output", "cache_read", "cache_write", "reasoning"];
const TOOLS = ["search", "calculator", "sql", "mail", "weather"];

const hex = (n, digits) => n.toString(16).padStart(digits, "0");
/** A new release every week, and with it new processes. */
const processes = (timeUs) => {
  const week = Math.floor(timeUs / (7 * 24 * HOUR_US));
  return [0, 1, 2, 3].map((i) => ({
    ...{ "service.name": i < 2 ? "shop" : "desk", "service.instance.id": `${week}-${i}` },
    ...{ "service.version": `1.${week % 100}.0`, "deployment.environment.name": "production" },
  }));
};

function histogram(seed, buckets) {
  const counts = Array.from({ length: buckets }, (_, i) => 1 + ((seed * 7 + i * 13) % 5));
  const count = counts.reduce((a, b) => a + b, 0);
  return {
    ...{ type: "exponential", count, sum: count * 1.5, min: undefined, max: undefined, scale: 3, zeroCount: 0 },
    ...{ zeroThreshold: 0, positive: { offset: -20 + (seed % 5), counts }, negative: { offset: 0, counts: [] } },
  };
}

/** What each process reports at a time: about 110 series. */
function points(timeUs, buckets) {
  const all = [];
  const seed = Math.floor(timeUs / SECOND_US);
  for (const resource of processes(timeUs)) {
    const add = (metric, attributes, value, kind = "histogram") =>
      all.push({
        ...{ metric, unit: "1", kind, temporality: kind === "gauge" ? "none" : "delta", resource, attributes },
        ...{ startTimeUs: kind === "gauge" ? 0 : timeUs - 1, timeUs, value },
      });
    for (const [i, type] of TYPES.entries()) {
      for (const outcome of ["success", "error", "timeout", "cancelled"]) {
        const attributes = { "chainwatch.request.type": type, outcome };
        add("chainwatch.request.duration", attributes, histogram(seed + i, buckets));
      }
      add("chainwatch.request.cost", { "chainwatch.request.type": type }, histogram(seed + i, buckets));
      add("chainwatch.request.active_peak", { "chainwatch.request.type": type }, (seed + i) % 9, "gauge");
    }
    for (const [i, model] of MODELS.entries()) {
      const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": model, "gen_ai.provider.name": "openai" };
      add("gen_ai.client.operation.duration", call, histogram(seed + i, buckets));
      const failed = { ...call, "error.type": "rate_limit" };
      add("gen_ai.client.operation.duration", failed, histogram(seed + i, Math.ceil(buckets / 8)));
      add("gen_ai.client.operation.time_to_first_chunk", call, histogram(seed + i, buckets));
      for (const type of TOKENS) {
        add("chainwatch.llm.tokens", { ...call, "chainwatch.llm.token.type": type }, 100 + (seed % 50), "counter");
      }
      for (const type of TYPES) {
        add("chainwatch.llm.cost", { ...call, "chainwatch.request.type": type }, histogram(seed + i, buckets));
      }
      add("chainwatch.llm.retries", { "gen_ai.request.model": model }, seed % 3, "counter");
    }
    for (const tool of TOOLS) {
      add("gen_ai.execute_tool.duration", { "gen_ai.tool.name": tool }, histogram(seed, buckets));
    }
  }
  return all;
}

function request(n, timeUs) {
  const traceId = hex(n + 1, 32);
  const [resource] = processes(timeUs).slice(n % 4);
  const [type, outcome] = [TYPES[n % 6], OUTCOMES[(n % 7) % 6]];
  return {
    ...{ timeUs, eventName: "chainwatch.request", severityText: "INFO", body: null, traceId, spanId: hex(1, 16) },
    resource,
    attributes: {
      ...{ "chainwatch.request.id": `r${n}`, outcome, "chainwatch.request.type": type },
      ...{ "user.id": `user_${(n * 7919) % 1_000}`, "chainwatch.tenant": `tenant_${(n * 7919) % 40}` },
      ...{ "chainwatch.request.duration": 0.5 + (n % 50) / 10, "chainwatch.request.llm_calls": 4 },
      ...{ "chainwatch.request.cost": 0.00001 * (n % 997), "chainwatch.request.tokens.input": 20 + (n % 100) },
      ...{ "chainwatch.request.tokens.output": 18, "chainwatch.request.models": [MODELS[n % 4]] },
      ...{ "chainwatch.request.query": `how do I ${n % 500}`, "chainwatch.request.trace_sampled": true },
    },
  };
}

function trace(n, timeUs) {
  const { traceId, resource, attributes } = request(n, timeUs);
  return Array.from({ length: SPANS_OF_TRACE }, (_, i) => {
    const model = MODELS[n % 4];
    const call = {
      ...{ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model },
      ...{ "gen_ai.response.model": model, "gen_ai.response.finish_reasons": ["stop"] },
      ...{ "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cost": 0.00002 },
      ...{ "server.address": "api.openai.com", "server.port": 443, "gen_ai.request.temperature": 0.7 },
      // One in ten apps lets its messages be kept.
      ...(n % 10 === 0 && {
        "gen_ai.input.messages": JSON.stringify([
          { role: "user", parts: [{ type: "text", content: `Where is order ${n}? ${"It was due. ".repeat(20)}` }] },
        ]),
      }),
    };
    return {
      ...{ traceId, spanId: hex(i + 1, 16), parentSpanId: i === 0 ? undefined : hex(1, 16), resource },
      ...{ name: i === 0 ? `invoke_workflow flow-${n % 20}` : `chat ${model}`, kind: i === 0 ? "internal" : "client" },
      ...{ startTimeUs: timeUs + i, endTimeUs: timeUs + (5 + (n % 50)) * 100_000, status: "unset", statusMessage: "" },
      ...{ attributes: i === 0 ? attributes : call, events: [], scopeName: "chainwatch" },
    };
  });
}

/**
 * Fills a data folder: spans in the last 14 days, requests and metric points in all of them, until ten minutes after it
 * is made.
 *
 * @returns what was stored and how fast; `clock` is that of the data's end, Unix time in milliseconds
 */
export async function makeBigStore({ dataDir, spans: wanted, days }) {
  let endUs = Math.floor((Date.now() * 1_000) / HOUR_US) * HOUR_US + 1_234 * SECOND_US;
  // The clock follows the data, so that retention drops what is old as it would have.
  let clockMs = endUs / 1_000 - days * 86_400_000;
  const clock = () => clockMs;
  const retention = { days: 14, maxBytes: 1e11 };
  const store = await openTelemetryStore({ dataDir, retention, clock });
  const tracesOfHour = Math.round(wanted / SPANS_OF_TRACE / HOURS_OF_SPANS);
  let [requests, spans, pointRows, spanMs, pointMs] = [0, 0, 0, 0, 0];
  const nextRequest = (rows, timeUs, withSpans) => {
    rows.logs.push(request(requests, timeUs));
    if (withSpans) rows.spans.push(...trace(requests, timeUs));
    requests += 1;
  };
  for (let hour = days * 24; hour > 0; hour -= 1) {
    const fromUs = endUs - hour * HOUR_US;
    clockMs = fromUs / 1_000 + 3_600_000;
    const withSpans = hour <= HOURS_OF_SPANS;
    const ofHour = withSpans ? tracesOfHour : REQUESTS_OF_HOUR;
    for (let i = 0; i < ofHour; i += 100) {
      const rows = { spans: [], points: [], logs: [] };
      for (let j = i; j < Math.min(i + 100, ofHour); j += 1) {
        const timeUs = fromUs + Math.floor((j / ofHour) * 3_590) * SECOND_US;
        nextRequest(rows, timeUs, withSpans);
      }
      spans += rows.spans.length;
      const at = performance.now();
      await store.ingest(rows);
      if (withSpans) spanMs += performance.now() - at;
    }
    // Every 10 s in the last hour, every 5 minutes in the last day, every hour before.
    const stepUs = hour === 1 ? 10 * SECOND_US : hour <= 24 ? 300 * SECOND_US : HOUR_US;
    for (let timeUs = fromUs + stepUs; timeUs <= fromUs + HOUR_US; timeUs += stepUs) {
      const rows = points(timeUs, hour === 1 ? 5 : 40);
      pointRows += rows.length;
      const at = performance.now();
      await store.ingest({ spans: [], points: rows, logs: [] });
      pointMs += performance.now() - at;
    }
  }
  const [spansPerS, pointsPerS] = [(1_000 * spans) / spanMs, (1_000 * pointRows) / pointMs];
  // Making it took minutes.
  const everyUs = HOUR_US / tracesOfHour;
  let requestUs = endUs;
  while (endUs < Date.now() * 1_000 + AHEAD_US) {
    endUs += 10 * SECOND_US;
    clockMs = endUs / 1_000;
    const rows = { spans: [], points: points(endUs, 5), logs: [] };
    for (; requestUs < endUs; requestUs += everyUs) nextRequest(rows, Math.floor(requestUs / 1_000) * 1_000, true);
    await store.ingest(rows);
    pointRows += rows.points.length;
  }
  const nowMs = clockMs;
  await store.close();
  const middle = hex(requests - Math.floor(wanted / SPANS_OF_TRACE / 2), 32);
  return { endUs, nowMs, clock, retention, requests, pointRows, spansPerS, pointsPerS, middleTraceId: middle };
}
