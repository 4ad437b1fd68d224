import { performance } from "node:perf_hooks";
import { context, type Meter, type MeterProvider, ROOT_CONTEXT, type Tracer } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import { suppressTracing } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordExporter, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { type PushMetricExporter, MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { type ReadableSpan, type Sampler, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { appProviders } from "./app-providers.js";
import { recordText, spanText } from "./attribute-text.js";
import { ExportQueue } from "./export-queue.js";
import {
  type Destination,
  type ExportSettings,
  type QueueSettings,
  type Signal,
  shownHost,
} from "./export-settings.js";
import { metricPreferences } from "./metric-preferences.js";
import { LOGS, METRICS, type OtlpMessages, type OtlpResponse, TRACES } from "./otlp-messages.js";
import { otlpSender } from "./otlp-sender.js";
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
  /** Undefined: metrics are turned off. */
  readonly #reader: SteadyMetricReader | undefined;
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
    const { traces, metrics, logs } = settings.destinations;
    this.#spans = this.#queue("span", settings.spans, spanText, this.#send(traces, traceExporter, TRACES));
    this.#records = this.#queue("record", settings.records, recordText, this.#send(logs, logExporter, LOGS));
    const points = this.#target("metric_point");
    this.#reader =
      metrics &&
      new SteadyMetricReader({
        ...metricPreferences(settings, metricExporter),
        send: this.#send(metrics, metricExporter, METRICS),
        intervalMs: settings.metricIntervalMs,
        onDrop: (count, reason) => options.onDrop("metric_point", count, reason),
        onAttempt: (result) => options.onAttempt(points, result),
      });
    this.#tracerProvider = new TracerProvider({
      resource,
      sampler,
      spanProcessors: traces === undefined ? [] : [new QueuedSpanProcessor(this.#spans)],
    });
    this.#loggerProvider = new LoggerProvider({
      resource,
      processors: logs === undefined ? [] : [new QueuedLogProcessor(this.#records)],
    });
    this.#meterProvider = new SdkMeterProvider({ resource, readers: this.#reader === undefined ? [] : [this.#reader] });

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
    setImmediate(() => void this.#reader?.retire());
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
    const counted = (await this.#reader?.flush()) ?? true;
    return (await forceFlush(metricExporter)) && counted && recorded.every(Boolean);
  }

  /** Sends what can be sent in the time given, milliseconds, counts the rest as dropped, and stops. */
  async shutdown(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    await Promise.all([this.#spans, this.#records].map((queue) => queue.close(timeoutMs * QUEUE_SHARE)));
    await withTimeLimit(Promise.resolve(this.#reader?.retire()), Math.max(end - performance.now(), 0));
    const { traceExporter, logExporter, metricExporter } = this.#options.exporters;
    const exporters = [traceExporter, logExporter, metricExporter].map(async (exporter) => exporter?.shutdown());
    await withTimeLimit(Promise.allSettled(exporters), Math.max(end - performance.now(), 0));
    yieldingTracerProvider.withdraw(this.#tracerProvider);
    this.#leaveContext();
  }

  #target(what: DroppedKind): SendTarget {
    const { settings, exporters } = this.#options;
    const [signal, exporter] = SOURCES[what];
    const destination = settings.destinations[signal];
    return exporters[exporter] === undefined && destination !== undefined
      ? { what, shown: shownHost(destination), destination }
      : { what, shown: exporter };
  }

  #send<T, Response extends OtlpResponse>(
    destination: Destination | undefined,
    exporter: Parameters<typeof sendWithExporter<T>>[0] | undefined,
    messages: OtlpMessages<T, Response>,
  ): Send<T> {
    if (destination === undefined) return async () => ({ sent: true });
    const send =
      exporter === undefined
        ? otlpSender(messages, destination, this.#options.settings.headers)
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
