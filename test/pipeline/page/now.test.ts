import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseRulesFile } from "../../../src/alert/rules-file.js";
import type { LocalServer } from "../../../src/server/local-server.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { type ExampleRequest, sendExport } from "./example-app.js";
import { openPage, startServer } from "./page-server.js";

const SCRIPT = "<img src=x onerror=\"document.title='ran'\">";
const HOUR_MS = 3_600_000;
const MOST_CALLS = 10;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const REQUESTS: readonly ExampleRequest[] = [
  { user: "ann", costUsd: 0.25, durationS: 3, query: "where is my order", tool: "get_order" },
  { user: "bob", costUsd: 0.25, query: "where is my order", tool: "get_order", toolFailed: true },
  { user: "bob", type: "search", model: "gpt-4o-mini", costUsd: 0.75, outcome: "error", query: SCRIPT },
  { user: "bob", type: "search", model: "local-llama", outcome: "timeout", tool: "run_sql" },
];

/** Four requests now; an hour earlier two, none of which failed. */
async function busyServer(): Promise<LocalServer> {
  const { server } = await startServer();
  const nowMs = Date.now();
  await sendExport(server, { endedMs: nowMs - HOUR_MS - 60_000, requests: [{ user: "ann" }, { user: "ann" }] });
  // In a minute that is over, so that the charts have it.
  await sendExport(server, { endedMs: nowMs - 70_000, requests: REQUESTS });
  return server;
}

const figure = (page: Page, id: string) => page.locator(`[data-indicator="${id}"]`).first();
const table = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const rowsOf = (page: Page, name: string) => table(page, name).locator("tbody tr");

test("every figure stands on the board, with its change against an hour earlier in words too", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/");
  await expect.poll(() => figure(page, "requests.count").textContent()).toContain("4");
  const expected = {
    success_rate: "50 %",
    error_rate: "25 %",
    timeout_rate: "25 %",
    "response_time.avg": "1.5 s",
    "llm.calls": "4",
    "llm.time": "6 s",
    "tools.calls": "3",
    "tokens.input": "400",
    "tokens.cached": "160",
    "tokens.output": "80",
    "tokens.reasoning": "20",
    "cost.total": "$1.25",
    "cost.per_call": "$0.42",
    "users.active": "2",
  };
  for (const [id, text] of Object.entries(expected)) expect(await figure(page, id).textContent()).toContain(text);
  for (const id of [
    "requests.rate",
    "requests.rate_peak",
    "response_time.p50",
    "response_time.p95",
    "response_time.p99",
  ]) {
    expect(await figure(page, id).textContent()).toMatch(/\d/);
  }
  for (const id of ["ttft.p50", "ttft.p95", "concurrency.current", "concurrency.peak"]) {
    expect(await figure(page, id).textContent()).toContain("no data");
  }

  const change = (id: string) => figure(page, id).locator(".change").first();
  expect(await change("requests.count").textContent()).toMatch(/↑100\s?%.*an hour earlier 2/);
  expect(await change("requests.count").getAttribute("class")).toContain("neutral");
  expect(await change("success_rate").textContent()).toMatch(/↓50\s?pp.*worse.*an hour earlier 100 %/);
  expect(await change("success_rate").getAttribute("class")).toContain("worse");
});

test("models, tools and request types are told apart, with what they cost, how they failed and their share", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/");
  await expect.poll(() => rowsOf(page, "Models").allInnerTexts()).toHaveLength(3);
  const models = (await rowsOf(page, "Models").allInnerTexts()).map((row) => row.split(/\s*\t\s*/));
  expect(models.map(([name, cost]) => [name, cost])).toEqual([
    ["gpt-4o-mini", "$0.75"],
    ["gpt-4o", "$0.5"],
    ["local-llama", "–"],
  ]);
  const types = await rowsOf(page, "Request types").allInnerTexts();
  expect(types.map((row) => row.split(/\s*\t\s*/).slice(0, 3))).toEqual([
    ["chat", "2", "100 %"],
    ["search", "2", "0 %"],
  ]);
  expect(types[0]).toContain("50 %");
  const tools = await rowsOf(page, "Tools").allInnerTexts();
  expect(tools[0]).toMatch(/get_order\s+2\s+50 %\s+66\.7 %/);
  expect(tools[1]).toMatch(/run_sql\s+1\s+0 %\s+33\.3 %/);

  await table(page, "Request types").getByRole("link", { name: "search" }).click();
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  expect(new URL(page.url()).searchParams.get("type")).toBe("search");
});

