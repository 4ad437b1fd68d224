import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { LocalServer, LocalServerOptions } from "../../../src/server/local-server.js";
import { runningServer, temporaryFolder } from "../../server/running-server.js";

export interface Started {
  server: LocalServer;
  dataDir: string;
}

/** A server of its own for the test that calls it, closed at its end; so that a test looks into its folder. */
export async function startServer(options: Partial<LocalServerOptions> = {}): Promise<Started> {
  const dataDir = options.dataDir ?? temporaryFolder();
  return { server: await runningServer({ ...options, dataDir }), dataDir };
}

/** A page that fails its test when a script throws, the policy is broken, or anything outside is asked for. */
export async function openPage(
  browser: Browser,
  server: LocalServer,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML|Refused to/i.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url)) faults.push(`asked for ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  await page.goto(server.url + path);
  return page;
}

/** Sends OTLP as JSON, and expects 200. */
export async function send(server: LocalServer, signal: "traces" | "logs" | "metrics", body: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer s3cret-token" },
    body,
  });
  expect(response.status).toBe(200);
}
