import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../src/server/local-server.js";
import { many, requestRecordsBody } from "../../server/example-requests.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const SCRIPT = "<img src=x onerror=\"document.title='ran'\">";

/** Two releases, of which the later is slower and costs less; prompts; another service that was released later. */
async function releasesServer(): Promise<LocalServer> {
  const { server } = await startServer();
  const varied = (index: number) => (index % 5) / 10;
  const requests = [
    ...many(40, (index) => ({
      ...{ release: "1.0", durationS: 1 + varied(index), endedSAgo: 7200, costUsd: 0.02, prompts: ["support@7"] },
      type: index % 2 === 0 ? "chat" : "batch",
    })),
    ...many(40, (index) => ({
      ...{ release: "1.1", durationS: 2 + varied(index), endedSAgo: 3600, costUsd: 0.01, prompts: ["support@8"] },
      type: index % 2 === 0 ? "chat" : "batch",
    })),
    { release: "1.1", durationS: 0.3, endedSAgo: 3000, outcome: "error" as const, type: "batch", user: SCRIPT },
    { release: "9", service: "other", durationS: 1 },
  ];
  await send(server, "logs", requestRecordsBody(requests));
  return server;
}

const figureRow = (page: Page, name: string) =>
  page.getByRole("region", { name: "Figures of both" }).getByRole("row", { name: new RegExp(`^${name} `) });

test("two releases are compared with their intervals and verdicts, and the worst requests of each lead on", async () => {
  const server = await releasesServer();
  const page = await openPage(browser, server, "/compare");
  // The newest that has one before it, not the newest of all.
  expect(await page.getByLabel("Before").inputValue()).toBe("1.0");
  expect(await page.getByLabel("After").inputValue()).toBe("1.1");
  await page
    .getByText("Worse: average response time 1.2 s → 2.15 s. Better: cost per request $0.02 → $0.01.", { exact: true })
    .waitFor();
  expect(await figureRow(page, "Average response time").textContent()).toMatch(
    /1\.2 s \[.*2\.15 s \[.*\+0\.95 s \[.*worse$/,
  );
  expect(await figureRow(page, "Error rate").textContent()).toMatch(/not told apart$/);
  expect(await figureRow(page, "P95 response time").textContent()).toMatch(/1\.4 s 2\.4 s $/);
  expect(await figureRow(page, "Tokens per request").textContent()).toContain("not told apart");

  const worst = page.locator(".compare-worst .card").nth(1).getByRole("row");
  // The one that failed at once comes before those that took long.
  expect(await worst.nth(1).textContent()).toContain("error");
  expect(await worst.nth(2).textContent()).toContain("2.40 s");
  expect(await worst.count()).toBe(6);
  expect(await page.title()).toBe("Chainwatch");
  await worst.nth(1).getByRole("link").click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}$/);
});

test("the address says what is compared", async () => {
  const server = await releasesServer();
  const page = await openPage(browser, server, "/compare");
  await page.getByText(/^Worse:/).waitFor();
  await page.getByRole("button", { name: "Swap" }).click();
  await page.getByText(/^Worse: cost per request/).waitFor();
  await page.getByLabel("Request type").selectOption("batch");
  await figureRow(page, "Average response time").getByText("1.2 s", { exact: false }).first().waitFor();
  await page.getByRole("columnheader", { name: "1.1 (21)" }).waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ a: "1.1", b: "1.0", type: "batch" });
  await page.reload();
  await page.getByRole("columnheader", { name: "1.1 (21)" }).waitFor();

  await page.getByRole("button", { name: "Prompt versions" }).click();
  await page.getByLabel("Request type").selectOption("All types");
  await page.getByRole("columnheader", { name: "support@8 (40)" }).waitFor();
  expect(await page.getByLabel("Before").inputValue()).toBe("support@7");
  await page.getByLabel("Before").selectOption("support@8");
  await page.getByText("Choose two different ones.").waitFor();
});

test("where there are not two, the page says what to do", async () => {
  const { server } = await startServer();
  await send(server, "logs", requestRecordsBody([{ release: "1.0", durationS: 1 }]));
  const page = await openPage(browser, server, "/compare");
  await page.getByText(/^So far there is only 1\.0\./).waitFor();
  await page.getByText("instrument({ serviceVersion: process.env.GIT_COMMIT });").waitFor();
  await page.getByRole("button", { name: "Prompt versions" }).click();
  await page.getByText(/prompt_version: "2"/).waitFor();
});

test("a page that nobody sees does not compare; it catches up when it is looked at", async () => {
  const server = await releasesServer();
  const page = await openPage(browser, server, "/traces");
  let answered = 0;
  page.on("requestfinished", (request) => {
    if (request.url().includes("/api/compare?")) answered += 1;
  });
  await page.clock.install();
  await page.goto(`${server.url}/compare`);
  await page.getByText(/^Worse:/).waitFor();
  await page.clock.runFor(31_000);
  await expect.poll(() => answered).toBe(2);
  const show = (hidden: boolean): Promise<unknown> =>
    page.evaluate(`Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await show(true);
  await page.clock.runFor(300_000);
  await show(false);
  await page.clock.runFor(1000);
  await expect.poll(() => answered).toBe(3);
});

test("the comparison is readable on a phone and in Chinese, without a serious finding", async () => {
  const server = await releasesServer();
  const page = await openPage(browser, server, "/compare?by=prompt", {
    viewport: { width: 390, height: 800 },
    colorScheme: "dark",
    locale: "zh-CN",
  });
  await page.getByText("变差：平均响应时间 1.2 s → 2.2 s。变好：每请求成本 $0.02 → $0.01。").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await seriousFindings(page)).toEqual([]);
});
