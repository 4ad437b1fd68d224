import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AlertTransition } from "../../../src/alert/alert-view.js";
import type { SamplesView } from "../../../src/dashboard/api/indicators-view.js";
import type { ExportedSeries } from "../../../src/dashboard/page/trends/series-export.js";
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
  expect(csv).toHaveLength(61);
  const busy = csv.find((line) => line.endsWith(",3,1"))?.split(",")[0];
  const json: ExportedSeries = JSON.parse(await saved("JSON"));
  expect(json).toMatchObject({ indicator: "requests.count", unit: "requests", step_s: 60, where: {} });
  const path = `/api/indicators/requests.count?by=type&window=60&at=${busy}`;
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

/** A page of the history: so many transitions a second apart, the newest `agoS` seconds ago. */
function historyPage(of: Partial<AlertTransition>, { agoS, count }: { agoS: number; count: number }): object[] {
  const name = { en: "Slow", zh: "慢" };
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.now() - (agoS + index) * 1000).toISOString();
    const labels = { type: String(index) };
    const changed = { id: `${agoS}-${index}`, from: "pending", to: "inactive", reason: "condition_false", unit: "s" };
    return { ...changed, rule: "slow", name, labels, severity: "warning", at, since: at, ...of };
  });
}

test("alerts are read beyond a page of the history, and where there are too many, since when they are told", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/traces");
  let older: { transitions: object[]; next_cursor?: string };
  await page.route("**/api/alerts/history?*", (route) => {
    const cursor = new URL(route.request().url()).searchParams.get("cursor");
    const newest = historyPage({ indicator: "cost.total" }, { agoS: 60, count: 999 });
    const of = { indicator: "response_time.avg", labels: {} } as const;
    const end = historyPage({ ...of, from: "firing", to: "resolved" }, { agoS: 1200, count: 1 });
    return route.fulfill({ json: cursor === null ? { transitions: [...newest, ...end], next_cursor: "1" } : older });
  });
  const of = { indicator: "response_time.avg", labels: {}, from: "pending", to: "firing" } as const;
  older = { transitions: historyPage(of, { agoS: 1500, count: 1 }) };
  await page.goto(`${server.url}/trends?indicator=response_time.avg`);
  const alerts = rowsOf(page, "Alerts");
  await expect.poll(() => alerts.allInnerTexts()).toEqual([expect.stringMatching(/\t5 min 0 s\t/)]);
  expect(await page.getByText("There were too many alerts").count()).toBe(0);

  older = { transitions: historyPage({ indicator: "cost.total" }, { agoS: 1300, count: 1000 }), next_cursor: "1" };
  await page.reload();
  await page.getByText("There were too many alerts to read them all: they are marked since").waitFor();
  // That it began with the hour is not known, and not told.
  await expect.poll(() => alerts.allInnerTexts()).toEqual([expect.not.stringMatching(/\t40 min/)]);
});

test("a value that has none beside it is a point in a chart of many steps", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/trends?indicator=requests.count&by=type");
  await expect.poll(() => keysOf(page)).toEqual(["search", "chat"]);
  // Of the two lines' colours; everything else in the drawing is grey.
  const coloured = (): Promise<number> =>
    page.evaluate<number>(`(() => {
      const canvas = document.querySelector(".trends-chart canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue, alpha] = data.subarray(at, at + 4);
        if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 100) count += 1;
      }
      return count;
    })()`);
  await expect.poll(coloured).toBeGreaterThan(10);
});

test("a time that is over is asked for again when the server is back", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/traces");
  const asked = { series: 0, away: 0 };
  let away = true;
  await page.route(/\/api\/(stream|series)/, (route) => {
    if (route.request().url().includes("/api/series")) asked.series += 1;
    if (!away) return route.continue();
    asked.away += 1;
    return route.abort();
  });
  const at = (hoursAgo: number): string => new Date(Date.now() - hoursAgo * HOUR_MS).toISOString();
  await page.goto(`${server.url}/trends?range=own&from=${at(4)}&to=${at(1.5)}`);
  await expect.poll(() => asked.series).toBe(1);
  await expect.poll(() => asked.away).toBeGreaterThan(1);
  away = false;
  const hours = rowsOf(page, "By the hour");
  await expect
    .poll(async () => (await hours.allInnerTexts()).map((row) => row.split(/\s*\t\s*/)[1]), { timeout: 10_000 })
    .toEqual(["2"]);
});

test("a page that nobody sees asks for nothing, and catches up when it is looked at", async () => {
  const server = await serverWithPast();
  const page = await openPage(browser, server, "/traces");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/api\/(series|indicators)/.test(request.url())) asked.push(request.url());
  });
  await page.clock.install();
  await page.goto(`${server.url}/trends?indicator=requests.count`);
  await chart(page)
    .getByRole("img", { name: /highest 4/ })
    .waitFor();
  const show = (hidden: boolean): Promise<unknown> =>
    page.evaluate(`Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await show(true);
  const before = asked.length;
  await page.clock.runFor(10 * MINUTE_MS);
  expect(asked.slice(before)).toEqual([]);
  await show(false);
  await page.clock.runFor(2000);
  const ends = (): number[] => asked.map((url) => Date.parse(new URL(url).searchParams.get("to") ?? ""));
  await expect.poll(() => Math.max(...ends()) - Math.min(...ends())).toBeGreaterThanOrEqual(10 * MINUTE_MS);
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
