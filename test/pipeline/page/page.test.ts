import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../../src/receive/secret.js";
import {
  type ExampleSpan,
  requestDurationsBody,
  requestRecordBody,
  tracesBody,
} from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { openPage, send, startServer } from "./page-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SCRIPT = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const text = (content: string): object[] => [{ type: "text", content }];

const SPANS: readonly ExampleSpan[] = [
  {
    name: "invoke_agent weather",
    spanId: "00000000000000f1",
    startedMsAgo: 1500,
    durationMs: 1400,
    attributes: { "gen_ai.operation.name": "invoke_agent" },
  },
  {
    name: "chat gpt-4o",
    spanId: "00000000000000f2",
    parentSpanId: "00000000000000f1",
    startedMsAgo: 1450,
    durationMs: 900,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 30,
      "gen_ai.usage.output_tokens": 8,
      "gen_ai.usage.cost": 0.00042,
      "gen_ai.system_instructions": JSON.stringify(text("Be brief.")),
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: text("How warm is it in Paris?\n\n今天呢？") }]),
      "gen_ai.output.messages": JSON.stringify([
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "call_1", name: "get_weather", arguments: { city: "Paris" } }],
          finish_reason: "tool_call",
        },
      ]),
    },
  },
  {
    name: "execute_tool get_weather",
    spanId: "00000000000000f3",
    parentSpanId: "00000000000000f1",
    startedMsAgo: 500,
    durationMs: 120,
    attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather" },
  },
];

test("the page waits, and turns into the first trace within two seconds, without a reload", async () => {
  const { server } = await startServer();
  const page = await openPage(browser, server, "/");
  await page.getByRole("heading", { name: "Waiting for your first run" }).waitFor();
  await page.getByText('import { instrument } from "chainwatch"').waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate("document.body.dataset.samePage = 'yes'");

  await send(server, "traces", tracesBody(TRACE, SPANS));
  await page.getByRole("heading", { name: "invoke_agent weather" }).waitFor({ timeout: 2000 });
  expect(new URL(page.url()).pathname).toBe(`/traces/${TRACE}`);
  expect(await page.getAttribute("body", "data-same-page")).toBe("yes");
});

test("a trace shows its spans as a waterfall, and a model's messages as a conversation", async () => {
  const { server } = await startServer();
  await send(server, "traces", tracesBody(TRACE, SPANS));
  const page = await openPage(browser, server, `/traces/${TRACE}`);
  const rows = page.getByRole("tree").getByRole("treeitem");
  await expect.poll(() => rows.count()).toBe(3);
  expect(await rows.nth(1).textContent()).toContain("900 ms · 38 tok · $0.00042");

  const messages = page.getByRole("region", { name: "Messages" });
  await messages.waitFor();
  expect(await messages.getByRole("heading", { level: 4 }).allTextContents()).toEqual([
    "System",
    "User",
    "Assistantanswertool_call",
  ]);
  expect(await messages.getByText("How warm is it in Paris?").textContent()).toContain("今天呢？");
  const argumentsOfCall = messages.getByText('"city": "Paris"');
  expect(await argumentsOfCall.isVisible()).toBe(false);
  await messages.getByText("get_weather").click();
  await argumentsOfCall.waitFor();

  await rows.nth(2).click();
  await page.getByText("The text of messages was not captured").waitFor();
  await page.getByText("captureMessageContent: true").waitFor();
});

test("what telemetry says is text: no script of it runs, and only http addresses are links", async () => {
  const { server } = await startServer();
  const hostile: ExampleSpan = {
    name: SCRIPT,
    spanId: "00000000000000f1",
    startedMsAgo: 900,
    durationMs: 800,
    failed: true,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": SCRIPT,
      "gen_ai.input.messages": JSON.stringify([{ role: SCRIPT, parts: text(SCRIPT) }]),
      "link.script": "javascript:document.title='ran'",
      "link.data": "data:text/html,<script>1</script>",
      "link.good": "https://example.com/runbook",
      [SCRIPT]: SCRIPT,
    },
  };
  await send(server, "traces", tracesBody(TRACE, [hostile]));
  const record = { requestId: "r-1", traceId: TRACE, userId: SCRIPT, outcome: "error", durationS: 0.8 } as const;
  await send(server, "logs", requestRecordBody(record));

  const page = await openPage(browser, server, `/traces/${TRACE}`);
  await page.getByRole("heading", { name: SCRIPT, level: 1 }).waitFor();
  await page.getByRole("region", { name: "Messages" }).getByText(SCRIPT).first().waitFor();
  const attributes = page.locator(".attributes").first();
  expect(await attributes.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))).toEqual([
    "https://example.com/runbook",
  ]);
  for (const path of ["/traces", "/"]) {
    await page.goto(server.url + path);
    await page.getByText(SCRIPT).first().waitFor();
  }
  expect(await page.title()).toBe("Chainwatch");
  expect(await page.locator("img, #page script").count()).toBe(0);
});

