import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../src/server/local-server.js";
import { requestRecordsBody } from "../../server/example-requests.js";
import { setUpBody } from "../../server/example-set-up.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** 75 cents in three calls with a price, one call without, and the requests of two users and a tenant. */
async function spendingServer(): Promise<LocalServer> {
  const { server } = await startServer();
  await send(
    server,
    "logs",
    requestRecordsBody([
      { user: "ann", durationS: 1, costUsd: 0.5, type: "chat" },
      { user: "bob", durationS: 1, costUsd: 0.05, type: "chat" },
      { user: "ann", durationS: 1, costUsd: 0.2, type: "batch" },
    ]),
  );
  const counters = [
    { metric: "chainwatch.price.unknown", value: 1, attributes: { "gen_ai.request.model": "house-model" } },
  ];
  await send(server, "metrics", setUpBody({ costs: [0.5, 0.05, 0.2], counters }));
  return server;
}

const tile = (page: Page, title: string) =>
  page.locator("article", { has: page.getByRole("heading", { name: title }) });
const rows = (page: Page, table: string) => page.getByRole("region", { name: table }).locator("tbody tr");

test("what was spent, by whom, and what the month comes to", async () => {
  const server = await spendingServer();
  const page = await openPage(browser, server, "/costs");
  await tile(page, "Spent, 24 h").getByText("$0.75").waitFor();
  await tile(page, "This month so far").getByText("$0.75").waitFor();
  expect(await tile(page, "At this rate").textContent()).toMatch(/\$[\d,.]+.*a day, as since \d\d:\d\d/);
  await tile(page, "Calls without a known price").getByText("25 %").waitFor();

  await rows(page, "Top spenders").first().waitFor();
  expect(await rows(page, "Top spenders").allTextContents()).toEqual([
    expect.stringMatching(/^ann\$0\.7\$0\.352200.*93\.3 %$/),
    expect.stringMatching(/^bob\$0\.05\$0\.051100.*6\.7 %$/),
  ]);
  expect(await rows(page, "By model").allTextContents()).toEqual([expect.stringMatching(/^gpt-4o\$0\.75/)]);
  expect(await rows(page, "By request type").allTextContents()).toEqual([expect.stringMatching(/^chat\$0\.75/)]);
  await page.getByText("No request names its tenant: give tenant in withRequest().").waitFor();

  await rows(page, "Top spenders").first().getByRole("link", { name: "ann" }).click();
  await page.getByRole("heading", { name: "Requests", level: 1 }).waitFor();
  await expect.poll(() => page.getByRole("cell", { name: "ann" }).count()).toBe(2);
});

test("spend over time is a chart and a table, split as the address says", async () => {
  const server = await spendingServer();
  const page = await openPage(browser, server, "/costs");
  await page.getByRole("img", { name: /^Cost by the hour\. Latest \$0\.75/ }).waitFor();
  await page.getByRole("button", { name: "7 d" }).click();
  await page.getByRole("button", { name: "by model" }).click();
  await page.getByRole("img", { name: /^Cost by the day \(UTC\)\. Latest \$0\.75/ }).waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ range: "7d", by: "model" });
  await page.getByRole("button", { name: /^Table Cost by the day/ }).click();
  await page
    .getByRole("region", { name: "Cost by the day (UTC)" })
    .getByRole("columnheader", { name: "gpt-4o" })
    .waitFor();
  await page.getByRole("region", { name: "Cost by the day (UTC)" }).getByRole("cell", { name: "$0.75" }).waitFor();
});

test("models without a price are a click away, with the line that gives them one", async () => {
  const server = await spendingServer();
  const page = await openPage(browser, server, "/costs");
  await page.getByRole("link", { name: "Which models" }).click();
  await page.getByRole("heading", { name: "Set-up" }).waitFor();
  await page
    .getByRole("region", { name: "Models without a known price" })
    .getByRole("row", { name: /house-model shop 1/ })
    .waitFor();
  await page.getByText('instrument({ prices: { "house-model": { input: 0.5, output: 1.5 } } });').waitFor();
});

test("without any cost, the page says where costs come from; no serious finding on a phone", async () => {
  const { server } = await startServer();
  await send(server, "logs", requestRecordsBody([{ durationS: 1, costUsd: 0 }]));
  const page = await openPage(browser, server, "/costs", { viewport: { width: 390, height: 800 }, locale: "zh-CN" });
  await page.getByText(/成本由调用的 token 数和模型价格得出/).waitFor();
  await page.getByText("此时间范围内没有模型调用。").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await seriousFindings(page)).toEqual([]);
});
