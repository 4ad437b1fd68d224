import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ExampleSpan,
  requestDurationsBody,
  requestRecordBody,
  tracesBody,
} from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPANS: readonly ExampleSpan[] = [
  { name: "invoke_agent weather", spanId: "00000000000000f1", startedMsAgo: 1500, durationMs: 1400 },
  {
    name: "chat gpt-4o",
    spanId: "00000000000000f2",
    parentSpanId: "00000000000000f1",
    startedMsAgo: 1450,
    durationMs: 900,
  },
];
const PATHS = ["/", "/trends", "/costs", "/compare", "/traces", `/traces/${TRACE}`, "/requests", "/alerts", "/setup"];

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test.each(["light", "dark"] as const)("axe finds nothing serious in any view, %s", async (colorScheme) => {
  const { server } = await startServer();
  await send(server, "traces", tracesBody(TRACE, SPANS));
  await send(server, "metrics", requestDurationsBody({ success: 5, error: 5 }));
  const record = { requestId: "r-1", traceId: TRACE, userId: "ann", outcome: "error", durationS: 1.4 } as const;
  await send(server, "logs", requestRecordBody(record));
  await server.evaluateNow();
  const findings: string[] = [];
  for (const path of PATHS) {
    const page = await openPage(browser, server, path, { colorScheme });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator("main .card").first().waitFor();
    findings.push(...(await seriousFindings(page)).map((finding) => `${path}: ${finding}`));
  }
  expect(findings).toEqual([]);
});
