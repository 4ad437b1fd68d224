// An evaluation of many rules against a real VictoriaMetrics, and beside a real vmalert on the same rules.
//   npm run build && node bench/rules.bench.mjs
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RULE_OPTIONAL_PARTS } from "../dist/esm/alert/default-rules.js";
import { createEvaluator } from "../dist/esm/alert/evaluator.js";
import { exportPrometheusRules, RULES_TARGETS } from "../dist/esm/alert/export/prometheus-rules.js";
import { rulesExportText } from "../dist/esm/alert/export/rules-export-text.js";
import { SqliteAlertJournal } from "../dist/esm/alert/sqlite-alert-journal.js";
import { PrometheusSource } from "../dist/esm/query/prometheus/prometheus-source.js";

const QUESTIONS = 50;
const TYPES = 100;
const OUTCOMES = ["success", "error"];
const EVALUATIONS = 7;
const INTERVAL_S = 5;
const INDICATORS = [
  { indicator: "requests.count", unit: "requests", when: { op: ">", value: 1e6 } },
  { indicator: "response_time.avg", unit: "s", when: { op: ">", value: 60 } },
  { indicator: "error_rate", unit: "%", when: { op: ">", value: 90 } },
  { indicator: "requests.rate", unit: "req/s", when: { op: ">", value: 1e4 } },
];

const folder = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));
const running = [];

