import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalServer } from "../../../src/server/local-server.js";
import { requestRecordBody, tracesBody } from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

const SCRIPT = "<img src=x onerror=\"document.title='ran'\">";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const traceId = (n: number): string => String(n).padStart(32, "0");

interface Example {
  user?: string;
  outcome?: "success" | "error";
  durationS?: number;
  attributes?: Record<string, string | number | boolean>;
}

/** Sends request `n` with its trace. */
async function sendRequest(server: LocalServer, n: number, example: Example = {}): Promise<void> {
  const { user = "ann", outcome = "success", durationS = 0.5, attributes = {} } = example;
  const span = { name: "request chat", spanId: "00000000000000f1", startedMsAgo: 900, durationMs: 500 };
  await send(server, "traces", tracesBody(traceId(n), [{ ...span, attributes: { "user.id": user } }]));
  const record = { requestId: `r-${n}`, traceId: traceId(n), userId: user, outcome, durationS, attributes };
  await send(server, "logs", requestRecordBody(record));
}

const table = (page: Page) => page.getByRole("region", { name: "Requests" });
const usersIn = (page: Page): Promise<string[]> => table(page).locator("tbody tr td:nth-child(8)").allTextContents();

test("the records are narrowed by time, outcome, user, tenant and model, and sorted, and the address says how", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1, { user: "ann", durationS: 0.5 });
  await sendRequest(server, 2, { user: "bob", outcome: "error", durationS: 3 });
  await sendRequest(server, 3, { user: "cy", durationS: 1, attributes: { "chainwatch.tenant": "acme" } });
  const page = await openPage(browser, server, "/requests");
  await expect.poll(() => usersIn(page)).toHaveLength(3);

  await page.getByLabel("Order").selectOption("Slowest first");
  await expect.poll(() => usersIn(page)).toEqual(["bob", "cy", "ann"]);
  // What is sorted is of a bounded time.
  expect(await page.getByLabel("Time").inputValue()).toBe("86400");
  expect(new URL(page.url()).search).toBe("?sort=slowest&window=86400");
  await page.reload();
  await expect.poll(() => usersIn(page)).toEqual(["bob", "cy", "ann"]);

  await page.getByLabel("Outcome").selectOption("error");
  await expect.poll(() => usersIn(page)).toEqual(["bob"]);
  await page.getByRole("button", { name: "outcome error" }).click();
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("tenant", { exact: true }).fill("acme");
  await page.keyboard.press("Enter");
  await expect.poll(() => usersIn(page)).toEqual(["cy"]);
  await page.getByRole("button", { name: "tenant acme" }).click();
  await page.getByLabel("model", { exact: true }).fill("no-such-model");
  await page.keyboard.press("Enter");
  await page.getByText("No request fits this filter.").waitFor();
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect.poll(() => usersIn(page)).toHaveLength(3);
  expect(new URL(page.url()).search).toBe("");
});

test("a list goes back page by page, and to the newest again", async () => {
  const { server } = await startServer();
  const bodies = Array.from({ length: 150 }, (_, n) =>
    JSON.parse(
      requestRecordBody({
        ...{ requestId: `r-${n}`, traceId: traceId(n), userId: "ann", outcome: "success", durationS: n / 100 },
      }),
    ),
  );
  await send(server, "logs", JSON.stringify({ resourceLogs: bodies.flatMap((body) => body.resourceLogs) }));
  const page = await openPage(browser, server, "/requests");
  await expect.poll(() => usersIn(page)).toHaveLength(100);
  await page.getByRole("link", { name: "Older" }).click();
  await expect.poll(() => usersIn(page)).toHaveLength(50);
  expect(await page.getByRole("link", { name: "Older" }).count()).toBe(0);
  // Another filter begins at its newest.
  await page.getByLabel("Time").selectOption("Last hour");
  await expect.poll(() => usersIn(page)).toHaveLength(100);
  expect(new URL(page.url()).search).toBe("?window=3600");
  await page.getByRole("link", { name: "Older" }).click();
  await page.getByRole("link", { name: "Newest" }).click();
  await expect.poll(() => usersIn(page)).toHaveLength(100);
});

