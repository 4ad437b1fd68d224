import { context, metrics, SpanKind, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_DURATION,
  METRIC_REQUEST_LLM_CALLS,
} from "../../src/instrument/semconv.js";
import { withRequest } from "../../src/instrument/with-request.js";
import { OtlpServer } from "./otlp-server.js";
import { WatchedProcess } from "./watched-process.js";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** OpenTelemetry as an app sets it up with NodeSDK: the same registrations in the same order. */
class AppOpenTelemetry {
  readonly spanExporter = new InMemorySpanExporter();
  readonly metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly logExporter = new InMemoryLogRecordExporter();
  readonly #meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.metricExporter, exportIntervalMillis: 60_000 })],
  });

  start({ signals = ["traces"] }: { signals?: ("traces" | "metrics" | "logs")[] } = {}): void {
    if (signals.includes("logs")) {
      const provider = new LoggerProvider({
        processors: [new SimpleLogRecordProcessor({ exporter: this.logExporter })],
      });
      expect(logs.setGlobalLoggerProvider(provider)).toBe(provider);
    }
    if (signals.includes("metrics")) expect(metrics.setGlobalMeterProvider(this.#meterProvider)).toBe(true);
    if (signals.includes("traces")) {
      const provider = new TracerProvider({
        spanProcessors: [new SimpleSpanProcessor({ exporter: this.spanExporter })],
      });
      expect(trace.setGlobalTracerProvider(provider)).toBe(true);
      expect(context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())).toBe(true);
    }
  }

  spans(): ReadableSpan[] {
    return this.spanExporter.getFinishedSpans();
  }

  span(name: string): ReadableSpan {
    const span = this.spans().find((one) => one.name === name);
    if (span === undefined) throw new Error(`no span "${name}" among ${this.spans().map((one) => one.name)}`);
    return span;
  }

  async metricNames(): Promise<string[]> {
    return (await this.#metrics()).map(({ descriptor }) => descriptor.name);
  }

  /** Sum over the points of a counter. */
  async sum(name: string): Promise<number> {
    const points = (await this.#metrics()).filter(({ descriptor }) => descriptor.name === name);
    return points
      .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => Number(value)))
      .reduce((sum, value) => sum + value, 0);
  }

  async #metrics() {
    this.metricExporter.reset();
    await this.#meterProvider.forceFlush();
    return this.metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
  }
}

let server: OtlpServer;
let opentelemetry: AppOpenTelemetry;
let app: WatchedProcess | undefined;

const watch = (): WatchedProcess => {
  app = new WatchedProcess({ endpoint: server.url });
  return app;
};

/** A span of the app with one request in it. */
async function requestInAppSpan(): Promise<void> {
  await trace.getTracer("app").startActiveSpan("app work", async (span) => {
    await withRequest({ requestType: "ask" }, async () => nextTurn());
    span.end();
  });
}

function expectRequestInsideAppSpan(): void {
  const request = opentelemetry.span("request ask");
  expect(request.parentSpanContext?.spanId).toBe(opentelemetry.span("app work").spanContext().spanId);
}

beforeEach(async () => {
  server = await OtlpServer.start();
  opentelemetry = new AppOpenTelemetry();
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await server.close();
});

