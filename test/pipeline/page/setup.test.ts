import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setUpBody } from "../../server/example-set-up.js";
import { tracesBody } from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test("senders are listed with what is known of them, and what needs attention stands on top with its cure", async () => {
  const { server, dataDir } = await startServer();
  const counters = [
    { metric: "chainwatch.telemetry.dropped", value: 40, attributes: { what: "span", reason: "queue_full" } },
    { metric: "chainwatch.telemetry.errors", value: 2, attributes: { what: "handleLLMEnd" } },
    { metric: "chainwatch.price.unknown", value: 3, attributes: { "gen_ai.request.model": "house-model" } },
  ];
  await send(server, "metrics", setUpBody({ counters, aheadS: -90 }));
  const page = await openPage(browser, server, "/setup");
  const row = page.getByRole("row", { name: /^shop shop-1/ });
  await row.waitFor();
  expect(await row.getByRole("cell").allTextContents()).toEqual([
    "1.2",
    "–",
    "web-1",
    "nodejs 2.12.0",
    expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    "0",
    "40span: queue_full",
    "2handleLLMEnd",
    expect.stringMatching(/^-9\d\.\d s$/),
    "–",
  ]);
  const troubles = page.getByRole("list", { name: "What needs attention" });
  expect(await troubles.getByRole("listitem").allTextContents()).toEqual([
    expect.stringContaining("shop gave up 40 items of telemetry in 24 h. Figures and traces miss them."),
    expect.stringContaining("Chainwatch in shop had 2 faults in 24 h."),
    expect.stringMatching(/The clock of shop is up to 9\d s behind this server's.*Synchronise both clocks/),
    expect.stringContaining("No price is known for house-model."),
  ]);
  await page.getByText(dataDir).waitFor();
  await page.getByText("14 days, the oldest goes first").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("an app is connected by a line in ES modules, in CommonJS, or by none, each with this server's address", async () => {
  const { server } = await startServer();
  const page = await openPage(browser, server, "/setup");
  await page.getByText("Nothing yet. Connect an app as below.").waitFor();
  const code = await page.locator(".connect-app pre").allTextContents();
  expect(code).toEqual([
    `import { instrument } from "chainwatch";\ninstrument({ serviceName: "my-app", endpoint: "${server.url}" });`,
    `const { instrument } = require("chainwatch");\ninstrument({ serviceName: "my-app", endpoint: "${server.url}" });`,
    `OTEL_EXPORTER_OTLP_ENDPOINT=${server.url} node --import chainwatch/register app.js`,
  ]);
  // Whoever waits for the first run is told the same.
  await page.goto(server.url);
  await page.getByRole("heading", { name: "Waiting for your first run" }).waitFor();
  expect(await page.locator(".connect-app pre").allTextContents()).toEqual(code);
});

test("whether messages are captured is told as seen, and names from telemetry are text", async () => {
  const script = "<img src=x onerror=\"document.title='ran'\">";
  const { server } = await startServer();
  const span = { spanId: "00000000000000f1", startedMsAgo: 200, durationMs: 100 };
  const chat = (attributes: Record<string, string>) =>
    tracesBody("0af7651916cd43dd8448eb211c80319c", [
      { ...span, name: "chat", attributes: { "gen_ai.operation.name": "chat", ...attributes } },
    ]);
  const unpriced = [{ metric: "chainwatch.price.unknown", value: 1, attributes: { "gen_ai.request.model": script } }];
  await send(server, "metrics", setUpBody({ counters: unpriced }));
  await send(server, "traces", chat({}));
  const page = await openPage(browser, server, "/setup", { viewport: { width: 390, height: 800 } });
  await page.getByRole("cell", { name: "off", exact: true }).waitFor();
  await page.getByText(`No price is known for ${script}.`).waitFor();
  await send(server, "traces", chat({ "gen_ai.input.messages": "[]" }));
  await page.getByRole("cell", { name: "captured" }).waitFor();
  expect(await page.title()).toBe("Chainwatch");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
});
