import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { type LocalServer, type LocalServerOptions, startLocalServer } from "../../src/server/local-server.js";

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "chainwatch-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server on a free port with data of its own; closed after the test. */
export async function runningServer(options: Partial<LocalServerOptions> = {}): Promise<LocalServer> {
  const server = await startLocalServer({
    dataDir: options.dataDir ?? temporaryFolder(),
    host: "127.0.0.1",
    port: 0,
    token: undefined,
    externalUrl: undefined,
    pageLanguage: undefined,
    language: "en",
    rules: defaultRules(),
    channels: [],
    log: (message) => console.error(message),
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** `fetch` sets Host and Origin itself, so the tests that lie about them need the bare client. */
export function call(
  server: LocalServer,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export async function post(
  server: LocalServer,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call(server, path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
}

/** The JSON of a read that must succeed. */
// biome-ignore lint/suspicious/noExplicitAny: the tests read the answer as a client without types would
export async function json(server: LocalServer, path: string): Promise<any> {
  const answer = await call(server, path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}