test("the most frequent queries are listed as text; where no app names its query, the page says how", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/");
  await expect.poll(() => rowsOf(page, "Top 10 queries").allInnerTexts()).toHaveLength(2);
  const queries = await rowsOf(page, "Top 10 queries").allInnerTexts();
  expect(queries[0]).toMatch(/^where is my order\s+2$/);
  expect(queries[1]).toContain(SCRIPT);
  expect(await page.title()).not.toBe("ran");

  const { server: quiet } = await startServer();
  await sendExport(quiet, { endedMs: Date.now() - 1000, requests: [{ user: "ann" }] });
  const quietPage = await openPage(browser, quiet, "/");
  await quietPage.getByText("withRequest({ query }, …)").waitFor();
});

test("a chart has its figures as a table, whose times lead to their requests", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/");
  await page.getByRole("img", { name: /^Requests per (10 s|minute)/ }).waitFor();
  await page.getByRole("button", { name: /^Table Requests per/ }).click();
  const row = page.locator(".figure-table tbody tr").filter({ hasText: /\t?4$/ });
  await row.first().waitFor();
  await row.first().getByRole("link").click();
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await expect.poll(() => page.getByRole("cell", { name: "bob" }).count()).toBe(3);
});

test("alert on this shows a rule that the rules file's reader takes", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/?service=shop");
  await page.getByRole("button", { name: "Alert on this response_time.p95" }).click();
  const dialog = page.getByRole("dialog");
  const rule = (await dialog.locator("pre").textContent()) ?? "";
  expect(rule).toContain("indicator: response_time.p95");
  expect(rule).toContain('where: {"service":"shop"}');
  expect(parseRulesFile(rule, "chainwatch.yaml", { env: {} }).findings).toEqual([]);
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => dialog.count()).toBe(0);
});

test("the window stands in the address, and another is asked for at once", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/");
  await expect.poll(() => figure(page, "requests.count").textContent()).toContain("4");
  await page.getByRole("button", { name: "24 h" }).click();
  await expect.poll(() => figure(page, "requests.count").textContent()).toContain("6");
  expect(new URL(page.url()).search).toBe("?window=86400");
  await page.reload();
  await expect.poll(() => figure(page, "requests.count").textContent()).toContain("6");
  expect(await page.getByRole("button", { name: "24 h" }).getAttribute("aria-pressed")).toBe("true");
  // Days that are nearly the same days are not compared.
  expect(await page.locator(".change").count()).toBe(0);
});

test("the board needs few calls, and asks for its figures before all that stands below them", async () => {
  const server = await busyServer();
  const page = await openPage(browser, server, "/traces");
  await page.getByText("Live", { exact: true }).waitFor();
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(pathname);
  });
  await page.getByRole("link", { name: "Now", exact: true }).click();
  await table(page, "Request types").waitFor();
  await table(page, "Top 10 queries").waitFor();
  expect(asked.filter((path) => path !== "/api/traces").length).toBeLessThanOrEqual(MOST_CALLS);
  const first = (path: string): number => asked.findIndex((each) => each.startsWith(path));
  expect(first("/api/indicators")).toBeLessThan(Math.min(first("/api/series"), first("/api/samples")));
});

test.each(["light", "dark"] as const)(
  "a busy board has nothing serious for axe, %s, in Chinese on a phone",
  async (colorScheme) => {
    const server = await busyServer();
    await server.evaluateNow();
    const viewport = { width: 390, height: 844 };
    const page = await openPage(browser, server, "/", { colorScheme, viewport, locale: "zh-CN" });
    await page.getByRole("list", { name: "触发中的告警" }).waitFor();
    await table(page, "请求类型").waitFor();
    await table(page, "热门查询 Top 10").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  },
);
