import { setTimeout as sleep } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { METRIC_REQUEST_DURATION, METRIC_TELEMETRY_DROPPED } from "../../src/instrument/semconv.js";
import { withRequest } from "../../src/instrument/with-request.js";
import { OtlpServer } from "./otlp-server.js";
import { WatchedProcess } from "./watched-process.js";

const SPAN_DROPS = { what: "span" };

let server: OtlpServer;
let app: WatchedProcess | undefined;

/** One turn of the event loop, after which `instrument()` has decided where telemetry goes. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function watch(options: ConstructorParameters<typeof WatchedProcess>[0] = {}): Promise<WatchedProcess> {
  app = new WatchedProcess({ endpoint: server.url, ...options });
  await nextTurn();
  return app;
}

beforeEach(async () => {
  server = await OtlpServer.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await app?.stop();
  app = undefined;
  await server.close();
});

describe("Spans ended in one turn of the event loop", () => {
  it.each([10_000, 100_000])("%i: what is stored and what is counted as dropped is what ended", async (ended) => {
    const process = await watch();
    process.endSpans(ended);
    expect(await process.handle.flush()).toBe(true);
    const dropped = server.counter(METRIC_TELEMETRY_DROPPED, SPAN_DROPS);
    expect(server.uniqueSpans().size).toBe(server.spans.length);
    expect(server.spans.length + dropped).toBe(ended);
    expect(dropped).toBe(Math.max(0, ended - 50_000));
    expect(process.lines().filter((line) => line.includes("dropping spans: the queue is full"))).toHaveLength(
      dropped > 0 ? 1 : 0,
    );
  });

  it("40,000: a flush loses none", async () => {
    const process = await watch();
    process.endSpans(40_000);
    expect(await process.handle.flush()).toBe(true);
    expect(server.uniqueSpans().size).toBe(40_000);
    expect(server.counter(METRIC_TELEMETRY_DROPPED)).toBe(0);
  });

  it("with much captured text: memory and requests stay bounded, and every span is stored or counted", async () => {
    const process = await watch();
    process.endSpans(1_000, { "gen_ai.input.messages": "x".repeat(60_000) });
    await process.handle.flush();
    const dropped = server.counter(METRIC_TELEMETRY_DROPPED, SPAN_DROPS);
    expect(dropped).toBeGreaterThan(0);
    expect(server.uniqueSpans().size + dropped).toBe(1_000);
    const sizes = server.requests.map(({ headers }) => Number(headers["content-length"]));
    expect(Math.max(...sizes)).toBeLessThan(5 * 1024 * 1024);
  });
});

describe("A receiver that goes away", () => {
  it("and comes back costs nothing while the queue has room, and says so twice", async () => {
    const process = await watch();
    process.endSpans(100);
    await process.handle.flush();
    await server.close();
    process.endSpans(2_000);
    expect(await process.handle.flush()).toBe(false);
    process.endSpans(2_000);
    expect(await process.handle.flush()).toBe(false);
    const startMs = performance.now();
    process.endSpans(2_000);
    expect(performance.now() - startMs).toBeLessThan(1_000);

    await server.listen();
    await vi.waitFor(() => expect(server.uniqueSpans().size).toBe(6_100), { timeout: 15_000 });
    await process.handle.flush();
    expect(server.spans).toHaveLength(6_100);
    expect(server.counter(METRIC_TELEMETRY_DROPPED)).toBe(0);
    expect(process.lines()).toEqual([
      `chainwatch: cannot send to ${server.host}: nothing listens there (start "chainwatch serve" or correct endpoint). ` +
        "The app runs on; telemetry is kept in memory.",
      expect.stringMatching(/sending to 127\.0\.0\.1:\d+ works again after \d+ s; 0 items were dropped meanwhile\.$/),
    ]);
  });

  it("and comes back after the queue was full is told exactly what was dropped", async () => {
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "1000");
    await server.close();
    const process = await watch();
    process.endSpans(700);
    await process.handle.flush();
    process.endSpans(700);
    await server.listen();
    await process.handle.flush();
    await process.handle.flush();
    expect(server.uniqueSpans().size).toBe(1_000);
    expect(server.counter(METRIC_TELEMETRY_DROPPED, SPAN_DROPS)).toBe(400);
    expect(process.lines().at(-1)).toMatch(/works again after \d+ s; 400 items were dropped meanwhile\.$/);
  });

  it("and stays away leaves the app as it is, counts what it drops, and lets it shut down at once", async () => {
    await server.close();
    const process = await watch();
    process.endSpans(60_000);
    const result = withRequest({ userId: "u" }, () => 42);
    expect(result).toBe(42);
    await process.handle.flush();
    const startMs = performance.now();
    await process.handle.shutdown();
    expect(performance.now() - startMs).toBeLessThan(2_000);
    const lines = process.lines();
    expect(lines.filter((line) => line.includes("cannot send"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("dropping"))).toHaveLength(1);
    // 60,000 spans of the app, the request's span and its record.
    expect(lines.at(-1)).toBe("chainwatch: 60002 items of telemetry were dropped in all.");
  });
});

describe("A receiver that never answers", () => {
  it("holds a shutdown no longer than its time-out", async () => {
    server.override = () => true;
    const process = await watch();
    process.endSpans(10);
    withRequest({}, () => undefined);
    const startMs = performance.now();
    await process.handle.shutdown();
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(5_500);
  });

  it("to spans leaves a shutdown the time to say how many were lost", async () => {
    server.override = ({ url }) => url === "/v1/traces";
    const process = await watch();
    process.endSpans(10);
    await process.handle.shutdown();
    expect(server.counter(METRIC_TELEMETRY_DROPPED, { ...SPAN_DROPS, reason: "shutdown" })).toBe(10);
  });

  it("as an exporter of the app's own holds a shutdown no longer than its time-out either", async () => {
    const hanging = { export: () => undefined, shutdown: () => new Promise<void>(() => undefined) };
    const process = await watch({
      traceExporter: hanging,
      logExporter: { ...hanging, forceFlush: () => new Promise<void>(() => undefined) },
      metricExporter: { ...hanging, forceFlush: () => new Promise<void>(() => undefined) },
    });
    process.endSpans(10);
    withRequest({}, () => undefined);
    const startMs = performance.now();
    await process.handle.shutdown();
    expect(performance.now() - startMs).toBeLessThan(5_500);
  });

  it("does not slow the app down", async () => {
    server.override = () => true;
    const process = await watch();
    const slow: number[] = [];
    for (let turn = 0; turn < 200; turn++) {
      const startMs = performance.now();
      process.endSpans(20);
      await nextTurn();
      slow.push(performance.now() - startMs);
    }
    slow.sort((left, right) => left - right);
    expect(slow[Math.floor(slow.length * 0.9)]).toBeLessThan(10);
  });
});

describe("A receiver that refuses", () => {
  it("with 413 gets smaller requests, and everything arrives", async () => {
    const process = await watch();
    server.override = (request, response) => {
      if (Number(request.headers["content-length"]) < 20_000) return false;
      // Read to its end first: an answer in the middle of the body may reach the client as a broken connection.
      request.resume().on("end", () => response.writeHead(413).end());
      return true;
    };
    process.endSpans(2_000);
    expect(await process.handle.flush()).toBe(true);
    expect(server.uniqueSpans().size).toBe(2_000);
    expect(process.lines()).toEqual([]);
  });

  it("with 400 gets the next batch; the refused one is counted", async () => {
    const process = await watch();
    let first = true;
    server.override = ({ url }, response) => {
      if (url !== "/v1/traces" || !first) return false;
      first = false;
      response.writeHead(400).end();
      return true;
    };
    process.endSpans(1_000);
    await process.handle.flush();
    expect(server.uniqueSpans().size).toBe(1_000 - 512);
    expect(server.counter(METRIC_TELEMETRY_DROPPED, { ...SPAN_DROPS, reason: "rejected" })).toBe(512);
    expect(process.lines()).toEqual([
      `chainwatch: ${server.host} does not take spans: it answered 400 ("chainwatch doctor" shows what it says; see its log). They are dropped and counted.`,
    ]);
  });

  it("some spans of a request is believed: they are counted", async () => {
    const process = await watch();
    server.override = ({ url }, response) => {
      if (url !== "/v1/traces") return false;
      // ExportTraceServiceResponse { partial_success { rejected_spans: 3 } }
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end(Buffer.from([0x0a, 0x02, 0x08, 0x03]));
      return true;
    };
    process.endSpans(10);
    expect(await process.handle.flush()).toBe(true);
    expect(server.counter(METRIC_TELEMETRY_DROPPED, { ...SPAN_DROPS, reason: "rejected" })).toBe(3);
  });

  it("one signal only (no metrics there) is told of once, and the others arrive", async () => {
    server.refuse(404, "/v1/metrics");
    const process = await watch();
    for (let turn = 0; turn < 5; turn++) {
      withRequest({}, () => undefined);
      await process.handle.flush();
    }
    expect(server.spans).toHaveLength(5);
    expect(server.logs).toHaveLength(5);
    expect(process.lines()).toHaveLength(1);
    expect(process.lines()[0]).toContain("does not take metric points: it answered 404");
  });
});

describe("By default", () => {
  it("spans and records leave within a second, metrics every two seconds to loopback", async () => {
    await watch();
    const startMs = Date.now();
    withRequest({}, () => undefined);
    await vi.waitFor(() => expect(server.spans.length + server.logs.length).toBe(2), { timeout: 5_000, interval: 10 });
    expect(Date.now() - startMs).toBeLessThan(1_000);
    await vi.waitFor(() => expect(server.requests.filter(({ path }) => path === "/v1/metrics")).toHaveLength(3), {
      timeout: 10_000,
      interval: 10,
    });
    const [first, , third] = server.requests.filter(({ path }) => path === "/v1/metrics").map(({ atMs }) => atMs);
    expect((third as number) - (first as number)).toBeGreaterThan(3_500);
    expect((third as number) - (first as number)).toBeLessThan(5_000);
  });

  it("histograms are exponential, with 160 buckets, and everything is cumulative", async () => {
    const process = await watch();
    withRequest({}, () => undefined);
    await process.handle.flush();
    const point = server.points.find(({ metric }) => metric === METRIC_REQUEST_DURATION);
    expect(point?.value).toMatchObject({ type: "exponential", count: 1, scale: 20 });
    expect(server.points.map(({ temporality }) => temporality)).not.toContain("delta");
  });

  it("nothing is compressed to loopback; OTEL_EXPORTER_OTLP_COMPRESSION=gzip is followed", async () => {
    const plain = await watch();
    plain.endSpans(1);
    await plain.handle.flush();
    expect(server.requests[0]?.headers["content-encoding"]).toBeUndefined();
    await plain.stop();
    vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    const zipped = await watch();
    zipped.endSpans(1);
    await zipped.handle.flush();
    expect(server.requests.at(-1)?.headers["content-encoding"]).toBe("gzip");
    expect(server.spans).toHaveLength(2);
  });
});

describe("Settings reach the wire", () => {
  it("explicit buckets and delta temporality when they are asked for", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta");
    const process = await watch({ histogramBuckets: "explicit" });
    for (let turn = 0; turn < 2; turn++) {
      withRequest({}, () => undefined);
      await process.handle.flush();
    }
    const points = server.points.filter(({ metric }) => metric === METRIC_REQUEST_DURATION);
    expect(points.map(({ temporality, value }) => [temporality, value])).toEqual([
      ["delta", expect.objectContaining({ type: "explicit", count: 1 })],
      ["delta", expect.objectContaining({ type: "explicit", count: 1 })],
    ]);
  });

  it("delta points that could not be sent are counted; cumulative ones are in the next snapshot", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta");
    const process = await watch();
    withRequest({}, () => undefined);
    server.refuse(503, "/v1/metrics");
    expect(await process.handle.flush()).toBe(false);
    server.override = undefined;
    await process.handle.flush();
    await process.handle.flush();
    expect(server.counter(METRIC_TELEMETRY_DROPPED, { what: "metric_point", reason: "not_sent" })).toBeGreaterThan(0);
  });

  it("headers of the option win over those of the variable, name by name", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=from-variable,x-team=blue");
    const process = await watch({ headers: { authorization: "from-option" } });
    process.endSpans(1);
    await process.handle.flush();
    expect(server.requests[0]?.headers).toMatchObject({ authorization: "from-option", "x-team": "blue" });
  });

  it("the sampler of OTEL_TRACES_SAMPLER decides over spans, never over records and metrics", async () => {
    vi.stubEnv("OTEL_TRACES_SAMPLER", "always_off");
    const process = await watch();
    withRequest({}, () => undefined);
    await process.handle.flush();
    expect(server.spans).toEqual([]);
    expect(server.logs).toHaveLength(1);
    expect(server.logs[0]?.attributes["chainwatch.request.trace_sampled"]).toBe(false);
    expect(server.points.map(({ metric }) => metric)).toContain(METRIC_REQUEST_DURATION);
  });
});

describe("Own exporters", () => {
  it("are called where instrumentations make no spans, or each export would be the next one's spans", async () => {
    const suppressed: boolean[] = [];
    const process = await watch({
      traceExporter: {
        export: (_, done) => {
          suppressed.push(isTracingSuppressed(context.active()));
          done({ code: 0 });
        },
        shutdown: async () => undefined,
      },
    });
    process.endSpans(1);
    await process.handle.flush();
    expect(suppressed).toEqual([true]);
  });

  it("get everything, are flushed and are shut down", async () => {
    const calls: string[] = [];
    const exporter = (name: string) => ({
      export: (payload: unknown, done: (result: { code: number }) => void) => {
        calls.push(`${name} export ${Array.isArray(payload) ? payload.length : "snapshot"}`);
        done({ code: 0 });
      },
      forceFlush: async () => {
        calls.push(`${name} forceFlush`);
      },
      shutdown: async () => {
        calls.push(`${name} shutdown`);
      },
    });
    const process = await watch({
      traceExporter: exporter("traces"),
      metricExporter: exporter("metrics"),
      logExporter: exporter("logs"),
    });
    expect(process.allLines()).toContain("→ your own exporters");
    withRequest({}, () => undefined);
    expect(await process.handle.flush()).toBe(true);
    expect(calls.sort()).toEqual([
      "logs export 1",
      "logs forceFlush",
      "metrics export snapshot",
      "metrics forceFlush",
      "traces export 1",
      "traces forceFlush",
    ]);
    await process.handle.shutdown();
    expect(calls.filter((call) => call.endsWith("shutdown"))).toHaveLength(3);
    await sleep(0);
    expect(server.requests).toEqual([]);
  });
});
