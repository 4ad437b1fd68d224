import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { OtlpServer } from "../export/otlp-server.js";
import { ExampleApp } from "./example-app.js";

let app: ExampleApp;
let models: ModelServer;
let receiver: OtlpServer;

beforeAll(async () => {
  app = new ExampleApp();
  models = await startModelServer({ latencyScale: 0 });
});
afterAll(async () => {
  app.remove();
  await models.close();
});
beforeEach(async () => {
  receiver = await OtlpServer.start();
});
afterEach(() => receiver.close());

const toModels = () => ({ OPENAI_BASE_URL: models.url, OPENAI_API_KEY: "none" });

/** Variables of an `.env` file. */
function envFile(name: string): Record<string, string> {
  const lines = readFileSync(join(app.folder, name), "utf8").matchAll(/^(\w+)=(.*)$/gm);
  return Object.fromEntries(Array.from(lines, ([, variable = "", value = ""]) => [variable, value]));
}

describe("The example app", () => {
  it("answers two requests, and its traces, metrics and records arrive before it ends", async () => {
    const { code, stdout, stderr } = await app.run({
      ...toModels(),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
    expect(stderr).toBe(
      `chainwatch: watching "example-app" → ${receiver.host}; prompt text off (captureMessageContent)\n`,
    );
    expect(stdout).toMatch(/^a trace: .+\na histogram: .+\n$/);
    expect(code).toBe(0);

    const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots.map(({ attributes }) => attributes["user.id"]).sort()).toEqual(["user_001", "user_002"]);
    const calls = receiver.spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "chat");
    expect(calls).toHaveLength(2);
    for (const { attributes, traceId } of calls) {
      expect(attributes["gen_ai.usage.cost"]).toBeGreaterThan(0);
      expect(roots.map((root) => root.traceId)).toContain(traceId);
    }
    expect(new Set(receiver.points.map(({ metric }) => metric))).toContain("chainwatch.request.duration");
    expect(receiver.logs.filter(({ eventName }) => eventName === "chainwatch.request")).toHaveLength(2);
  });

  it("starts with the .env that comes with it, for the receiver on this machine", async () => {
    expect(envFile(".env")).toEqual({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" });
    // A variable of the environment wins over the file, so the port of the test does.
    const { code } = await app.run({ ...toModels(), OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, "--env-file=.env");
    expect(code).toBe(0);
    expect(receiver.spans.length).toBeGreaterThan(0);
  });

  it("goes to a vendor by another file alone", async () => {
    const env = envFile(".env.honeycomb.example");
    const { code } = await app.run({ ...toModels(), ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    expect(code).toBe(0);
    for (const { headers } of receiver.requests) expect(headers["x-honeycomb-team"]).toBe("<api-key>");
    const toMetrics = receiver.requests.find(({ path }) => path === "/v1/metrics");
    expect(toMetrics?.headers["x-honeycomb-dataset"]).toBe("example-app-metrics");
  });
});
