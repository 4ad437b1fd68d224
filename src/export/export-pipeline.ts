import { context, type Meter, metrics, type Tracer, trace } from "@opentelemetry/api";
import { type Logger, logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Resource } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordExporter, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import {
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { type ReadableSpan, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { registeredProviders } from "./app-providers.js";
import { type DropReason, ExportQueue } from "./export-queue.js";
import type { ExportSettings } from "./export-settings.js";
import { QueuedLogProcessor } from "./queued-log-processor.js";
import { QueuedSpanProcessor } from "./queued-span-processor.js";
import { sendWithExporter } from "./send-with-exporter.js";

/** Exporters of the app's own, used in place of OTLP. */
export interface OwnExporters {
  traceExporter?: SpanExporter | undefined;
  metricExporter?: PushMetricExporter | undefined;
  logExporter?: LogRecordExporter | undefined;
}

export interface ExportPipelineOptions {
  settings: ExportSettings;
  resource: Resource;
  exporters: OwnExporters;
  onDrop: (what: "span" | "record", items: number, reason: DropReason) => void;
  /** A failed attempt to send, or undefined when it works again. */
  onAttempt: (error: Error | undefined) => void;
}

/** Where telemetry is recorded, and how it is flushed. */
export interface ExportPipeline {
  tracer: Tracer;
  meter: Meter;
  logger: Logger;
  /** Whose spans are recorded: the app's provider when it had one, else ours. */
  tracesBy: "app" | "chainwatch";
  /** Sends all that has ended; false when something could not be sent and is kept. */
  flush(): Promise<boolean>;
  shutdown(timeoutMs: number): Promise<void>;
}

const SCOPE = "chainwatch";
const MAX_BATCH = 512;
const SEND_TIMEOUT_MS = 15_000;
/** Buckets of an exponential histogram: P50 and P95 within 1 % over four decades. */
const MAX_BUCKETS = 160;

/**
 * Takes the app's own OpenTelemetry providers where it has registered some and sets up ours for the rest. Ours become
 * the global ones only when the app has none at all: then its other instrumentations (HTTP, undici) join our traces.
 */
export function createExportPipeline(options: ExportPipelineOptions): ExportPipeline {
  const app = registeredProviders();
  const appHasNone = !app.traces && !app.metrics && !app.logs;
  if (!app.context) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const queues: ExportQueue<never>[] = [];

  const tracerProvider = app.traces ? trace.getTracerProvider() : ownTracerProvider(options, queues);
  const meterProvider = app.metrics ? metrics.getMeterProvider() : ownMeterProvider(options);
  const loggerProvider = app.logs ? logs.getLoggerProvider() : ownLoggerProvider(options, queues);
  if (appHasNone) {
    trace.setGlobalTracerProvider(tracerProvider);
    metrics.setGlobalMeterProvider(meterProvider);
    logs.setGlobalLoggerProvider(loggerProvider);
  }
  const flushMetrics = async (): Promise<boolean> => {
    if (!(meterProvider instanceof MeterProvider)) return true;
    return meterProvider.forceFlush().then(
      () => true,
      () => false,
    );
  };
  return {
    tracer: tracerProvider.getTracer(SCOPE),
    meter: meterProvider.getMeter(SCOPE),
    logger: loggerProvider.getLogger(SCOPE),
    tracesBy: app.traces ? "app" : "chainwatch",
    async flush() {
      await flushApp(app.traces ? trace.getTracerProvider() : undefined);
      const done = await Promise.all([flushMetrics(), ...queues.map((queue) => queue.flush())]);
      return done.every(Boolean);
    },
    async shutdown(timeoutMs) {
      await Promise.all(queues.map((queue) => queue.close(timeoutMs)));
      if (meterProvider instanceof MeterProvider) await withTimeout(meterProvider.shutdown(), timeoutMs);
      // Registered for as long as we run: an app may watch again, or set up OpenTelemetry itself.
      if (!app.context) context.disable();
      if (!appHasNone) return;
      trace.disable();
      metrics.disable();
      logs.disable();
    },
  };
}

/** Providers of the app's: flushing is no part of the API, but every SDK has it. */
async function flushApp(provider: object | undefined): Promise<void> {
  const delegate = (provider as { getDelegate?: () => object } | undefined)?.getDelegate?.() ?? provider;
  await (delegate as { forceFlush?: () => Promise<void> } | undefined)?.forceFlush?.().catch(() => undefined);
}

function urlFor(signal: "traces" | "metrics" | "logs", { endpoint, headers, gzip }: ExportSettings): object {
  return {
    ...(endpoint === undefined ? {} : { url: `${endpoint}/v1/${signal}` }),
    ...(headers === undefined ? {} : { headers }),
    ...(gzip ? { compression: "gzip" } : {}),
  };
}

function newQueue<T>(
  what: "span" | "record",
  exporter: { export: SpanExporter["export"] } | { export: LogRecordExporter["export"] },
  maxItems: number,
  { settings, onDrop, onAttempt }: ExportPipelineOptions,
): ExportQueue<T> {
  return new ExportQueue<T>({
    send: (batch) => sendWithExporter(exporter as { export(items: T[], done: never): void }, batch, SEND_TIMEOUT_MS),
    maxItems,
    maxBatch: Math.min(MAX_BATCH, maxItems),
    delayMs: settings.spanDelayMs,
    onDrop: (items, reason) => onDrop(what, items, reason),
    onAttempt,
  });
}

function ownTracerProvider(options: ExportPipelineOptions, queues: ExportQueue<never>[]): TracerProvider {
  const { settings, resource, exporters } = options;
  const exporter = exporters.traceExporter ?? new OTLPTraceExporter(urlFor("traces", settings));
  const queue = newQueue<ReadableSpan>("span", exporter, settings.maxQueuedSpans, options);
  queues.push(queue as unknown as ExportQueue<never>);
  return new TracerProvider({ resource, spanProcessors: [new QueuedSpanProcessor(queue)] });
}

function ownLoggerProvider(options: ExportPipelineOptions, queues: ExportQueue<never>[]): LoggerProvider {
  const { settings, resource, exporters } = options;
  const exporter = exporters.logExporter ?? new OTLPLogExporter(urlFor("logs", settings));
  const queue = newQueue<ReadableLogRecord>("record", exporter, settings.maxQueuedRecords, options);
  queues.push(queue as unknown as ExportQueue<never>);
  return new LoggerProvider({ resource, processors: [new QueuedLogProcessor(queue)] });
}

function ownMeterProvider({ settings, resource, exporters }: ExportPipelineOptions): MeterProvider {
  const exporter =
    exporters.metricExporter ??
    new OTLPMetricExporter({
      ...urlFor("metrics", settings),
      aggregationPreference: (instrument) =>
        instrument === InstrumentType.HISTOGRAM && !settings.explicitBuckets
          ? { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: MAX_BUCKETS, recordMinMax: true } }
          : { type: AggregationType.DEFAULT },
    });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricIntervalMs,
    exportTimeoutMillis: Math.min(settings.metricIntervalMs, SEND_TIMEOUT_MS),
  });
  return new MeterProvider({ resource, readers: [reader] });
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work.catch(() => undefined), timeout]);
  clearTimeout(timer);
}
