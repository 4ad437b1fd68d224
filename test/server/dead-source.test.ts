import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PrometheusSource } from "../../src/query/prometheus/prometheus-source.js";
import { startEvaluatorServer } from "../../src/server/evaluator-server.js";
import { ruleOf } from "../alert/rule-of.js";
import { runWords } from "../cli/run-words.js";
import { call, json, runningServer, temporaryFolder } from "./running-server.js";

const RULES = [ruleOf({ intervalS: 3600 }), ruleOf({ id: "dear", indicator: "cost.total", intervalS: 3600 })];

let port: number;
let backend: Server | undefined;
let logged: string[];

/** Has no data. */
function startBackend(at: number): Promise<number> {
  const started = createServer((request, response) => {
    const data = request.url?.startsWith("/api/v1/labels") ? [] : { resultType: "vector", result: [] };
    response.setHeader("content-type", "application/json");
    request.resume().on("end", () => response.end(JSON.stringify({ status: "success", data })));
  });
  backend = started;
  return new Promise((resolve, reject) => {
    started.on("error", reject);
    started.listen(at, "127.0.0.1", () => resolve((started.address() as AddressInfo).port));
  });
}

function stopBackend(): Promise<void> {
  const stopping = backend;
  backend = undefined;
  stopping?.closeAllConnections();
  return new Promise((resolve) => (stopping === undefined ? resolve() : stopping.close(() => resolve())));
}

beforeEach(async () => {
  logged = [];
  port = await startBackend(0);
  await stopBackend();
});

afterEach(stopBackend);

test("a server whose source is dead lives and stores, and says in its log, its status and the list that rules have no answer", async () => {
  const url = `http://127.0.0.1:${port}`;
  const server = await runningServer({ rules: RULES, source: { url }, log: (line) => logged.push(line) });
  await server.evaluateNow();
  await server.evaluateNow();
  expect(logged).toEqual([
    `Rules: 2 of 2 that ask prometheus ${url} have no answer and keep the state of their alerts: prometheus ${url}: nothing listens there → start it or correct --source`,
  ]);
  expect((await json(server, "/api/status")).source_health).toEqual([
    {
      source: `prometheus ${url}`,
      rules: 2,
      without_answer: ["slow", "dear"],
      failing_since: expect.stringMatching(/Z$/),
      error: expect.stringContaining("nothing listens there"),
    },
  ]);
  expect((await call(server, "/readyz")).status).toBe(200);
  expect(await runWords(["alerts", "list", "--url", server.url])).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/2 of 2 rules have no answer: prometheus \S+: nothing listens there/),
  });

  await startBackend(port);
  await server.evaluateNow();
  expect(logged.slice(1)).toEqual([expect.stringMatching(`^Rules: prometheus ${url} answers again, after \\d+s$`)]);
  expect((await json(server, "/api/status")).source_health).toEqual([
    { source: `prometheus ${url}`, rules: 2, without_answer: [] },
  ]);
  expect((await runWords(["alerts", "list", "--url", server.url])).code).toBe(0);
});

test("an evaluator alone says the same", async () => {
  const url = `http://127.0.0.1:${port}`;
  const source = new PrometheusSource({ url });
  const evaluator = await startEvaluatorServer({
    dataDir: temporaryFolder(),
    host: "127.0.0.1",
    port: 0,
    token: undefined,
    externalUrl: undefined,
    language: "en",
    source,
    exprSource: source,
    rules: RULES,
    pageUrl: undefined,
    channels: [],
    log: (line) => logged.push(line),
  });
  try {
    await expect.poll(() => logged).toEqual([expect.stringMatching(/^Rules: 2 of 2 that ask prometheus /)]);
    const status = await (await fetch(`${evaluator.url}/api/status`)).json();
    expect(status).toMatchObject({
      version: expect.stringMatching(/^\d/),
      source_health: [{ without_answer: ["slow", "dear"] }],
    });
  } finally {
    await evaluator.close();
  }
});
