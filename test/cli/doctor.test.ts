import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OtlpServer } from "../export/otlp-server.js";
import { CliProcess, emptyFolder, removeFolder } from "./cli-process.js";

let server: OtlpServer;
let folder: string;

beforeEach(async () => {
  server = await OtlpServer.start();
  folder = emptyFolder();
});
afterEach(async () => {
  await server.close();
  removeFolder(folder);
});

async function doctor(env: Record<string, string>, ...args: string[]) {
  const cli = new CliProcess(["doctor", ...args], { cwd: folder, env });
  const code = await cli.ended();
  return { code, out: cli.stdout, err: cli.stderr };
}

const toServer = (): Record<string, string> => ({ OTEL_EXPORTER_OTLP_ENDPOINT: server.url });

describe("chainwatch doctor", () => {
  test("sends a span, metrics and a record, and each that is taken gets its line with the status", async () => {
    const { code, out } = await doctor(toServer());
    for (const signal of ["traces", "metrics", "logs"]) {
      expect(out).toMatch(new RegExp(`^✓ ${signal} +200 +[\\d.]+ s +${server.url}/v1/${signal}$`, "m"));
    }
    expect(code).toBe(0);
    expect(server.spans).toMatchObject([
      { name: "chainwatch doctor", resource: { "service.name": "chainwatch-doctor" } },
    ]);
    expect(server.points.map(({ metric }) => metric).sort()).toEqual([
      "chainwatch.doctor.checks",
      "chainwatch.doctor.duration",
    ]);
    expect(server.logs).toMatchObject([{ traceId: server.spans[0]?.traceId }]);
  });

  test("sends as the app would: headers, JSON, gzip, temporality and histograms", async () => {
    const { code } = await doctor({
      ...toServer(),
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=k%20k",
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "explicit_bucket_histogram",
    });
    expect(code).toBe(0);
    expect(server.requests).toHaveLength(3);
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({
        "content-type": "application/json",
        "content-encoding": "gzip",
        "x-key": "k k",
      });
    }
    expect(server.points.map(({ kind, temporality }) => ({ kind, temporality }))).toEqual([
      { kind: "counter", temporality: "delta" },
      { kind: "histogram", temporality: "delta" },
    ]);
  });

  test("says which signals are off, and sends nothing of them", async () => {
    const { code, out } = await doctor({ ...toServer(), OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" });
    expect(out).toMatch(/^✓ traces /m);
    expect(out).toMatch(/^· metrics +off \(OTEL_METRICS_EXPORTER=none\)$/m);
    expect(out).toMatch(/^· logs +off \(OTEL_LOGS_EXPORTER=none\)$/m);
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/traces"]);
    expect(code).toBe(0);
  });

  test("fails when one of the three is not taken", async () => {
    server.refuse(401, "/v1/metrics");
    const { code, out } = await doctor(toServer());
    expect(out).toMatch(/^✓ traces /m);
    expect(out).toMatch(/^✗ metrics .*401.* → correct OTEL_EXPORTER_OTLP_HEADERS/m);
    expect(out).toMatch(/^✓ logs /m);
    expect(code).toBe(1);
  });

  test("fails when the receiver takes a request and rejects what is in it", async () => {
    server.override = (request, response) => {
      if (request.url !== "/v1/traces") return false;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: "no such tenant" } }));
      return true;
    };
    const { code, out } = await doctor({ ...toServer(), OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
    expect(out).toMatch(/^✗ traces .*: it rejected the test data: no such tenant → /m);
    expect(code).toBe(1);
  });

  test("--json is one object", async () => {
    const { code, out } = await doctor(toServer(), "--json");
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      test_trace_id: server.spans[0]?.traceId,
      telemetry: [
        { signal: "traces", ok: true, status: 200, url: `${server.url}/v1/traces` },
        { signal: "metrics", ok: true },
        { signal: "logs", ok: true },
      ],
      off: [],
    });
    expect(code).toBe(0);
  });

  test("--endpoint wins over the variable", async () => {
    const { code } = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://receiver.invalid" }, "--endpoint", server.url);
    expect(server.spans).toHaveLength(1);
    expect(code).toBe(0);
  });

  test("a protocol that an app could not use either is refused as the app would", async () => {
    const { code, err } = await doctor({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
    expect(err).toContain("OTEL_EXPORTER_OTLP_PROTOCOL");
    expect(code).toBe(2);
  });
});
