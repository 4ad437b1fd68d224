import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { displayWidth } from "../../src/dashboard/display-width.js";
import { exampleBoard } from "../dashboard/example-board.js";
import { CliProcess, emptyFolder, removeFolder } from "./cli-process.js";

const { alerts, charts = [], lists, ...figures } = exampleBoard();
const LISTS = { "cost.total": lists?.cost_by_model, "requests.by_type": lists?.requests_by_type };

const server = createServer((request, response) => {
  const [path = ""] = (request.url ?? "").split("?");
  const [, id = "", series] = /^\/api\/indicators\/([^/]+)(\/series)?$/.exec(path) ?? [];
  const ofIndicator = series
    ? charts.find(({ indicator }) => indicator === id)
    : (LISTS[id as keyof typeof LISTS] ?? lists?.top_queries);
  const others: Record<string, unknown> = {
    "/api/alerts": alerts,
    "/api/status": { services: [], oldest: "2026-01-01T00:00:00.000Z" },
    "/api/indicators": figures,
  };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(others[path] ?? ofIndicator));
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function top(context: TestContext, args: string[], env: Record<string, string> = {}) {
  const cwd = emptyFolder();
  context.onTestFinished(() => removeFolder(cwd));
  const process = new CliProcess(["top", ...args], { cwd, env });
  const code = await process.ended();
  return { code, stdout: process.stdout, stderr: process.stderr };
}

test.concurrent("a pipe gets one frame of 80 columns, without a control character, and exit code 0 though alerts fire", async (context) => {
  for (const args of [[], ["--once"]]) {
    const { code, stdout, stderr } = await top(context, [...args, "--url", url]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^╭─ Chainwatch · last 5 minutes ─+ \d\d:\d\d:\d\d ─╮\n/);
    expect(stdout).toMatch(/╯\n$/);
    expect(stdout).toContain("🚨 CRITICAL Very low success rate");
    expect(stdout).toContain("count 1,234 ↑23%");
    expect(stdout).toContain("gpt-4o ");
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(new Set(stdout.trimEnd().split("\n").map(displayWidth))).toEqual(new Set([80]));
  }
});

test.concurrent("CHAINWATCH_SOURCE says who has the figures, COLUMNS how wide, the locale which characters", async (context) => {
  const env = { CHAINWATCH_SOURCE: `local=${url}`, COLUMNS: "120", LC_ALL: "C" };
  const { code, stdout } = await top(context, ["--once", "--service", "checkout-bot"], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\+- Chainwatch - last 5 minutes - checkout-bot -+ \d\d:\d\d:\d\d -\+\n/);
  expect(stdout).toMatch(/^[ -~\n]+$/);
  expect(new Set(stdout.trimEnd().split("\n").map(displayWidth))).toEqual(new Set([120]));
});

test.concurrent("--json is one object with figures, what they were, charts, lists and alerts", async (context) => {
  const { code, stdout } = await top(context, ["--json", "--url", url]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(exampleBoard())));
});

test.concurrent("no server is exit code 1 with the reason, and nothing on standard output", async (context) => {
  const { code, stdout, stderr } = await top(context, ["--once", "--url", "http://127.0.0.1:9"]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^chainwatch: no board from http:\/\/127\.0\.0\.1:9: .+ → .+\n$/);
});
