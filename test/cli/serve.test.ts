import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answering, HttpService } from "../notify/http-service.js";
import { requestDurationsBody } from "../server/example-telemetry.js";
import { CliProcess, emptyFolder, removeFolder } from "./cli-process.js";

let cwd: string;
const running: CliProcess[] = [];

beforeEach(() => {
  cwd = emptyFolder();
});

afterEach(async () => {
  for (const process of running.splice(0)) await process.kill();
  removeFolder(cwd);
});

function chainwatch(...args: string[]): CliProcess {
  return chainwatchWith({}, ...args);
}

function chainwatchWith(env: Record<string, string>, ...args: string[]): CliProcess {
  const process = new CliProcess(args, { cwd, env });
  running.push(process);
  return process;
}

test.each(["SIGTERM", "SIGINT"] as const)("serve says where it listens, and ends cleanly at %s", async (signal) => {
  const serve = chainwatch("serve", "--port", "0");
  const [, url] = await serve.prints(
    /^✓ server {2}(http:\/\/127\.0\.0\.1:\d+) {3}data \.chainwatch\/data {3}rules 6\n/,
  );
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  serve.signal(signal);
  expect(await serve.ended()).toBe(0);
  expect(serve.stderr).toBe("");
  expect(readdirSync(join(cwd, ".chainwatch/data"))).toContain("telemetry.db");
});

test("serve --json: one object where it listens, then one an alert", async () => {
  const serve = chainwatch("serve", "--json", "--port", "0", "--config", "rules.yaml");
  writeFileSync(join(cwd, "rules.yaml"), "defaults: { window: 1m, interval: 1s }\n");
  const [line] = await serve.prints(/^.*\n/);
  const listening = JSON.parse(line);
  expect(listening).toEqual({
    event: "listening",
    url: expect.stringMatching(/^http:/),
    data_dir: join(cwd, ".chainwatch/data"),
    rules: 6,
    rules_file: "rules.yaml",
    receivers: [],
  });
  const headers = { "content-type": "application/json" };
  const body = requestDurationsBody({ success: 5, error: 5 });
  await fetch(`${listening.url}/v1/metrics`, { method: "POST", headers, body });
  const [alert] = await serve.prints(/^\{"event":"alert".*very-low-success-rate.*$/m);
  expect(JSON.parse(alert)).toMatchObject({ event: "alert", to: "firing", value: 50, threshold: 90 });
});

test("receivers of the file are told, and their secrets are nowhere in what the server says", async () => {
  const key = "a-key-that-nobody-may-read";
  const service = await HttpService.start(answering(403, `no access for ${key}`));
  const block = `receivers: [{ name: oncall, webhook: { url: "\${HOOK}", headers: { Authorization: "Bearer \${KEY}" } } }]`;
  writeFileSync(join(cwd, "chainwatch.yaml"), `defaults: { window: 1m, interval: 1s }\n${block}\n`);
  const serve = chainwatchWith({ HOOK: `${service.url}/hook/${key}-too`, KEY: key }, "serve", "--port", "0");
  const [, url] = await serve.prints(/^✓ server {2}(http:\S+) .* rules 6 {3}receivers oncall\n/);
  expect(serve.stderr).toMatch(
    /^! links in messages begin with http:\/\/127\.0\.0\.1:\d+ and open on this machine alone/,
  );

  const headers = { "content-type": "application/json" };
  await fetch(`${url}/v1/metrics`, { method: "POST", headers, body: requestDurationsBody({ success: 5, error: 5 }) });
  await expect.poll(() => service.posted.length).toBeGreaterThan(0);
  expect(service.posted[0]).toMatchObject({ headers: { authorization: `Bearer ${key}` } });
  await expect.poll(() => serve.stderr).toMatch(/oncall: alert \S+ \(firing\) did not arrive, and is given up: 403/);
  const history = await (await fetch(`${url}/api/alerts/history`)).text();
  expect(history).toContain('"failed"');
  expect(serve.stdout + serve.stderr + history).not.toContain(key);
});

test("with a token file the first start makes the token, and the log has an address that works once", async () => {
  const env = { CHAINWATCH_TOKEN_FILE: join(cwd, "token") };
  const codes = new Set<string>();
  for (const start of ["first", "second"]) {
    const serve = chainwatchWith(env, "serve", "--port", "0");
    const [, url = "", code = ""] = await serve.prints(/^✓ log in {2}(http:\S+)\/login#code=(\S+) {3}works once\n/m);
    const token = readFileSync(join(cwd, "token"), "utf8").trim();
    const logIn = (body: object) =>
      fetch(`${url}/api/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    expect((await logIn({ code })).status, start).toBe(200);
    expect((await logIn({ code })).status, start).toBe(401);
    expect((await logIn({ token })).status, start).toBe(200);
    const top = chainwatchWith(env, "top", "--json", "--url", url);
    expect(await top.ended(), start).toBe(0);
    serve.signal("SIGTERM");
    expect(await serve.ended(), start).toBe(0);
    expect(serve.stdout + serve.stderr + top.stdout + top.stderr).not.toContain(token);
    codes.add(code);
  }
  expect(codes.size).toBe(2);
});

test("a rules file with a mistake stops serve before it starts, with the place", async () => {
  writeFileSync(join(cwd, "chainwatch.yaml"), 'rules:\n  - { id: x, indicator: success_rate, when: "< 5 s" }\n');
  const serve = chainwatch("serve", "--port", "0");
  expect(await serve.ended()).toBe(2);
  expect(serve.stderr).toContain("chainwatch.yaml:2:");
  expect(serve.stdout).toBe("");
  expect(readdirSync(cwd)).toEqual(["chainwatch.yaml"]);
});

test("a port that is taken is named with the cure", async () => {
  const first = chainwatch("serve", "--port", "0");
  const [, port = ""] = await first.prints(/127\.0\.0\.1:(\d+)/);
  const second = chainwatch("serve", "--port", port, "--data-dir", "other");
  expect(await second.ended()).toBe(2);
  expect(second.stderr).toContain("choose another port with --port");
});

test("top and doctor work with a running server", async () => {
  const serve = chainwatch("serve", "--port", "0");
  const [, url = ""] = await serve.prints(/✓ server {2}(\S+)/);
  const doctor = chainwatch("doctor", "--endpoint", url);
  expect(await doctor.ended()).toBe(0);
  expect(doctor.stdout).toMatch(/^✓ hook +@langchain\/core: live/m);
  expect(doctor.stdout).toMatch(/^✓ traces +200/m);

  const { traces } = (await (await fetch(`${url}/api/traces`)).json()) as { traces: { service: string }[] };
  expect(traces.map(({ service }) => service)).toEqual(["chainwatch-doctor"]);
  const { requests } = (await (await fetch(`${url}/api/requests`)).json()) as { requests: object[] };
  expect(requests).toEqual([]);

  const top = chainwatch("top", "--once", "--url", url);
  expect(await top.ended()).toBe(0);
  expect(top.stdout).toContain("last 5 minutes");
  const json = chainwatch("top", "--json", "--url", url, "--window", "1m");
  expect(await json.ended()).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ window_s: 60, alerts: { active: [] } });
});

test("top without a server says how to start one", async () => {
  const top = chainwatch("top", "--url", "http://127.0.0.1:24316");
  expect(await top.ended()).toBe(1);
  expect(top.stderr).toContain("chainwatch serve");
});