test("a list that the server could not give is asked for again, while the server stays there", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1);
  const page = await openPage(browser, server, "/alerts");
  let trouble = true;
  await page.route("**/api/requests?*", (route) =>
    trouble ? route.fulfill({ status: 503, json: { error: { message: "the disk is full" } } }) : route.continue(),
  );
  await page.goto(`${server.url}/requests`);
  await page.getByText("the disk is full").waitFor();
  trouble = false;
  await expect.poll(() => usersIn(page), { timeout: 10_000 }).toEqual(["ann"]);
  await page.getByText("the disk is full").waitFor({ state: "detached" });
});

test("a figure's link shows the window that was counted, which gives way to another time", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1);
  const at = (msAgo: number): string => new Date(Date.now() - msAgo).toISOString();
  const page = await openPage(browser, server, `/requests?ended_from=${at(600_000)}&ended_to=${at(300_000)}`);
  await page.getByText("No request fits this filter.").waitFor();
  expect(await page.getByLabel("Time").locator("option:checked").textContent()).toMatch(/^ended \d\d:.* – \d\d:/);
  await page.getByLabel("Time").selectOption("Last 15 minutes");
  await expect.poll(() => usersIn(page)).toEqual(["ann"]);
  expect(new URL(page.url()).search).toBe("?window=900");
});

test("a request is opened with all that is known of it, leads to its trace, and its text is never run", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1, { user: SCRIPT, attributes: { "chainwatch.request.query": SCRIPT } });
  await sendRequest(server, 2, { user: "bob", attributes: { "chainwatch.request.trace_sampled": false } });
  const page = await openPage(browser, server, "/requests");
  const row = table(page).locator("tbody tr", { hasText: SCRIPT });
  await row.locator("a.row-link").click();
  const panel = page.getByRole("region", { name: "The opened request" });
  await panel.getByRole("row", { name: "request_id r-1" }).waitFor();
  await panel.getByRole("row", { name: `query ${SCRIPT}` }).waitFor();
  await panel.getByRole("row", { name: "tokens.total 38" }).waitFor();
  expect(new URL(page.url()).searchParams.get("request")).toBe(`${traceId(1)}.r-1`);
  await page.reload();
  await panel.getByRole("row", { name: "request_id r-1" }).waitFor();
  expect(await page.title()).not.toBe("ran");
  await panel.getByRole("button", { name: "Close" }).click();
  await panel.waitFor({ state: "detached" });

  const unsampled = table(page).locator("tbody tr", { hasText: "bob" });
  await unsampled.getByText("not sampled").waitFor();
  await unsampled.locator("a.row-link").click();
  await panel.getByText("It was not sampled: its figures are kept, its spans are not.").waitFor();

  await row.getByRole("link", { name: "Trace" }).click();
  await page.waitForURL(`${server.url}/traces/${traceId(1)}`);
  await page.getByRole("heading", { level: 1, name: "request chat" }).waitFor();
});

/** The text of the file that a click gives. */
async function downloaded(page: Page, name: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

test("what fits the filter is exported as JSON lines and CSV, and the JSON lines of a day are there", async () => {
  const { server, dataDir } = await startServer();
  await sendRequest(server, 1, { user: "ann" });
  await sendRequest(server, 2, { user: "bob" });
  const page = await openPage(browser, server, "/requests?user=bob&window=3600&sort=slowest");
  await expect.poll(() => usersIn(page)).toEqual(["bob"]);
  const lines = await downloaded(page, "JSON lines of all");
  expect(lines.name).toBe("requests.jsonl");
  expect(
    lines.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).request_id),
  ).toEqual(["r-2"]);
  const csv = await downloaded(page, "CSV of all");
  expect([csv.name, csv.text.split("\r\n").length]).toEqual(["requests.csv", 3]);

  await page.getByText("JSON lines by day").click();
  const today = new Date().toISOString().slice(0, 10);
  await page.getByRole("row", { name: new RegExp(`^${today} 2 .* requests_${today}.jsonl$`) }).waitFor();
  const day = await downloaded(page, `requests_${today}.jsonl`);
  expect(day).toEqual({
    name: `requests_${today}.jsonl`,
    text: readFileSync(join(dataDir, `requests_${today}.jsonl`), "utf8"),
  });
});

