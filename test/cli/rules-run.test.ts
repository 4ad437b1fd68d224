import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FlippingBackend, isBad } from "../pipeline/parts/flipping-backend.js";
import { requestDurationsBody, requestRecordBody } from "../server/example-telemetry.js";
import { post, runningServer } from "../server/running-server.js";
import { CliProcess, emptyFolder, removeFolder } from "./cli-process.js";

let cwd: string;
let backend: FlippingBackend;
let prometheus: string;
const running: CliProcess[] = [];

beforeEach(async () => {
  cwd = emptyFolder();
  backend = new FlippingBackend();
  prometheus = `prometheus=${await backend.start()}`;
});

afterEach(async () => {
  for (const process of running.splice(0)) await process.kill();
  backend.close();
  removeFolder(cwd);
});

function rulesRun(args: string[], env: Record<string, string> = {}): CliProcess {
  const process = new CliProcess(["rules", "run", "--port", "0", ...args], { cwd, env });
  running.push(process);
  return process;
}

/** The JSON at an address, read as a client without types would. */
// biome-ignore lint/suspicious/noExplicitAny: see above
const jsonAt = async (address: string): Promise<any> => (await fetch(address)).json();

const rules = (text: string): void => writeFileSync(join(cwd, "chainwatch.yaml"), text);

const EXPR_RULES =
  'defaults: { interval: 1d, window: 1d }\nrules:\n  - { id: flip, expr: flip_a, when: "> 5", interval: 1s }\n';

test("evaluates on a Prometheus, keeps its journal, and has the API of alerts alone", async () => {
  rules(EXPR_RULES);
  const evaluator = rulesRun(["--source", prometheus]);
  const [, url] = await evaluator.prints(
    /^✓ evaluator {2}(http:\S+) {3}source prometheus http:\S+ {3}data \.chainwatch\/data {3}rules 7\n/,
  );
  const get = (path: string) => fetch(url + path);
  const transitions = async () => (await jsonAt(`${url}/api/alerts/history?rule=flip`)).transitions;
  await expect.poll(async () => (await transitions()).length, { timeout: 20_000 }).toBeGreaterThan(1);
  for (const { at, to } of await transitions())
    expect([at, to === "firing"]).toEqual([at, isBad("flip_a", Date.parse(at) / 1000)]);
  expect(await jsonAt(`${url}/api/rules`)).toMatchObject({
    rules: { length: 7 },
    file: { path: "chainwatch.yaml" },
  });
  expect(await jsonAt(`${url}/api/silences`)).toEqual({ silences: [] });
  expect(await (await get("/metrics")).text()).toMatch(/chainwatch_evaluator_evaluations_total [1-9]/);
  expect([(await get("/healthz")).status, (await get("/readyz")).status]).toEqual([200, 200]);
  const others = ["/", "/api/traces", "/api/indicators"];
  expect(await Promise.all(others.map(async (path) => (await get(path)).status))).toEqual([404, 404, 404]);
  expect(await jsonAt(`${url}/api/status`)).toMatchObject({ source_health: [{ without_answer: [] }] });
  const sent = await fetch(`${url}/v1/traces`, { method: "POST", body: "{}" });
  expect([sent.status, await sent.text()]).toEqual([404, expect.stringContaining("takes no telemetry")]);
  evaluator.signal("SIGTERM");
  expect(await evaluator.ended()).toBe(0);
  expect(evaluator.stderr).toBe("");
  expect(readdirSync(join(cwd, ".chainwatch/data"))).toEqual(["alerts.db", "alerts.db-lock"]);
});

test("asks a running server, also what only request records can answer, and links to requests and a trace there", async () => {
  const server = await runningServer({ rules: [] });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const record = { requestId: "r1", traceId, userId: "ann", outcome: "error", durationS: 1 } as const;
  await post(server, "/v1/logs", requestRecordBody(record));
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  rules(
    'defaults: { window: 1m, interval: 1s }\nrules:\n  - { id: users, indicator: users.active, when: "> 1000", interval: 1s }\n',
  );
  const evaluator = rulesRun(["--source", `local=${server.url}`, "--json"]);
  const [line] = await evaluator.prints(/^.*\n/);
  expect(JSON.parse(line)).toMatchObject({ event: "listening", source: `local ${server.url}`, rules: 7 });
  const [alert] = await evaluator.prints(/^\{"event":"alert".*very-low-success-rate.*$/m);
  expect(JSON.parse(alert)).toMatchObject({
    to: "firing",
    value: 50,
    requests_url: expect.stringContaining(`${server.url}/requests?`),
    trace_url: `${server.url}/traces/${traceId}`,
  });
  const view = await jsonAt(`${JSON.parse(line).url}/api/alerts`);
  expect(view.rules.filter(({ error }: { error?: string }) => error)).toEqual([]);
  const tried = await fetch(`${JSON.parse(line).url}/api/rules/users/backtest`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: new Date(Date.now() - 30_000).toISOString(), when: "> 0" }),
  });
  expect(await tried.json()).toMatchObject({ failed: 0, fired: 1, firings: [{ value: 1 }], series: [{ labels: {} }] });
});

test("a rule that metrics cannot answer is refused at the start, with the cure", async () => {
  rules('rules:\n  - { id: users, indicator: users.active, when: "> 1000" }\n');
  const evaluator = rulesRun(["--source", prometheus]);
  expect(await evaluator.ended()).toBe(2);
  expect(evaluator.stderr).toMatch(
    /chainwatch\.yaml:2:\d+.*users\.active: only request records.*Send the request records/s,
  );
});

test("without a source it says which there are", async () => {
  const evaluator = rulesRun([]);
  expect(await evaluator.ended()).toBe(2);
  expect(evaluator.stderr).toContain("expected --source prometheus=URL");
});

test("a second one on the same journal is refused and told who holds it", async () => {
  rules(EXPR_RULES);
  const first = rulesRun(["--source", prometheus]);
  await first.prints(/rules 7\n/);
  const second = rulesRun(["--source", prometheus]);
  expect(await second.ended()).toBe(1);
  expect(second.stderr).toMatch(/alerts\.db is in use by process \d+ on \S+ since 2\S+: one evaluator at a time/);
});

test("a changed rules file is taken over, a bad one refused, while it runs", async () => {
  rules(EXPR_RULES);
  const evaluator = rulesRun(["--source", prometheus]);
  const [, url] = await evaluator.prints(/^✓ evaluator {2}(http:\S+)/);
  const file = async () => (await jsonAt(`${url}/api/rules`)).file;
  const { loaded_at: loadedAt } = await file();
  rules(EXPR_RULES.replace("> 5", "> 6"));
  await expect.poll(async () => (await file()).loaded_at).not.toBe(loadedAt);
  rules('rules:\n  - { id: users, indicator: users.active, when: "> 1000" }\n');
  await expect.poll(async () => (await file()).error?.message).toMatch(/only request records/);
  expect((await jsonAt(`${url}/api/alerts`)).rules).toHaveLength(7);
});
