// The local store with a million spans and 90 days of roll-ups: how long what each view asks takes.
//   npm run build && node bench/store.bench.mjs [spans] [days]
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { boardFigures } from "../dist/esm/query/board-figures.js";
import { IndicatorSource } from "../dist/esm/query/indicator-source.js";
import { LocalMetricSource } from "../dist/esm/query/local-metric-source.js";
import { LocalRecordSource } from "../dist/esm/query/local-record-source.js";
import { openTelemetryStore } from "../dist/esm/store/open-telemetry-store.js";

const SPANS = Number(process.argv[2] ?? 1_000_000);
const DAYS = Number(process.argv[3] ?? 90);
const SPANS_OF_TRACE = 5;
const HOURS_OF_SPANS = 14 * 24;
const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const REQUESTS_OF_HOUR = 200;
const [RUNS, RUNS_FOR_MS] = [20, 4_000];

const MODELS = ["gpt-4o", "gpt-4o-mini", "claude-sonnet", "qwen-max"];
const TYPES = ["chat", "rag", "summary", "agent", "classify", "extract"];
const OUTCOMES = ["success", "success", "success", "success", "error", "timeout"];
const TOKENS = ["input", "output", "cache_read", "cache_write", "reasoning"];
const TOOLS = ["search", "calculator", "sql", "mail", "weather"];

const dataDir = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));
const endUs = Math.floor((Date.now() * 1_000) / HOUR_US) * HOUR_US + 1_234 * SECOND_US;
const nowMs = endUs / 1_000;
// The clock follows the data, so that retention drops what is old as it would have.
let clockMs = nowMs - DAYS * 86_400_000;
const clock = () => clockMs;
const retention = { days: 14, maxBytes: 1e11 };

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