test("the language is the browser's until it is chosen, and the choice is remembered", async () => {
  const { server } = await startServer();
  const page = await openPage(browser, server, "/", { locale: "zh-CN" });
  await page.getByRole("heading", { name: "等待第一次运行" }).waitFor();
  expect(await page.getAttribute("html", "lang")).toBe("zh-CN");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Waiting for your first run" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Waiting for your first run" }).waitFor();
  expect(await page.getAttribute("html", "lang")).toBe("en");
});

test("CHAINWATCH_LANG decides for browsers whose reader has not chosen", async () => {
  const { server } = await startServer({ pageLanguage: "zh" });
  const page = await openPage(browser, server, "/", { locale: "en-GB" });
  await page.getByRole("heading", { name: "等待第一次运行" }).waitFor();
});

test("the board shows the figures and what fires, and follows without a reload", async () => {
  const { server } = await startServer();
  await send(server, "metrics", requestDurationsBody({ success: 5, error: 5 }));
  const record = { requestId: "r-1", traceId: TRACE, userId: "user_001", outcome: "success", durationS: 0.8 } as const;
  await send(server, "logs", requestRecordBody(record));
  const page = await openPage(browser, server, "/");
  const figure = (id: string) => page.locator(`[data-indicator="${id}"]`).first();
  await expect.poll(() => figure("success_rate").textContent()).toContain("50 %");
  expect(await figure("requests.count").textContent()).toContain("10");
  expect(await figure("users.active").textContent()).toContain("1");
  expect(await figure("ttft.p50").textContent()).toContain("no data");

  await server.evaluateNow();
  await page
    .getByRole("list", { name: "Firing alerts" })
    .getByText("success_rate 50 % < 90 %")
    .waitFor({ timeout: 2000 });
  await page.getByRole("link", { name: /Alerts/ }).click();
  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByRole("row", { name: /very-low-success-rate.*50 %/ }).waitFor();
});

test("when the server goes away the page says so, keeps what it shows, and comes back by itself", async () => {
  const { server, dataDir } = await startServer();
  await send(server, "traces", tracesBody(TRACE, SPANS));
  const page = await openPage(browser, server, "/traces");
  await page.getByRole("link", { name: "invoke_agent weather" }).waitFor();
  await server.close();
  await page.getByRole("alert").getByText("does not answer").waitFor({ timeout: 5000 });
  expect(await page.getByRole("link", { name: "invoke_agent weather" }).isVisible()).toBe(true);
  const { server: again } = await startServer({ dataDir, port: server.port });
  // It arrives while the page is not listening yet.
  const missed = { name: "chat missed", spanId: "00000000000000f9", startedMsAgo: 90, durationMs: 80 };
  await send(again, "traces", tracesBody("1af7651916cd43dd8448eb211c80319c", [missed]));
  await page.getByRole("alert").waitFor({ state: "detached", timeout: 5000 });
  await page.getByRole("link", { name: "chat missed" }).waitFor({ timeout: 5000 });
  await page.getByText("Live", { exact: true }).waitFor();
});

test("with a token the page asks for it once", async () => {
  const { server } = await startServer({ token: new Secret("s3cret-token") });
  await send(server, "traces", tracesBody(TRACE, SPANS));
  const page = await openPage(browser, server, "/traces");
  await page.getByLabel(/asks for its token/).fill("guess");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("alert").getByText("not the token of this server").waitFor();
  await page.getByLabel(/asks for its token/).fill("s3cret-token");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("link", { name: "invoke_agent weather" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "invoke_agent weather" }).waitFor();
});

