import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SamplesView } from "../../../src/dashboard/api/indicators-view.js";
import type { ExportedSeries } from "../../../src/dashboard/page/series-export.js";
import type { LocalServer, LocalServerOptions } from "../../../src/server/local-server.js";
import { ruleOf } from "../../alert/rule-of.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { type ExampleRequest, sendExport } from "./example-app.js";
import { openPage, startServer } from "./page-server.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** More than a chart has colours. */
const MANY = 10;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** So many requests of each type, all with one price and one time. */
function requestsOf(counts: Readonly<Record<string, number>>): ExampleRequest[] {
  return Object.entries(counts).flatMap(([type, count]) =>
    Array.from({ length: count }, () => ({ type, costUsd: 0.01, durationS: 0.75, user: "ann" })),
  );
}

/** Three minutes ago 3 searches and a chat; two hours ago 2 searches; forty days ago 7 chats. */
async function serverWithPast(options: Partial<LocalServerOptions> = {}): Promise<LocalServer> {
  const { server } = await startServer(options);
  const nowMs = Date.now();
  await sendExport(server, { endedMs: nowMs - 40 * DAY_MS, requests: requestsOf({ chat: 7 }) });
  await sendExport(server, { endedMs: nowMs - 2 * HOUR_MS, requests: requestsOf({ search: 2 }) });
  await sendExport(server, { endedMs: nowMs - 3 * MINUTE_MS, requests: requestsOf({ search: 3, chat: 1 }) });
  return server;
}

const chart = (page: Page): Locator => page.locator(".trends-chart");
const keysOf = (page: Page): Promise<string[]> => chart(page).locator(".key").allTextContents();
const parameter = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);
const rowsOf = (page: Page, name: string): Locator =>
  page.getByRole("region", { name, exact: true }).locator("tbody tr");
const cellsOf = async (row: Locator): Promise<string[]> => (await row.innerText()).split(/\s*\t\s*/);

test("any indicator is shown, split by what it has, and the address holds all of it", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends");
  await page.getByLabel("Indicator").selectOption("requests.count");
  await chart(page)
    .getByRole("img", { name: /^Requests\. .*highest 4/ })
    .waitFor();
  await page.getByLabel("Split by").selectOption("type");
  await expect.poll(() => keysOf(page)).toEqual(["search", "chat"]);
  await chart(page).getByText("search: 3 (3 to 3); chat: 1 (1 to 1)").waitFor();
  await page.getByRole("button", { name: "6 h", exact: true }).click();
  await chart(page).getByText("search: 3 (2 to 3); chat: 1 (1 to 1)").waitFor();
  expect(["indicator", "by", "range"].map((name) => parameter(page, name))).toEqual(["requests.count", "type", "6h"]);

  await page.reload();
  await expect.poll(() => keysOf(page)).toEqual(["search", "chat"]);
  expect(await page.getByLabel("Indicator").inputValue()).toBe("requests.count");

  // An indicator that has no types is shown in total.
  await page.getByLabel("Indicator").selectOption("ttft.p50");
  await page.getByText("There is no data for this in this time.").waitFor();
  expect(parameter(page, "by")).toBeNull();
  expect(await page.getByLabel("Split by").locator("option").allTextContents()).not.toContain("by request type");
});

test("the largest lines are shown, and how many are not", async () => {
  const { server } = await startServer();
  const counts = Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`type-${index}`, index + 1]));
  await sendExport(server, { endedMs: Date.now() - 3 * MINUTE_MS, requests: requestsOf(counts) });
  const page = await openPage(browser, server, "/trends?indicator=requests.count&by=type");
  await page.getByText("The 8 largest are shown; 2 smaller ones are not.").waitFor();
  expect((await keysOf(page))[0]).toBe("type-9");
  expect(await keysOf(page)).not.toContain("type-0");
});

test("hours have a row each with what people report, days above a week; a row leads to its time alone", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends?range=6h");
  const hours = rowsOf(page, "By the hour");
  await expect.poll(() => hours.count()).toBeGreaterThanOrEqual(2);
  const cells = await Promise.all((await hours.all()).map(cellsOf));
  expect(cells.reduce((sum, [, requests]) => sum + Number(requests), 0)).toBe(6);
  const quiet = cells.find(([, requests]) => requests === "2");
  expect(quiet?.slice(1)).toEqual(["2", "100 %", "0.75 s", expect.stringMatching(/^0\.\d+ s$|^1 s$/), "$0.02", "240"]);

  await page.getByRole("button", { name: "90 d", exact: true }).click();
  const days = rowsOf(page, "By the day (UTC)");
  // Older than the rows that are kept: from what they were summed up in.
  await expect.poll(async () => (await days.allInnerTexts()).some((row) => /\t7\t100 %/.test(row))).toBe(true);
  await days
    .filter({ has: page.getByRole("cell", { name: "7", exact: true }) })
    .getByRole("link")
    .click();
  await expect.poll(() => parameter(page, "range")).toBe("own");
  const length = Date.parse(parameter(page, "to") ?? "") - Date.parse(parameter(page, "from") ?? "");
  expect(length).toBe(DAY_MS);
  await expect.poll(async () => (await hours.allInnerTexts()).map((row) => row.split(/\s*\t\s*/)[1])).toEqual(["7"]);
});

