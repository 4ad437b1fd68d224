// The local store at a million spans: rows a second, and how long each question takes.
//   npm run build && node bench/store.bench.mjs [spans]
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openTelemetryStore } from "../dist/esm/store/open-telemetry-store.js";

const SPANS = Number(process.argv[2] ?? 1_000_000);
const SPANS_OF_TRACE = 5;
const SPANS_OF_BATCH = 500;
const SECOND_US = 1_000_000;

const dataDir = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));
const now = Date.now();
const clock = () => now;
const retention = { days: 30, maxBytes: 1e11 };
const resource = { "service.name": "bench", "service.instance.id": "bench-1", "service.version": "1.0.0" };
const hex = (n, digits) => n.toString(16).padStart(digits, "0");
const MODELS = ["gpt-4o", "gpt-4o-mini", "claude-sonnet", "qwen-max"];

function span(n) {
  const trace = Math.floor(n / SPANS_OF_TRACE);
  const isRoot = n % SPANS_OF_TRACE === 0;
  const startTimeUs = (now - 3_600_000) * 1_000 + trace * 1_000;
  const attributes = isRoot
    ? {
        ...{ "chainwatch.request.id": `r${trace}`, "chainwatch.request.type": `type-${trace % 7}`, outcome: "success" },
        ...{ "user.id": `user_${trace % 1_000}`, "chainwatch.request.tokens.total": 38 + (trace % 100) },
        ...{ "chainwatch.request.cost": 0.00001 * (trace % 997), "chainwatch.request.llm_calls": 4 },
      }
    : {
        ...{ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": MODELS[n % 4] },
        ...{ "gen_ai.response.model": MODELS[n % 4], "gen_ai.response.finish_reasons": ["stop"] },
        ...{ "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cost": 0.00002 },
        ...{ "server.address": "api.openai.com", "server.port": 443, "gen_ai.request.temperature": 0.7 },
      };
  return {
    ...{ traceId: hex(trace + 1, 32), spanId: hex(n + 1, 16), kind: isRoot ? "internal" : "client", resource },
    parentSpanId: isRoot ? undefined : hex(n - (n % SPANS_OF_TRACE) + 1, 16),
    name: isRoot ? `invoke_workflow flow-${trace % 20}` : `chat ${MODELS[n % 4]}`,
    ...{ startTimeUs, endTimeUs: startTimeUs + (1 + (trace % 50)) * 100_000, status: "unset", statusMessage: "" },
    ...{ attributes, events: [], scopeName: "chainwatch" },
  };
}

function points(step) {
  const timeUs = (now - 3_600_000) * 1_000 + step * 10 * SECOND_US;
  return Array.from({ length: 100 }, (_, series) => ({
    ...{ metric: "chainwatch.request.duration", unit: "s", kind: "histogram", temporality: "cumulative", resource },
    ...{
      attributes: { "chainwatch.request.type": `type-${series}` },
      startTimeUs: (now - 3_600_000) * 1_000 - 1,
      timeUs,
    },
    value: {
      ...{ type: "exponential", count: 40 * (step + 1), sum: step + 1, min: 0.1, max: 9, scale: 3, zeroCount: 0 },
      ...{ zeroThreshold: 0, positive: { offset: -20, counts: new Array(40).fill(step + 1) } },
      negative: { offset: 0, counts: [] },
    },
  }));
}

async function timed(what, work, times = 5) {
  const took = [];
  for (let i = 0; i < times; i += 1) {
    const began = performance.now();
    await work();
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const worst = times > 1 ? `   slowest ${took.at(-1).toFixed(1)} ms` : "";
  console.log(`${what.padEnd(58)} ${took[Math.floor(times / 2)].toFixed(1).padStart(9)} ms${worst}`);
}

console.log(`Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown processor"}, ${SPANS} spans`);
const store = await openTelemetryStore({ dataDir, retention, clock });
const began = performance.now();
for (let n = 0; n < SPANS; n += SPANS_OF_BATCH) {
  const spans = Array.from({ length: SPANS_OF_BATCH }, (_, i) => span(n + i));
  await store.ingest({ spans, points: [], logs: [] });
}
const seconds = (performance.now() - began) / 1_000;
console.log(`ingest: ${Math.round(SPANS / seconds)} spans/s in batches of ${SPANS_OF_BATCH}`);
for (let step = 0; step < 360; step += 1) await store.ingest({ spans: [], points: points(step), logs: [] });
console.log(`on disk: ${Math.round((await store.status()).sizeBytes / 1e6)} MB`);

const middle = hex(Math.floor(SPANS / SPANS_OF_TRACE / 2), 32);
await timed("trace(id)", () => store.trace(middle));
await timed("traces({})", () => store.traces({}));
await timed("traces({ limit: 1000 })", () => store.traces({ limit: 1_000 }));
await timed("traces({ sort: slowest })", () => store.traces({ sort: "slowest" }));
await timed("traces({ sort: most_expensive })", () => store.traces({ sort: "most_expensive" }));
await timed("traces({ user, model })", () => store.traces({ user: "user_7", model: "gpt-4o" }));
await timed("traces({ user nobody has })", () => store.traces({ user: "nobody" }));
await timed("traces({ text: name, common })", () => store.traces({ text: "flow-7" }));
await timed("traces({ text: nowhere })", () => store.traces({ text: "nowhere" }));
await timed("status()", () => store.status());
const growth = (windowS) =>
  store.growth({
    metric: "chainwatch.request.duration",
    windows: [{ fromUs: (now - windowS * 1_000) * 1_000, toUs: now * 1_000 }],
  });
await timed("growth of 100 histograms over 5 minutes", () => growth(300));
await timed("growth of 100 histograms over 1 hour", () => growth(3_600));
await timed("close and open again", async () => store.close(), 1);
await timed("open", async () => (await openTelemetryStore({ dataDir, retention, clock })).close(), 1);
const smaller = { days: 30, maxBytes: 1e8 };
await timed(
  "open with a tenth of the size",
  async () => (await openTelemetryStore({ dataDir, retention: smaller, clock })).close(),
  1,
);
const later = () => now + 60 * 86_400_000;
await timed(
  "open two months later",
  async () => (await openTelemetryStore({ dataDir, retention, clock: later })).close(),
  1,
);
rmSync(dataDir, { recursive: true, force: true });