test("the login address opens the page once and leaves the address bar; used, it says what to do", async () => {
  const { server } = await startServer({ token: new Secret("s3cret-token"), loginAddress: true });
  await send(server, "traces", tracesBody(TRACE, SPANS));
  const [, path = ""] = server.loginUrl?.split(server.url) ?? [];
  expect(path).toMatch(/^\/login#code=/);
  const page = await openPage(browser, server, path);
  await page.getByRole("heading", { name: "Now" }).waitFor();
  expect(page.url()).toBe(`${server.url}/`);
  await page.reload();
  await page.getByRole("heading", { name: "Now" }).waitFor();

  const late = await openPage(browser, server, path);
  await late.getByText("This login address was used").waitFor();
  expect(late.url()).toBe(`${server.url}/`);
  await late.getByLabel(/asks for its token/).fill("s3cret-token");
  await late.getByRole("button", { name: "Open" }).click();
  await late.getByRole("heading", { name: "Now" }).waitFor();
});

test("a figure leads to the requests that it counted, and from there to the trace in Jaeger", async () => {
  const { server } = await startServer({ jaegerUrl: "http://127.0.0.1:16686" });
  await send(server, "traces", tracesBody(TRACE, SPANS));
  await send(server, "metrics", requestDurationsBody({ success: 1, error: 1 }));
  for (const [requestId, outcome] of [
    ["r-1", "success"],
    ["r-2", "error"],
  ] as const) {
    const record = { requestId, traceId: TRACE, userId: `user_${requestId}`, outcome, durationS: 0.8 };
    await send(server, "logs", requestRecordBody(record));
  }
  const page = await openPage(browser, server, "/");
  await page.locator('[data-indicator="error_rate"] a').click();
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await page.getByRole("cell", { name: "user_r-2" }).waitFor();
  expect(await page.getByRole("cell", { name: "user_r-1" }).count()).toBe(0);
  expect(new URL(page.url()).searchParams.get("outcome")).toBe("error");
  await page.getByLabel("Outcome").selectOption("");
  await page.getByRole("cell", { name: "user_r-1" }).waitFor();
  await page.getByLabel("Order").selectOption("slowest");
  await page.reload();
  await page
    .getByRole("row", { name: /user_r-2/ })
    .getByRole("link", { name: "Trace" })
    .click();

  const jaeger = page.getByRole("link", { name: "Open in Jaeger" });
  await jaeger.waitFor();
  expect(await jaeger.getAttribute("href")).toBe(`http://127.0.0.1:16686/trace/${TRACE}`);
  expect(await jaeger.getAttribute("target")).toBe("_blank");
  expect(await jaeger.getAttribute("rel")).toBe("noopener");
});

test("a list of requests shows what a link narrows it to, and each can be taken away", async () => {
  const { server } = await startServer();
  const record = { traceId: TRACE, outcome: "success", durationS: 0.8 } as const;
  await send(server, "logs", requestRecordBody({ ...record, requestId: "r-1", userId: "ann" }));
  await send(server, "logs", requestRecordBody({ ...record, requestId: "r-2", userId: "bob" }));
  const page = await openPage(browser, server, "/requests?type=chat&user=ann");
  await page.getByRole("cell", { name: "ann" }).waitFor();
  expect(await page.getByRole("cell", { name: "bob" }).count()).toBe(0);
  await page.getByRole("button", { name: "user ann" }).click();
  await page.getByRole("cell", { name: "bob" }).waitFor();
  expect(new URL(page.url()).search).toBe("?type=chat");
  await page.getByRole("button", { name: "request type chat" }).click();
  await page.waitForURL(`${server.url}/requests`);
});

test("a list of a window that is over is not read again when requests arrive", async () => {
  const { server } = await startServer();
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  let sent = 0;
  const sendOne = (): Promise<void> => {
    sent += 1;
    const record = {
      requestId: `r-${sent}`,
      traceId: TRACE,
      userId: "ann",
      outcome: "success",
      durationS: 0.8,
    } as const;
    return send(server, "logs", requestRecordBody(record));
  };
  await sendOne();
  const readsOf = async (window: string): Promise<number> => {
    const page = await openPage(browser, server, `/requests?${window}`);
    // The list itself has an answer; the card of the daily files is there before it asks.
    await page.locator("main .card table, main .notice").first().waitFor();
    let reads = 0;
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/requests") reads += 1;
    });
    // The status line reads at the same news; before its second answer, a list had the time for its first.
    for (let news = 0; news < 2; news += 1) {
      const told = page.waitForResponse(async (response) => {
        return response.url().includes("/api/status") && (await response.json()).requests > sent - 1;
      });
      await sendOne();
      await told;
    }
    return reads;
  };
  expect(await readsOf(`ended_from=${minutesAgo(5)}&ended_to=${minutesAgo(-5)}`)).toBeGreaterThan(0);
  expect(await readsOf(`ended_from=${minutesAgo(10)}&ended_to=${minutesAgo(5)}`)).toBe(0);
});

test.each(["/", "/trends", "/costs", "/compare", "/traces", "/requests", `/traces/${TRACE}`, "/alerts", "/setup"])(
  "%s needs no sideways scrolling on a phone",
  async (path) => {
    const { server } = await startServer();
    await send(server, "traces", tracesBody(TRACE, SPANS));
    const page = await openPage(browser, server, path, { viewport: { width: 360, height: 740 } });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  },
);

test("all of the page is under 120 kB as it travels compressed", async () => {
  const { server } = await startServer();
  const html = await (await fetch(server.url)).text();
  const assets = [...html.matchAll(/\/assets\/[^"]+/g)].map(([path]) => path);
  expect(assets.length).toBeGreaterThanOrEqual(3);
  const bodies = await Promise.all(assets.map(async (path) => (await fetch(server.url + path)).arrayBuffer()));
  const bytes = [Buffer.from(html), ...bodies.map((body) => Buffer.from(body))].reduce(
    (sum, body) => sum + gzipSync(body).length,
    0,
  );
  expect(bytes).toBeLessThan(120_000);
});