test("a user's data is deleted after a question that says what goes and what stays; others' stays", async () => {
  const { server, dataDir } = await startServer();
  await sendRequest(server, 1, { user: "ann@example.com" });
  await sendRequest(server, 2, { user: "bob" });
  const page = await openPage(browser, server, "/requests");
  await table(page).locator("tbody tr", { hasText: "ann@example.com" }).locator("a.row-link").click();
  await page.getByRole("button", { name: "Delete this user's data…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete a user's data" });
  expect(await dialog.getByLabel("User id").inputValue()).toBe("ann@example.com");
  for (const part of ["What goes, for good", "daily JSON lines", "What stays", "Jaeger", "history of alerts"]) {
    expect(await dialog.textContent()).toContain(part);
  }
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await usersIn(page)).toHaveLength(2);

  await page.getByRole("button", { name: "Delete this user's data…" }).click();
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await dialog.waitFor({ state: "detached" });
  await page
    .getByRole("status")
    .getByText(
      "Deleted of user ann@example.com: 1 request records, 1 traces (1 spans), 0 error records, 1 JSON lines, 0 metric points, and the totals by user.",
    )
    .waitFor();
  await expect.poll(() => usersIn(page)).toEqual(["bob"]);
  await page.getByText("It is not kept any more.").waitFor();
  const held = readdirSync(dataDir).filter((file) => readFileSync(join(dataDir, file)).includes("ann@example.com"));
  expect(held).toEqual([]);

  // Nobody is named without being asked: the button of the head has no user.
  await page.getByRole("button", { name: "Delete a user's data…" }).click();
  expect(await dialog.getByLabel("User id").inputValue()).toBe("");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  expect(await dialog.isVisible()).toBe(true);
  await dialog.getByLabel("User id").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Nothing is stored of user nobody.").waitFor();
});

test("what was deleted goes from a list whose window is over, too", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1, { user: "ann" });
  await sendRequest(server, 2, { user: "bob" });
  const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const page = await openPage(browser, server, `/requests?ended_from=${hoursAgo(1)}&ended_to=${hoursAgo(-1)}`);
  // The page's clock is two hours later, when nothing ends in that window any more.
  await page.addInitScript("const now = Date.now; Date.now = () => now() + 7_200_000;");
  await page.reload();
  await expect.poll(() => usersIn(page)).toHaveLength(2);
  await page.getByRole("button", { name: "Delete a user's data…" }).click();
  await page.getByLabel("User id").fill("ann");
  await page.keyboard.press("Enter");
  await page.getByText("Deleted of user ann:").waitFor();
  await expect.poll(() => usersIn(page)).toEqual(["bob"]);
});

test("while a user is deleted, the dialog stays and nothing is asked twice; a refusal is told in it", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1, { user: "ann" });
  const page = await openPage(browser, server, "/requests");
  let asked = 0;
  let answer = (): void => {};
  await page.route("**/api/users?id=*", async (route) => {
    asked += 1;
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    await route.fulfill({ status: 507, json: { error: { message: "the disk is full" } } });
  });
  await page.getByRole("button", { name: "Delete a user's data…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete a user's data" });
  await dialog.getByLabel("User id").fill("ann");
  await page.keyboard.press("Enter");
  await expect.poll(() => asked).toBe(1);
  for (const name of ["Cancel", "Delete for good"]) {
    const button = dialog.getByRole("button", { name });
    expect(await button.isDisabled()).toBe(true);
    await button.click({ force: true });
  }
  // The browser lets a page hold back only the first.
  for (let times = 0; times < 3; times += 1) await page.keyboard.press("Escape");
  expect(await dialog.isVisible()).toBe(true);
  answer();
  await dialog.getByRole("alert").getByText("the disk is full").waitFor();
  expect(asked).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("everything reads in Chinese, works with the keyboard and fits a phone", async () => {
  const { server } = await startServer();
  await sendRequest(server, 1, { user: "ann", outcome: "error", attributes: { "chainwatch.tenant": "acme" } });
  const viewport = { width: 390, height: 844 };
  const page = await openPage(browser, server, "/requests", { locale: "zh-CN", viewport });
  const rows = page.getByRole("region", { name: "请求", exact: true });
  await rows.locator("a.row-link").focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("region", { name: "打开的请求" });
  await panel.getByRole("link", { name: "查看链路" }).waitFor();
  // What was opened stands above the list.
  const [above, below] = [await panel.boundingBox(), await rows.boundingBox()];
  expect(above?.y).toBeLessThan(below?.y ?? 0);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  expect(await seriousFindings(page)).toEqual([]);
  await panel.getByRole("button", { name: "删除该用户的数据…" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "删除用户数据" });
  await dialog.getByText("将被彻底删除").waitFor();
  expect((await dialog.boundingBox())?.width).toBeLessThanOrEqual(390);
});