const seconds = (began) => ((performance.now() - began) / 1_000).toFixed(0);
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ` +
    `load ${loadavg()[0].toFixed(1)}; ${SPANS} spans, ${DAYS} days`,
);
let store = await openTelemetryStore({ dataDir, retention, clock });
const began = performance.now();
const tracesOfHour = Math.round(SPANS / SPANS_OF_TRACE / HOURS_OF_SPANS);
let [requests, spans, pointRows, spanMs, pointMs] = [0, 0, 0, 0, 0];
for (let hour = DAYS * 24; hour > 0; hour -= 1) {
  const fromUs = endUs - hour * HOUR_US;
  clockMs = fromUs / 1_000 + 3_600_000;
  const withSpans = hour <= HOURS_OF_SPANS;
  const ofHour = withSpans ? tracesOfHour : REQUESTS_OF_HOUR;
  for (let i = 0; i < ofHour; i += 100) {
    const rows = { spans: [], points: [], logs: [] };
    for (let j = i; j < Math.min(i + 100, ofHour); j += 1) {
      const timeUs = fromUs + Math.floor((j / ofHour) * 3_590) * SECOND_US;
      rows.logs.push(request(requests, timeUs));
      if (withSpans) rows.spans.push(...trace(requests, timeUs));
      requests += 1;
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
clockMs = nowMs;
await store.close();
const opening = performance.now();
store = await openTelemetryStore({ dataDir, retention, clock });
console.log(`made in ${seconds(began)} s; opened in ${(performance.now() - opening).toFixed(0)} ms`);
console.log(
  `spans and records: ${Math.round((1_000 * spans) / spanMs)} spans/s; points: ${Math.round((1_000 * pointRows) / pointMs)}/s`,
);
const status = await store.status();
console.log(
  `${status.spans} spans, ${status.requests} of ${requests} requests, ${status.points} of ${pointRows} points, on disk: ${Math.round(status.sizeBytes / 1e6)} MB\n`,
);

const source = new IndicatorSource(new LocalMetricSource(store), new LocalRecordSource(store));
let late = 0;
async function timed(what, work, mostMs = 300) {
  const took = [];
  const until = performance.now() + RUNS_FOR_MS;
  let size = 0;
  while (took.length < 3 || (took.length < RUNS && performance.now() < until)) {
    const at = performance.now();
    size = (await work()).length ?? 0;
    took.push(performance.now() - at);
  }
  took.sort((a, b) => a - b);
  const share = (q) => took[Math.min(took.length - 1, Math.ceil(q * took.length) - 1)].toFixed(1).padStart(8);
  const isLate = Number(share(0.95)) > mostMs;
  if (isLate) late += 1;
  console.log(
    `${what.padEnd(52)} ${share(0.5)} ${share(0.95)} ${share(1)}  ${String(size).padStart(5)} ${isLate ? "LATE" : ""}`,
  );
}

console.log(`${"milliseconds".padEnd(52)} ${"p50".padStart(8)} ${"p95".padStart(8)} ${"worst".padStart(8)}  lines`);
const [HOUR_S, DAY_S] = [3_600, 86_400];
for (const [name, windowS] of [
  ["5 min", 300],
  ["1 h", HOUR_S],
  ["24 h", DAY_S],
  ["7 d", 7 * DAY_S],
  ["30 d", 30 * DAY_S],
  ["90 d", 90 * DAY_S],
]) {
  await timed(
    `board, all figures: ${name}`,
    async () => (await boardFigures(source, { windowS, atMs: nowMs })).indicators,
  );
}
const series = (indicator, stepS, count, by) => {
  const toMs = Math.floor(nowMs / (stepS * 1_000)) * stepS * 1_000;
  return source.querySeries(
    { indicator, windowS: stepS, by },
    { fromMs: toMs - (count - 1) * stepS * 1_000, toMs, stepMs: stepS * 1_000 },
  );
};
const SPANS_OF_TIME = [
  ["1 h", 30, 120],
  ["6 h", 300, 72],
  ["24 h", 900, 96],
  ["7 d", HOUR_S, 168],
  ["30 d", 6 * HOUR_S, 120],
  ["90 d", DAY_S, 90],
];
for (const [indicator, by] of [
  ["response_time.p95", []],
  ["response_time.p95", ["type"]],
  ["requests.count", ["instance"]],
  ["success_rate", ["release"]],
  ["cost.total", ["model"]],
  ["tokens.total", ["model"]],
  ["concurrency.peak", []],
  ["users.active", []],
  ["cost.total", ["tenant"]],
]) {
  for (const [name, stepS, count] of SPANS_OF_TIME) {
    await timed(`series: ${indicator} by ${by[0] ?? "nothing"}, ${name}`, () => series(indicator, stepS, count, by));
  }
}
for (const days of [1, 30, 90]) {
  for (const by of ["model", "type", "release", "tenant", "user"]) {
    await timed(`costs by ${by}: ${days} d`, () =>
      source.query({ indicator: "cost.total", windowS: days * DAY_S, atMs: nowMs, by: [by] }),
    );
  }
  await timed(`active users by service: ${days} d`, () =>
    source.query({ indicator: "users.active", windowS: days * DAY_S, atMs: nowMs, by: ["service"] }),
  );
  await timed(`requests by type: ${days} d`, () =>
    source.query({ indicator: "requests.by_type", windowS: days * DAY_S, atMs: nowMs }),
  );
}
await timed("top queries: 24 h", () => source.query({ indicator: "queries.top", windowS: DAY_S, atMs: nowMs }));

const day = { fromMs: nowMs - 86_400_000 };
for (const [what, filter] of [
  ["newest", {}],
  ["1000", { limit: 1_000 }],
  ["of a service", { service: "desk" }],
  ["of a type", { type: "agent" }],
  ["of a user", { user: "user_7" }],
  ["of a user whom nobody knows", { user: "nobody" }],
  ["of a user and model", { user: "user_8", model: "gpt-4o" }],
  ["of a model", { model: "qwen-max" }],
  ["of a model that nobody uses", { model: "none" }],
  ["that failed", { outcome: "error" }],
  ["with an outcome that none has", { outcome: "abandoned" }],
  ["longer than 5 s", { minDurationS: 5 }],
  ["longer than 60 s", { minDurationS: 60 }],
  ["slowest", { sort: "slowest" }],
  ["slowest of a type", { sort: "slowest", type: "agent" }],
  ["most expensive", { sort: "most_expensive" }],
  ["most expensive of a model", { sort: "most_expensive", model: "gpt-4o" }],
  ["most expensive of a user", { sort: "most_expensive", user: "user_7" }],
  ["text in a name, common", { text: "flow-7" }],
  ["text in a message, rare", { text: "Where is order 77770?" }],
  ["text of two letters", { text: "qz" }],
  ["text that is nowhere", { text: "nowhere" }],
  ["text that is nowhere, of a user", { text: "nowhere", user: "user_7" }],
]) {
  await timed(`traces, ${what}`, () => store.traces(filter));
  await timed(`traces of a day, ${what}`, () => store.traces({ ...filter, ...day }));
}
for (const [what, filter] of [
  ["newest", {}],
  ["of a user", { user: "user_7" }],
  ["of a user whom nobody knows", { user: "nobody" }],
  ["of a model, a day", { model: "gpt-4o", ...day }],
  ["that failed", { outcome: "timeout" }],
  ["slowest that ended in an hour", { sort: "slowest", ended: { fromUs: endUs - HOUR_US, toUs: endUs } }],
  ["slowest that ended in a day", { sort: "slowest", ended: { fromUs: endUs - 24 * HOUR_US, toUs: endUs } }],
]) {
  await timed(`requests, ${what}`, () => store.requests({ limit: 100, ...filter }));
}
const middle = hex(requests - Math.floor(SPANS / SPANS_OF_TRACE / 2), 32);
await timed("trace by id", () => store.trace(middle), 20);
await timed("requests of a trace", () => store.requests({ traceId: middle }), 20);
await timed("errors of a trace", () => store.errors({ traceId: middle }), 20);
await timed("status", async () => [await store.status()]);
await store.close();
rmSync(dataDir, { recursive: true, force: true });
console.log(late === 0 ? "\nall within their time" : `\n${late} late`);
