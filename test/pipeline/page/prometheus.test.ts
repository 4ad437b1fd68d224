import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestDurationsBody, requestRecordBody } from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { startPrometheus } from "../parts/prometheus.js";
import { RunningParts } from "../parts/running-parts.js";
import { openPage, send, startServer } from "./page-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const parts = new RunningParts();

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test("the page of a server that asks Prometheus has its figures, and people from its own records", async () => {
  const prometheus = await parts.keep(startPrometheus(await parts.folder()));
  const cumulative = requestDurationsBody({ success: 5, error: 5 }).replace(
    '"aggregationTemporality":1',
    '"aggregationTemporality":2',
  );
  const taken = await fetch(prometheus.otlpMetricsUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: cumulative,
  });
  expect([taken.status, await taken.text()]).toEqual([200, expect.anything()]);

  const { server } = await startServer({ source: { url: prometheus.url } });
  const page = await openPage(browser, server, "/?window=900");
  // It waits for nobody: traces may go to Jaeger alone.
  await page.getByRole("heading", { name: "Now" }).waitFor();
  const record = { requestId: "r-1", traceId: TRACE, userId: "ann", outcome: "error", durationS: 0.5 } as const;
  await send(server, "logs", requestRecordBody(record));

  const figure = (id: string) => page.locator(`[data-indicator="${id}"]`).first();
  await expect.poll(() => figure("success_rate").textContent(), { timeout: 20_000 }).toContain("50 %");
  expect(await figure("requests.count").textContent()).toContain("10");
  await expect.poll(() => figure("users.active").textContent(), { timeout: 20_000 }).toContain("1");
  await page.getByText("Figures from prometheus").waitFor();

  await page.goto(`${server.url}/trends?indicator=requests.count&by=type&range=1h`);
  await page.getByRole("img", { name: /highest 10/ }).waitFor();
  for (const path of ["/trends?indicator=response_time.p95&range=7d", "/costs", "/compare", "/setup"]) {
    await page.goto(server.url + path);
    await page.locator("main .card").first().waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect([path, await page.locator(".error-text").allTextContents()]).toEqual([path, []]);
  }
});