function program(name) {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const path = join(cache, "chainwatch", "parts", `${name}-1.150.0`, name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not at ${path}: npm run test:pipeline builds it`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function start(name, args) {
  const port = await freePort();
  const child = spawn(program(name), [...args, `-httpListenAddr=127.0.0.1:${port}`], { stdio: "ignore" });
  running.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const ready = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return { url, child };
    await delay(50);
  }
}

async function stop(child) {
  const ended = new Promise((exit) => child.once("exit", exit));
  child.kill("SIGTERM");
  await ended;
}

/** 200 series a service, for the last 20 minutes. */
async function fill(url) {
  const nowMs = Date.now();
  const timestamps = Array.from({ length: 40 }, (_, i) => nowMs - (39 - i) * 30_000);
  for (let service = 0; service < QUESTIONS; service += 1) {
    const lines = [];
    for (let type = 0; type < TYPES; type += 1) {
      for (const outcome of OUTCOMES) {
        const labels = {
          "service.name": `service-${service}`,
          "service.instance.id": `instance-${service}`,
          "chainwatch.request.type": `type-${type}`,
          outcome,
        };
        const each = outcome === "success" ? 20 : 1;
        for (const [part, scale] of [
          ["count", each],
          ["sum", each * 1.5],
        ]) {
          const metric = { __name__: `chainwatch.request.duration_${part}`, ...labels };
          lines.push(JSON.stringify({ metric, values: timestamps.map((_, i) => i * scale), timestamps }));
        }
      }
    }
    await fetch(`${url}/api/v1/import`, { method: "POST", body: lines.join("\n") });
  }
  await fetch(`${url}/internal/force_flush`);
}

/** @param questions how many different ones the rules share */
function rulesOf(count, questions) {
  return Array.from({ length: count }, (_, n) => {
    const question = n % questions;
    const { when, unit, indicator } = INDICATORS[question % INDICATORS.length];
    return {
      ...RULE_OPTIONAL_PARTS,
      ...{ id: `rule-${n}`, name: { en: `Rule ${n}`, zh: `规则 ${n}` }, unit, intervalS: INTERVAL_S },
      question: {
        ...{ kind: "indicator", indicator, by: ["type"], where: { service: `service-${question % QUESTIONS}` } },
        windowS: 300 + Math.floor(question / QUESTIONS),
      },
      when: { ...when, value: when.value + Math.floor(n / questions) },
    };
  });
}

/** CPU time that the server has used so far, milliseconds. */
async function cpuOf(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return 1000 * Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]);
}

/** An evaluation of all rules, milliseconds: wall time, and CPU time of this process and of the backend. */
async function evaluate(url, rules) {
  const journal = await SqliteAlertJournal.open(mkdtempSync(join(folder, "journal-")));
  const evaluator = await createEvaluator({
    ...{ rules, source: new PrometheusSource({ url }, { timeoutS: 60 }), journal, queryTimeoutS: 60 },
    onTransitions: () => undefined,
    log: (message) => console.error(message),
  });
  const took = [];
  const backendCpu = await cpuOf(url);
  const ownCpu = process.cpuUsage();
  for (let i = 0; i < EVALUATIONS; i += 1) {
    const began = performance.now();
    const view = await evaluator.evaluateNow();
    took.push(performance.now() - began);
    const { error } = view.rules.find((rule) => rule.error !== undefined) ?? {};
    if (error !== undefined) throw new Error(error);
    if (view.rules.some(({ value }) => value === undefined)) throw new Error("a rule has no value");
  }
  const { user, system } = process.cpuUsage(ownCpu);
  const result = {
    ...{ wall: median(took), slowest: Math.max(...took), own: (user + system) / 1000 / EVALUATIONS },
    backend: ((await cpuOf(url)) - backendCpu) / EVALUATIONS,
  };
  await evaluator.stop();
  await journal.close();
  return result;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** An evaluation by vmalert's own figures, milliseconds. */
async function evaluateWithVmalert(url, rules, concurrency) {
  const exported = exportPrometheusRules(rules, RULES_TARGETS.victoriametrics);
  const groups = exported.groups.map((group) => ({ ...group, concurrency }));
  const file = join(folder, `rules-${concurrency}.yml`);
  writeFileSync(file, rulesExportText({ ...exported, groups }, "en"));
  const vmalert = await start("vmalert", [
    ...[`-rule=${file}`, `-datasource.url=${url}`, "-notifier.blackhole", "-rule.evalDelay=0s"],
  ]);
  const figures = async () => {
    const metrics = await (await fetch(`${vmalert.url}/metrics`)).text();
    const figure = (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(metrics)?.[1] ?? 0);
    return {
      count: figure("vmalert_iteration_duration_seconds_count"),
      wall: 1000 * figure("vmalert_iteration_duration_seconds_sum"),
      own: 1000 * figure("process_cpu_seconds_total"),
      backend: await cpuOf(url),
    };
  };
  const begin = await figures();
  for (;;) {
    const end = await figures();
    const evaluations = end.count - begin.count;
    if (evaluations >= 3) {
      await stop(vmalert.child);
      return Object.fromEntries(
        ["wall", "own", "backend"].map((figure) => [figure, (end[figure] - begin[figure]) / evaluations]),
      );
    }
    await delay(100);
  }
}

function line(what, { wall, slowest, own, backend }) {
  const cell = (ms) => (ms === undefined ? "" : Math.round(ms).toString()).padStart(9);
  console.log(what.padEnd(50) + [wall, slowest, own, backend].map(cell).join(""));
}

try {
  const backend = await start("victoria-metrics", [
    ...[`-storageDataPath=${join(folder, "data")}`, "-search.latencyOffset=1ms"],
  ]);
  await fill(backend.url);
  console.log(
    "milliseconds an evaluation".padEnd(50) +
      ["wall", "slowest", "own CPU", "backend"].map((h) => h.padStart(9)).join(""),
  );
  for (const count of [10, 100, 1000, 10_000]) {
    const questions = Math.min(count, QUESTIONS);
    line(`${count} rules over ${questions} questions`, await evaluate(backend.url, rulesOf(count, QUESTIONS)));
  }
  const distinct = rulesOf(1000, 1000);
  line("1000 rules over 1000 questions", await evaluate(backend.url, distinct));
  for (const concurrency of [1, 8]) {
    const result = await evaluateWithVmalert(backend.url, distinct, concurrency);
    line(`vmalert, the same 1000 rules, ${concurrency} at a time`, result);
  }
} finally {
  for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