test("a time of the reader's own is chosen in the reader's clock, and refused when its ends are the wrong way round", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends?indicator=requests.count", { timezoneId: "Asia/Shanghai" });
  await chart(page)
    .getByRole("img", { name: /highest 4/ })
    .waitFor();
  await page.getByRole("button", { name: "From–to" }).click();
  await page.getByLabel("From", { exact: true }).fill("2026-01-31T08:00");
  await page.getByLabel("to", { exact: true }).fill("2026-01-31T12:00");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("There is no data for this in this time.").waitFor();
  expect(parameter(page, "from")).toBe("2026-01-31T00:00:00.000Z");
  expect(parameter(page, "to")).toBe("2026-01-31T04:00:00.000Z");

  await page.getByLabel("to", { exact: true }).fill("2026-01-31T07:00");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("Choose a beginning that is before the end").waitFor();
  await page.getByRole("button", { name: "24 h", exact: true }).click();
  await chart(page)
    .getByRole("img", { name: /highest 4/ })
    .waitFor();
  expect(parameter(page, "from")).toBeNull();
});

test("what is shown is saved as CSV and JSON, and they say the same as the API", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends?indicator=requests.count&by=type");
  await expect.poll(() => keysOf(page)).toEqual(["search", "chat"]);
  const saved = async (name: string): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    expect(download.suggestedFilename()).toMatch(
      new RegExp(`^chainwatch-requests\\.count-[0-9T-]+\\.${name.toLowerCase()}$`),
    );
    return readFile(await download.path(), "utf8");
  };
  const csv = (await saved("CSV")).trimEnd().split("\r\n");
  expect(csv[0]).toBe("time,search,chat");
  expect(csv).toHaveLength(121);
  const busy = csv.find((line) => line.endsWith(",3,1"))?.split(",")[0];
  const json: ExportedSeries = JSON.parse(await saved("JSON"));
  expect(json).toMatchObject({ indicator: "requests.count", unit: "requests", step_s: 30, where: {} });
  const path = `/api/indicators/requests.count?by=type&window=30&at=${busy}`;
  const { samples } = (await (await fetch(`http://127.0.0.1:${server.port}${path}`)).json()) as SamplesView;
  expect(samples).toHaveLength(2);
  for (const { labels, value } of samples) {
    const line = json.series.find((series) => series.labels.type === labels.type);
    expect(line?.points.find(({ at }) => at === busy)?.value).toBe(value);
  }
});

test("the times in which alerts on the indicator fired are told, and none of others", async () => {
  const rules = [
    {
      ...ruleOf({ id: "slow", when: { op: ">", value: 0.5 }, windowS: 600, intervalS: 3600 }),
      name: { en: "Slow", zh: "慢" },
    },
    {
      ...ruleOf({
        id: "dear",
        indicator: "cost.total",
        unit: "USD",
        when: { op: ">", value: 0.01 },
        windowS: 600,
        intervalS: 3600,
      }),
      name: { en: "Dear", zh: "贵" },
    },
  ];
  const server = await serverWithPast({ rules });
  await server.evaluateNow();
  const page = await openPage(browser, server, "/trends?indicator=response_time.avg");
  const alerts = rowsOf(page, "Alerts");
  await expect.poll(() => alerts.count()).toBe(1);
  expect(await alerts.first().innerText()).toMatch(/still fires.*Warning.*Slow/s);
  await page.getByLabel("Indicator").selectOption("requests.count");
  await chart(page)
    .getByRole("img", { name: /^Requests/ })
    .waitFor();
  expect(await alerts.count()).toBe(0);
});

test("releases that took over are told with their first request; the first that is known is not", async () => {
  const { server } = await startServer();
  const nowMs = Date.now();
  for (const [release, minutes] of [
    ["1.0.0", 30],
    ["1.1.0", 10],
  ] as const) {
    await sendExport(server, { endedMs: nowMs - minutes * MINUTE_MS, release, requests: requestsOf({ chat: 1 }) });
  }
  const page = await openPage(browser, server, "/trends");
  const releases = rowsOf(page, "Releases");
  await expect.poll(() => releases.count()).toBe(1);
  expect(await releases.first().innerText()).toMatch(/1\.1\.0\s+shop$/);
});

test("what the address asks and nobody knows is said", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends?indicator=happiness");
  await page.getByText("There is no such indicator: happiness").waitFor();
  await page.goto(`${server.url}/trends?indicator=cost.total&by=tool`);
  await page.getByText("cost.total by or where tool: not possible. Use dimensions of one side").waitFor();
  await page.goto(`${server.url}/trends?range=1y`);
  await page.getByText("Choose a beginning that is before the end").waitFor();
});

test.each(["light", "dark"] as const)(
  "a split chart has nothing serious for axe, %s, in Chinese on a phone",
  async (colorScheme) => {
    const server = await serverWithPast();
    const viewport = { width: 390, height: 844 };
    const path = "/trends?indicator=requests.count&by=type&range=7d";
    const page = await openPage(browser, server, path, { colorScheme, viewport, locale: "zh-CN" });
    await expect.poll(() => keysOf(page)).toHaveLength(2);
    await rowsOf(page, "按小时统计").first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  },
);
