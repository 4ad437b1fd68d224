import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it } from "vitest";
import { createOtlpReceiver } from "../../src/receive/otlp-receiver.js";
import {
  decodeResponse,
  decodeStatus,
  encode,
  PROTOBUF,
  type ReceiverServer,
  send,
  startReceiver,
} from "./receiver-server.js";

const JSON_TYPE = { "content-type": "application/json" };
const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "s" };
const traces = (...spans: object[]): object => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

/** A sink that stores nothing until it is opened. */
function heldSink() {
  let open: () => void = () => undefined;
  let waiting = 0;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const sink = (): Promise<void> => {
    waiting += 1;
    return opened;
  };
  return { sink, open: () => open(), waiting: () => waiting };
}

let server: ReceiverServer;
afterEach(() => server?.close());

describe("what OpenTelemetry's own exporters send", () => {
  it("arrives as spans, points and logs", async () => {
    server = await startReceiver();
    const resource = resourceFromAttributes({ "service.name": "bot", "service.instance.id": "i-1" });
    const tracer = new TracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${server.url}/v1/traces` }) })],
    });
    const sent = tracer
      .getTracer("lib")
      .startSpan("root", { attributes: { "gen_ai.usage.input_tokens": 7, tags: ["a"] } });
    sent.end();
    const exponential = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const;
    const meter = new MeterProvider({
      resource,
      views: [{ instrumentName: "duration", aggregation: exponential }],
      readers: [
        new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${server.url}/v1/metrics` }) }),
      ],
    });
    meter.getMeter("lib").createCounter("requests").add(3, { type: "chat" });
    meter.getMeter("lib").createHistogram("duration", { unit: "s" }).record(0.5);
    const logger = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${server.url}/v1/logs` }) })],
    });
    logger.getLogger("lib").emit({
      eventName: "chainwatch.request",
      timestamp: 1764000000123,
      severityNumber: SeverityNumber.INFO,
      attributes: { outcome: "success", models: ["a", "b"] },
    });
    await Promise.all([tracer.forceFlush(), meter.forceFlush(), logger.forceFlush()]);

    const [row] = server.batches.flatMap((batch) => batch.spans);
    expect(row).toMatchObject({
      ...{ traceId: sent.spanContext().traceId, spanId: sent.spanContext().spanId, name: "root", kind: "internal" },
      attributes: { "gen_ai.usage.input_tokens": 7, tags: ["a"] },
      resource: { "service.name": "bot", "service.instance.id": "i-1" },
      scopeName: "lib",
    });
    const points = server.batches.flatMap((batch) => batch.points);
    const [counter, histogram] = ["requests", "duration"].map((name) => points.find((point) => point.metric === name));
    expect(counter).toMatchObject({
      kind: "counter",
      temporality: "cumulative",
      value: 3,
      attributes: { type: "chat" },
    });
    expect(counter?.startTimeUs).toBeGreaterThan(0);
    expect(histogram).toMatchObject({
      unit: "s",
      kind: "histogram",
      value: { type: "exponential", count: 1, sum: 0.5 },
    });
    expect(server.batches.flatMap((batch) => batch.logs)[0]).toMatchObject({
      ...{ eventName: "chainwatch.request", timeUs: 1764000000123000 },
      attributes: { outcome: "success", models: ["a", "b"] },
    });
    await Promise.all([tracer.shutdown(), meter.shutdown(), logger.shutdown()]);
  });
});

describe("a request that is read", () => {
  it("is answered in its own encoding, gzip or not", async () => {
    server = await startReceiver();
    const message = traces(span, { ...span, spanId: "bad" });
    const plain = await server.post("/v1/traces", JSON.stringify(message), {
      "content-type": "application/json; charset=utf-8",
    });
    expect(plain.status).toBe(200);
    expect(plain.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(plain.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: "1", errorMessage: expect.stringContaining("span.spanId: expected 8 bytes") },
    });

    const zipped = await server.post(
      "/v1/traces",
      gzipSync(encode("traces", traces(span, { ...span, spanId: "abcd" }))),
      {
        ...PROTOBUF,
        "content-encoding": "gzip",
      },
    );
    expect(zipped.status).toBe(200);
    expect(zipped.headers["content-type"]).toBe("application/x-protobuf");
    expect(decodeResponse("traces", zipped.body)).toMatchObject({ partialSuccess: { rejectedSpans: 1 } });
    expect(server.batches.map((batch) => batch.spans.length)).toEqual([1, 1]);
  });

  it("says nothing of partial success when all was kept, and does not bother the sink with nothing", async () => {
    server = await startReceiver();
    expect((await server.post("/v1/logs", "{}")).body.toString()).toBe("{}");
    const empty = await server.post("/v1/metrics", new Uint8Array(0), PROTOBUF);
    expect([empty.status, empty.body.length]).toEqual([200, 0]);
    expect(server.batches).toEqual([]);
  });

  it("is answered only after the sink has stored it", async () => {
    const gate = heldSink();
    server = await startReceiver({ sink: gate.sink });
    let answered = false;
    const answer = server.post("/v1/traces", JSON.stringify(traces(span))).finally(() => {
      answered = true;
    });
    await expect.poll(gate.waiting).toBe(1);
    // A whole request later an early answer would be here.
    expect((await server.post("/v1/traces", "{}")).status).toBe(200);
    expect(answered).toBe(false);
    gate.open();
    expect((await answer).status).toBe(200);
  });

  it("leaves other paths to the server", async () => {
    server = await startReceiver();
    expect((await server.post("/v1/trace", "{}")).status).toBe(404);
    expect((await server.post("/api/traces", "{}")).status).toBe(404);
  });
});

describe("a request that is refused", () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

  it.each([
    [400, "JSON cut short", '{"resourceSpans":', JSON_TYPE, "the body is not JSON"],
    [400, "a list for an object", "[]", JSON_TYPE, "expected an object, found an array"],
    [400, "text that is no UTF-8", Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE, "not JSON"],
    [400, "gzip that is none", "{}", { ...JSON_TYPE, "content-encoding": "gzip" }, "the body is not gzip"],
    [
      400,
      "gzip cut short",
      gzipSync("{}".padEnd(999)).subarray(0, 20),
      { ...JSON_TYPE, "content-encoding": "gzip" },
      "the body is not gzip",
    ],
    [413, "a gzip bomb", bomb, { ...JSON_TYPE, "content-encoding": "gzip" }, "larger than 1000000 bytes"],
    [413, "a large body", Buffer.alloc(1_500_000, " "), JSON_TYPE, "larger than 1000000 bytes"],
    [
      413,
      "a large chunked body",
      Buffer.alloc(1_500_000, " "),
      { ...JSON_TYPE, "transfer-encoding": "chunked" },
      "larger than",
    ],
    [415, "another compression", "{}", { ...JSON_TYPE, "content-encoding": "deflate" }, 'found "deflate"'],
    [
      415,
      "a form's content type",
      "{}",
      { "content-type": "text/plain" },
      "application/x-protobuf or application/json",
    ],
    [415, "no content type", "{}", {}, 'found ""'],
  ])("with %i: %s", async (status, _what, body, headers, reason) => {
    server = await startReceiver({ maxBodyBytes: 1_000_000 });
    const answer = await server.post("/v1/traces", body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString())).toEqual({ code: 3, message: expect.stringContaining(reason) });
    expect(server.batches).toEqual([]);
    expect((await server.post("/v1/traces", JSON.stringify(traces(span)))).status).toBe(200);
  });

  it("in protobuf is answered in protobuf", async () => {
    server = await startReceiver();
    const answer = await server.post("/v1/metrics", Buffer.from([0x0a, 0x05, 0x01]), PROTOBUF);
    expect(answer).toMatchObject({ status: 400, headers: { "content-type": "application/x-protobuf" } });
    expect(decodeStatus(answer.body)).toEqual({
      code: 3,
      message: expect.stringContaining("not a protobuf ExportMetricsServiceRequest"),
    });
  });

  it("by method names the method to use", async () => {
    server = await startReceiver();
    const answer = await send({ port: server.port, path: "/v1/traces", method: "GET" }, "");
    expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  it("ends a body that never ends", async () => {
    server = await startReceiver({ maxBodyBytes: 100_000 });
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest({
        port: server.port,
        path: "/v1/logs",
        method: "POST",
        headers: JSON_TYPE,
        agent: false,
      });
      const chunk = Buffer.alloc(10_000, " ");
      const more = (): void => {
        while (!request.destroyed && request.write(chunk));
        request.once("drain", more);
      };
      request.on("response", (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on("error", reject);
      more();
    });
    expect(status).toBe(413);
  });

  it("with 408 when its body is slow", async () => {
    server = await startReceiver({ bodyTimeoutMs: 100 });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    );
    let text = "";
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain("did not arrive within 100 ms");
  });

  it("with 503 and Retry-After when nothing was stored", async () => {
    server = await startReceiver({ sink: () => Promise.reject(new Error("database or disk is full")) });
    const answer = await server.post("/v1/traces", encode("traces", traces(span)), PROTOBUF);
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(decodeStatus(answer.body)).toEqual({ code: 14, message: "nothing was stored: database or disk is full" });
  });

  it("with 429 and Retry-After while too many are in flight, and no longer after", async () => {
    const gate = heldSink();
    server = await startReceiver({
      maxRequestsInFlight: 2,
      sink: gate.sink,
    });
    const body = JSON.stringify(traces(span));
    const first = [server.post("/v1/traces", body), server.post("/v1/traces", body)];
    await expect.poll(gate.waiting).toBe(2);
    expect(await server.post("/v1/traces", body)).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    gate.open();
    expect((await Promise.all(first)).map((answer) => answer.status)).toEqual([200, 200]);
    expect((await server.post("/v1/traces", body)).status).toBe(200);
  });

  it("with 429 when the bodies in flight hold too much together", async () => {
    const gate = heldSink();
    server = await startReceiver({
      maxBodyBytes: 10_000,
      sink: gate.sink,
    });
    const body = JSON.stringify(traces(span)).padEnd(9_000);
    const first = Array.from({ length: 4 }, () => server.post("/v1/traces", body));
    await expect.poll(gate.waiting).toBe(4);
    expect((await server.post("/v1/traces", body)).status).toBe(429);
    gate.open();
    await Promise.all(first);
    expect((await server.post("/v1/traces", body)).status).toBe(200);
  });

  it("by a client that goes away does no harm", async () => {
    server = await startReceiver();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    );
    socket.destroySoon();
    expect((await server.post("/v1/traces", "{}")).status).toBe(200);
  });
});

it.each([
  ["a gzip bomb", gzipSync(Buffer.alloc(128 * 1024 * 1024)), { ...JSON_TYPE, "content-encoding": "gzip" }],
  ["an oversize chunked body", Buffer.alloc(64 * 1024 * 1024, " "), { ...JSON_TYPE, "transfer-encoding": "chunked" }],
])("%s raises memory by at most twice the body cap", async (_what, body, headers) => {
  const cap = 16 * 1024 * 1024;
  server = await startReceiver({ maxBodyBytes: cap });
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  await server.post("/v1/traces", "{}");
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().arrayBuffers);
  }, 1);
  const answer = await server.post("/v1/traces", body, headers).catch((error: NodeJS.ErrnoException) => error);
  clearInterval(watch);
  // A client that goes on sending after twice the cap may find the connection closed.
  expect("status" in answer ? answer.status : answer.code).toBeOneOf([413, "ECONNRESET", "EPIPE"]);
  expect(highest - before).toBeLessThan(2 * cap);
});

it("a receiver is a plain handler of node:http", async () => {
  server = await startReceiver();
  const receiver = createOtlpReceiver({ sink: async () => undefined });
  const plain = createServer((request, response) => void receiver(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => plain.once("listening", resolve));
  const address = plain.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect((await send({ port, path: "/v1/logs?x=1", method: "POST", headers: JSON_TYPE }, "{}")).status).toBe(200);
  await new Promise((resolve) => plain.close(resolve));
});