describe("An app that sets up traces itself", () => {
  const starts: Record<string, () => Promise<void>> = {
    "before instrument()": async () => {
      opentelemetry.start();
      watch();
    },
    "after instrument(), in the same turn": async () => {
      watch();
      opentelemetry.start();
    },
    "after instrument(), later": async () => {
      watch();
      await nextTurn();
      opentelemetry.start();
    },
    "after instrument() and the first request": async () => {
      watch();
      await withRequest({ requestType: "before" }, async () => nextTurn());
      opentelemetry.start();
    },
  };

  it.each(Object.keys(starts))("%s: spans are the app's, in its spans; metrics and records are ours", async (when) => {
    await starts[when]?.();
    await requestInAppSpan();
    expect(await app?.handle.flush()).toBe(true);
    expectRequestInsideAppSpan();
    expect(server.spans.map(({ name }) => name)).not.toContain("request ask");
    const record = server.logs.find(({ attributes }) => attributes["chainwatch.request.type"] === "ask");
    expect(record?.traceId).toBe(opentelemetry.span("app work").spanContext().traceId);
    expect(server.points.map(({ metric }) => metric)).toContain(METRIC_REQUEST_DURATION);
    expect(app?.lines()).toEqual([]);
  });

  it("late, after it made its instrumentations: their spans are the app's too", async () => {
    watch();
    await nextTurn();
    const undici = new UndiciInstrumentation();
    try {
      await (await fetch(server.url, { method: "POST" })).text();
      opentelemetry.start();
      await trace.getTracer("app").startActiveSpan("app work", async (span) => {
        await (await fetch(server.url, { method: "POST" })).text();
        span.end();
      });
    } finally {
      undici.disable();
    }
    await app?.handle.flush();
    const http = opentelemetry.spans().filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(http).toHaveLength(1);
    expect(http[0]?.parentSpanContext?.spanId).toBe(opentelemetry.span("app work").spanContext().spanId);
    expect(server.spans.filter(({ kind }) => kind === "client")).toHaveLength(1);
  });

  it("late, while a request runs: it ends as it began, and no span is lost", async () => {
    watch();
    await nextTurn();
    await withRequest({ requestType: "across" }, async () => {
      await nextTurn();
      opentelemetry.start();
      await nextTurn();
    });
    await requestInAppSpan();
    await app?.handle.flush();
    expect(server.spans.map(({ name }) => name)).toEqual(["request across"]);
    expect(server.logs.map(({ attributes }) => attributes["chainwatch.request.type"])).toEqual(["across", "ask"]);
    expectRequestInsideAppSpan();
  });

  it("is left alone by our shutdown", async () => {
    opentelemetry.start({ signals: ["traces", "metrics", "logs"] });
    const process = watch();
    await requestInAppSpan();
    await process.handle.shutdown();
    trace.getTracer("app").startSpan("after").end();
    metrics.getMeter("app").createCounter("after").add(1);
    logs.getLogger("app").emit({ body: "after" });
    expect(opentelemetry.spans().map(({ name }) => name)).toContain("after");
    expect(await opentelemetry.metricNames()).toContain("after");
    expect(opentelemetry.logExporter.getFinishedLogRecords().map(({ body }) => body)).toContain("after");
  });
});

describe("An app that sets up every signal itself", () => {
  it.each(["before", "late"])("%s: everything is recorded with its providers", async (when) => {
    const signals = ["traces", "metrics", "logs"] as const;
    if (when === "before") opentelemetry.start({ signals: [...signals] });
    watch();
    await nextTurn();
    if (when === "late") opentelemetry.start({ signals: [...signals] });
    await requestInAppSpan();
    expect(await app?.handle.flush()).toBe(true);
    expectRequestInsideAppSpan();
    expect(await opentelemetry.metricNames()).toContain(METRIC_REQUEST_DURATION);
    expect(opentelemetry.logExporter.getFinishedLogRecords().map(({ eventName }) => eventName)).toEqual([
      "chainwatch.request",
    ]);
    expect([server.spans, server.logs]).toEqual([[], []]);
    expect(server.points.map(({ metric }) => metric)).not.toContain(METRIC_REQUEST_LLM_CALLS);
  });

  it("late, while a request runs: neither side counts it as running for ever", async () => {
    watch();
    await nextTurn();
    await withRequest({ requestType: "across" }, async () => {
      await nextTurn();
      opentelemetry.start({ signals: ["metrics"] });
      // The move happens with the next thing that is recorded.
      await withRequest({}, () => undefined);
      await withRequest({}, () => undefined);
    });
    await requestInAppSpan();
    await nextTurn();
    await app?.handle.flush();
    expect(await opentelemetry.sum(METRIC_REQUEST_ACTIVE)).toBe(0);
    expect(server.counter(METRIC_REQUEST_ACTIVE)).toBe(0);
  });
});

describe("An app without OpenTelemetry", () => {
  it("has its instrumentations' spans in our traces, also those made before instrument()", async () => {
    const undici = new UndiciInstrumentation();
    const process = watch();
    await nextTurn();
    try {
      await withRequest({ requestType: "ask" }, async () => {
        await (await fetch(server.url, { method: "POST" })).text();
      });
    } finally {
      undici.disable();
    }
    await process.handle.flush();
    const request = server.spans.find(({ name }) => name === "request ask");
    expect(server.spans.find(({ kind }) => kind === "client")?.parentSpanId).toBe(request?.spanId);
    // Our own requests to the receiver are no spans.
    await process.handle.flush();
    expect(server.spans).toHaveLength(2);
  });

  it("can shut down and call instrument() again", async () => {
    await watch().stop();
    const again = watch();
    await withRequest({ requestType: "again" }, async () => nextTurn());
    await again.handle.flush();
    expect(server.spans.map(({ name }) => name)).toEqual(["request again"]);
    expect(server.logs).toHaveLength(1);
  });
});
