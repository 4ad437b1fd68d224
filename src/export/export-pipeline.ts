import { performance } from "node:perf_hooks";
import { context, type Meter, type MeterProvider, ROOT_CONTEXT, type Tracer } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import { suppressTracing } from "@opentelemetry/core";
import {
  type IExportLogsServiceResponse,
  type IExportMetricsServiceResponse,
  type IExportTraceServiceResponse,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordExporter, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import {
  type PushMetricExporter,
  type ResourceMetrics,
  MeterProvider as SdkMeterProvider,
} from "@opentelemetry/sdk-metrics";
import { type ReadableSpan, type Sampler, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { appProviders } from "./app-providers.js";
import { recordText, spanText } from "./attribute-text.js";
import { ExportQueue } from "./export-queue.js";
import { type ExportSettings, type QueueSettings, type Signal, shownDestination } from "./export-settings.js";
import { metricPreferences } from "./metric-preferences.js";
import { type OtlpMessages, otlpSender } from "./otlp-sender.js";
import { QueuedLogProcessor } from "./queued-log-processor.js";
import { QueuedSpanProcessor } from "./queued-span-processor.js";
import type { DroppedKind, SendTarget } from "./send-report.js";
import type { DropReason, Send, SendResult } from "./send-result.js";
import { sendWithExporter } from "./send-with-exporter.js";
import { SteadyMetricReader } from "./steady-metric-reader.js";
import { withTimeLimit } from "./time-limit.js";
import { registerContextManager } from "./yielding-context-manager.js";
import { YieldingLogger } from "./yielding-logger.js";
import { yieldingTracerProvider } from "./yielding-tracer-provider.js";

/** Exporters of the app's own, used in place of OTLP. */
export interface OwnExporters {
  traceExporter?: SpanExporter | undefined;
  metricExporter?: PushMetricExporter | undefined;
  logExporter?: LogRecordExporter | undefined;
}

export interface ExportPipelineOptions {
  settings: ExportSettings;
  sampler: Sampler;
  resource: Resource;
  exporters: OwnExporters;
  /** Must not throw. */
  onDrop: (what: DroppedKind, items: number, reason: DropReason) => void;
  /** Must not throw. */
  onAttempt: (target: SendTarget, result: SendResult) => void;
}

const SCOPE = "chainwatch";
const EXPORTER_TIMEOUT_MS = 15_000;
const MIB = 1024 * 1024;
const MAX_QUEUED_TEXT = 32 * MIB;
const MAX_BATCH_TEXT = 4 * MIB;
/** Of the time for a shutdown: what the queues may take, so that the counts of what they drop can still be sent. */
const QUEUE_SHARE = 0.6;

/**
 * Where telemetry is recorded, and how it is flushed. For each signal that is the app's own OpenTelemetry provider as
 * soon as it has registered one, and ours until then.
 */
export class ExportPipeline {
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly #options: ExportPipelineOptions;
  readonly #spans: ExportQueue<ReadableSpan>;
  readonly #records: ExportQueue<ReadableLogRecord>;
  readonly #reader: SteadyMetricReader;
  readonly #tracerProvider: TracerProvider;
  readonly #loggerProvider: LoggerProvider;
  readonly #meterProvider: SdkMeterProvider;
  readonly #leaveContext: () => void;
  #meteredBy: MeterProvider;
  #meter: Meter;

  constructor(options: ExportPipelineOptions) {
    this.#options = options;
    const { settings, sampler, resource, exporters } = options;
    const { traceExporter, metricExporter, logExporter } = exporters;
    this.#spans = this.#queue("span", settings.spans, spanText, this.#send("traces", traceExporter, TRACES));
    this.#records = this.#queue("record", settings.records, recordText, this.#send("logs", logExporter, LOGS));
    const metrics = this.#target("metric_point");
    this.#reader = new SteadyMetricReader({
      ...metricPreferences(settings, metricExporter),
      send: this.#send("metrics", metricExporter, METRICS),
      intervalMs: settings.metricIntervalMs,
      onDrop: (points, reason) => options.onDrop("metric_point", points, reason),
      onAttempt: (result) => options.onAttempt(metrics, result),
    });
    this.#tracerProvider = new TracerProvider({
      resource,
      sampler,
      spanProcessors: [new QueuedSpanProcessor(this.#spans)],
    });
    this.#loggerProvider = new LoggerProvider({ resource, processors: [new QueuedLogProcessor(this.#records)] });
    this.#meterProvider = new SdkMeterProvider({ resource, readers: [this.#reader] });

    yieldingTracerProvider.offer(this.#tracerProvider);
    this.#leaveContext = registerContextManager();
    this.tracer = yieldingTracerProvider.getTracer(SCOPE);
    this.logger = new YieldingLogger(() => this.#loggerProvider, SCOPE);
    this.#meteredBy = appProviders().metrics ?? this.#meterProvider;
    this.#meter = this.#meteredBy.getMeter(SCOPE);
  }

  /** The meter to record on now. Another one than before means that the app has registered its own provider. */
  meter(): Meter {
    const provider = appProviders().metrics ?? this.#meterProvider;
    if (provider === this.#meteredBy) return this.#meter;
    this.#meteredBy = provider;
    this.#meter = provider.getMeter(SCOPE);
    // After whoever asked has closed its account on the meter before.
    setImmediate(() => void this.#reader.retire());
    return this.#meter;
  }

  /** Spans and records that wait to be sent. */
  pending(): number {
    return this.#spans.size + this.#records.size;
  }

  /** Sends all that has ended; false when something could not be sent and is kept. */
  async flush(): Promise<boolean> {
    const { traceExporter, logExporter, metricExporter } = this.#options.exporters;
    const { traces, logs, metrics } = appProviders();
    const recorded = await Promise.all([
      this.#spans.flush().then(async (done) => (await forceFlush(traceExporter)) && done),
      this.#records.flush().then(async (done) => (await forceFlush(logExporter)) && done),
      ...[traces, logs, metrics].map(forceFlush),
    ]);
    // Last, so that they tell what was dropped on the way.
    const counted = await this.#reader.flush();
    return (await forceFlush(metricExporter)) && counted && recorded.every(Boolean);
  }

  /** Sends what can be sent in the time given, milliseconds, counts the rest as dropped, and stops. */
  async shutdown(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    await Promise.all([this.#spans, this.#records].map((queue) => queue.close(timeoutMs * QUEUE_SHARE)));
    await withTimeLimit(this.#reader.retire(), Math.max(end - performance.now(), 0));
    const { traceExporter, logExporter, metricExporter } = this.#options.exporters;
    const exporters = [traceExporter, logExporter, metricExporter].map(async (exporter) => exporter?.shutdown());
    await withTimeLimit(Promise.allSettled(exporters), Math.max(end - performance.now(), 0));
    yieldingTracerProvider.withdraw(this.#tracerProvider);
    this.#leaveContext();
  }

  #target(what: DroppedKind): SendTarget {
    const { settings, exporters } = this.#options;
    const [signal, exporter] = SOURCES[what];
    return { what, shown: exporters[exporter] === undefined ? shownDestination(settings, signal) : exporter };
  }

  #send<T, Response>(
    signal: Signal,
    exporter: Parameters<typeof sendWithExporter<T>>[0] | undefined,
    messages: OtlpMessages<T, Response>,
  ): Send<T> {
    const send =
      exporter === undefined
        ? otlpSender(signal, messages, this.#options.settings)
        : sendWithExporter(exporter, EXPORTER_TIMEOUT_MS);
    // What the app's instrumentations see of our own requests must not become spans that are sent in turn.
    return (payload) => context.with(suppressTracing(ROOT_CONTEXT), () => send(payload));
  }

  #queue<T>(
    what: "span" | "record",
    settings: QueueSettings,
    textOf: (item: T) => number,
    send: Send<T[]>,
  ): ExportQueue<T> {
    const { onDrop, onAttempt } = this.#options;
    const target = this.#target(what);
    return new ExportQueue<T>({
      ...settings,
      maxText: MAX_QUEUED_TEXT,
      maxBatchText: MAX_BATCH_TEXT,
      textOf,
      send,
      onDrop: (items, reason) => onDrop(what, items, reason),
      onAttempt: (result) => onAttempt(target, result),
    });
  }
}

const SOURCES = {
  span: ["traces", "traceExporter"],
  record: ["logs", "logExporter"],
  metric_point: ["metrics", "metricExporter"],
} as const satisfies Record<DroppedKind, readonly [Signal, keyof OwnExporters]>;

const TRACES: OtlpMessages<ReadableSpan[], IExportTraceServiceResponse> = {
  serializer: ProtobufTraceSerializer,
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedSpans,
};
const LOGS: OtlpMessages<ReadableLogRecord[], IExportLogsServiceResponse> = {
  serializer: ProtobufLogsSerializer,
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedLogRecords,
};
const METRICS: OtlpMessages<ResourceMetrics, IExportMetricsServiceResponse> = {
  serializer: ProtobufMetricsSerializer,
  rejected: ({ partialSuccess }) => partialSuccess?.rejectedDataPoints,
};

interface Flushable {
  forceFlush?: () => Promise<unknown>;
  /** What the API's proxy of a tracer provider stands for. */
  getDelegate?: () => Flushable;
}

/** Flushing a provider is no part of the API, but every SDK has it. */
async function forceFlush(target: object | undefined): Promise<boolean> {
  const flushable = target as Flushable | undefined;
  try {
    await (flushable?.getDelegate?.() ?? flushable)?.forceFlush?.();
    return true;
  } catch {
    return false;
  }
}
