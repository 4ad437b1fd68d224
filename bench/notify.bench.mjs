// From a condition that becomes true in an app to the message at its receiver: in local mode, and through a real
// Collector and Prometheus. At most one export, one evaluation and a second.
//   npm run build && node bench/notify.bench.mjs
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const INCIDENTS = 30;
const MEAN_PAUSE_MS = 1000;
/** To an endpoint of this machine. */
const EXPORT_S = 2;
const INTERVAL_S = 5;
const LIMIT_S = EXPORT_S + INTERVAL_S + 1;

const SELF = fileURLToPath(import.meta.url);
const CLI = fileURLToPath(new URL("../dist/esm/cli.js", import.meta.url));

/** A watched app. Every line that it reads is the type of a request that fails; it says when that was. */
async function app() {
  const { instrument, withRequest } = await import("../dist/esm/index.js");
  instrument({ serviceName: "bench-app" });
  for await (const requestType of createInterface({ input: process.stdin })) {
    await withRequest({ requestType }, async () => {
      throw new Error("out of order");
    }).catch(() => undefined);
    console.log(JSON.stringify({ requestType, failedMs: Date.now() }));
  }
}

const running = [];
const folder = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));

function start(program, args, env, cwd = folder) {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(program, args, { cwd, env: { PATH, HOME, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  running.push(child);
  return child;
}

async function stop(child) {
  if (child.exitCode !== null) return;
  const ended = new Promise((exit) => child.once("exit", exit));
  child.kill("SIGTERM");
  await ended;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function ready(url, child) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`what should answer at ${url} ended with ${child.exitCode}`);
    const answers = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    await delay(50);
  }
}

function part(name) {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "chainwatch", "parts");
  const made = existsSync(cache) ? readdirSync(cache).filter((key) => key.startsWith(`${name}-`)) : [];
  const path = made.map((key) => join(cache, key, name)).find((file) => existsSync(file));
  if (path === undefined) throw new Error(`${name} is not in ${cache}: npm run test:pipeline builds it`);
  return path;
}

