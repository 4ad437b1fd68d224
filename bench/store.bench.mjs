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
import { makeBigStore } from "./big-store.mjs";

const SPANS = Number(process.argv[2] ?? 1_000_000);
const DAYS = Number(process.argv[3] ?? 90);
const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const [RUNS, RUNS_FOR_MS] = [20, 4_000];

const dataDir = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));

const seconds = (began) => ((performance.now() - began) / 1_000).toFixed(0);
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ` +
    `load ${loadavg()[0].toFixed(1)}; ${SPANS} spans, ${DAYS} days`,
);
const began = performance.now();
const made = await makeBigStore({ dataDir, spans: SPANS, days: DAYS });
const { endUs, nowMs, clock, retention } = made;
const opening = performance.now();
const store = await openTelemetryStore({ dataDir, retention, clock });
console.log(`made in ${seconds(began)} s; opened in ${(performance.now() - opening).toFixed(0)} ms`);
console.log(`spans and records: ${Math.round(made.spansPerS)} spans/s; points: ${Math.round(made.pointsPerS)}/s`);
const status = await store.status();
console.log(
  `${status.spans} spans, ${status.requests} of ${made.requests} requests, ${status.points} of ${made.pointRows} points, on disk: ${Math.round(status.sizeBytes / 1e6)} MB\n`,
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
await timed("trace by id", () => store.trace(made.middleTraceId), 20);
await timed("requests of a trace", () => store.requests({ traceId: made.middleTraceId }), 20);
await timed("errors of a trace", () => store.errors({ traceId: made.middleTraceId }), 20);
await timed("status", async () => [await store.status()]);
await store.close();
rmSync(dataDir, { recursive: true, force: true });
console.log(late === 0 ? "\nall within their time" : `\n${late} late`);