/** Takes messages; `times` has when the first about each request type came. */
async function receiver() {
  const times = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const nowMs = Date.now();
    for (const { status, labels } of JSON.parse(Buffer.concat(chunks).toString()).alerts) {
      // The default rules tell of them too, of all types together.
      const isIncident = status === "firing" && labels.type !== undefined;
      if (isIncident && !times.has(labels.type)) times.set(labels.type, nowMs);
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  return { times, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** One request of a type of its own fails at a time of its own, again and again. */
async function measure(what, otlpUrl, times) {
  const child = start(process.execPath, [SELF, "app"], { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl });
  const failed = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return;
    const { requestType, failedMs } = JSON.parse(line);
    failed.set(requestType, failedMs);
  });
  const arrived = async (count) => {
    const end = Date.now() + 30_000;
    while (times.size < count && Date.now() < end) await delay(50);
  };
  // A backend that never had a metric is looked through for it again only after some seconds: said by itself.
  child.stdin.write("first\n");
  await arrived(1);
  for (let incident = 0; incident < INCIDENTS; incident += 1) {
    await delay(Math.random() * 2 * MEAN_PAUSE_MS);
    child.stdin.write(`type-${incident}\n`);
  }
  await arrived(1 + INCIDENTS);
  await stop(child);
  const [first, ...took] = [...failed].map(([type, failedMs]) => ((times.get(type) ?? Number.NaN) - failedMs) / 1000);
  took.sort((a, b) => a - b);
  const shown = (seconds) => `${seconds.toFixed(2)} s`.padStart(8);
  const [median, slowest] = [took[Math.floor(took.length / 2)], took.at(-1)];
  const verdict = took.length === INCIDENTS && slowest <= LIMIT_S ? "" : "   NOT within the limit";
  console.log(
    `${what.padEnd(36)} median ${shown(median)}   slowest ${shown(slowest)}   limit ${shown(LIMIT_S)}   the very first ${shown(first)}${verdict}`,
  );
  if (verdict !== "") process.exitCode = 1;
}

function config() {
  const rule = { id: "failing", indicator: "error_rate", by: ["type"], window: "5m", when: "> 1%" };
  const file = join(mkdtempSync(join(folder, "config-")), "chainwatch.yaml");
  const receivers = [{ name: "bench", webhook: { url: `\${RECEIVER}` } }];
  writeFileSync(file, JSON.stringify({ defaults: { interval: `${INTERVAL_S}s` }, rules: [rule], receivers }));
  return file;
}

async function local() {
  const { times, url, close } = await receiver();
  const port = await freePort();
  const options = ["--port", port, "--data-dir", join(folder, "local"), "--config", config()];
  const server = start(process.execPath, [CLI, "serve", ...options.map(String)], { RECEIVER: url });
  server.stdout.resume();
  await ready(`http://127.0.0.1:${port}/readyz`, server);
  await measure("local mode", `http://127.0.0.1:${port}`, times);
  await stop(server);
  close();
}

async function pipeline() {
  const { times, url, close } = await receiver();
  const [http, grpc, otlp, health, telemetry, api] = await Promise.all(Array.from({ length: 6 }, freePort));
  const prometheusConfig = join(folder, "prometheus.yml");
  const promoted = ["service.name", "service.version", "service.instance.id", "deployment.environment.name"];
  const storage = { tsdb: { out_of_order_time_window: "1d" } };
  writeFileSync(prometheusConfig, JSON.stringify({ otlp: { promote_resource_attributes: promoted }, storage }));
  const prometheus = start(part("prometheus"), [
    ...[`--config.file=${prometheusConfig}`, `--storage.tsdb.path=${join(folder, "prometheus")}`],
    ...[`--web.listen-address=127.0.0.1:${http}`, "--web.enable-otlp-receiver", "--log.level=error"],
  ]);
  const token = join(folder, "token");
  writeFileSync(token, "none");
  const nowhere = "127.0.0.1:9";
  const collectorConfig = fileURLToPath(new URL("../otel-collector/collector.yaml", import.meta.url));
  const collector = start(
    part("otelcol-chainwatch"),
    ["--config", collectorConfig, "--set=service::telemetry::logs::level=fatal"],
    {
      ...{ OTLP_GRPC_ADDRESS: `127.0.0.1:${grpc}`, OTLP_HTTP_ADDRESS: `127.0.0.1:${otlp}` },
      ...{ HEALTH_ADDRESS: `127.0.0.1:${health}`, TELEMETRY_HOST: "127.0.0.1", TELEMETRY_PORT: String(telemetry) },
      ...{ JAEGER_ENDPOINT: nowhere, CHAINWATCH_ENDPOINT: `http://${nowhere}`, CHAINWATCH_TOKEN_FILE: token },
      ...{ PROMETHEUS_ENDPOINT: `http://127.0.0.1:${http}/api/v1/otlp` },
      ...{ QUEUE_DIR: join(folder, "queue"), RECORDS_DIR: join(folder, "records") },
    },
  );
  for (const child of [prometheus, collector]) child.stdout.resume();
  await Promise.all([
    ready(`http://127.0.0.1:${http}/-/ready`, prometheus),
    ready(`http://127.0.0.1:${health}/`, collector),
  ]);
  const options = ["--port", api, "--data-dir", join(folder, "alerts"), "--config", config()];
  const command = [CLI, "rules", "run", "--source", `prometheus=http://127.0.0.1:${http}`];
  const evaluator = start(process.execPath, [...command, ...options.map(String)], { RECEIVER: url });
  evaluator.stdout.resume();
  await ready(`http://127.0.0.1:${api}/healthz`, evaluator);
  await measure("through the Collector and Prometheus", `http://127.0.0.1:${otlp}`, times);
  for (const child of [evaluator, collector, prometheus]) await stop(child);
  close();
}

if (process.argv[2] === "app") {
  await app();
} else {
  try {
    await local();
    await pipeline();
  } finally {
    for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
