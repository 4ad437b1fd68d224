import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemoryLogRecordExporter, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { type InstrumentOptions, instrument } from "../../src/instrument.js";

type Attributes = Record<string, unknown>;

/** This test process as a watched app: everything that Chainwatch sends lands here. */
export class WatchedApp {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #logs = new InMemoryLogRecordExporter();
  readonly #handle;
  readonly #undici = new UndiciInstrumentation();

  constructor(options: InstrumentOptions = {}) {
    this.#handle = instrument({
      serviceName: "watched-app",
      traceExporter: this.#spans,
      metricExporter: this.#metrics,
      logExporter: this.#logs,
      ...options,
    });
    this.#undici.enable();
  }

  /** Resolves when embeddings are wrapped and the hooks have been tried. */
  async ready(): Promise<this> {
    await this.#handle.hooks();
    return this;
  }

  async flush(): Promise<void> {
    this.#metrics.reset();
    await this.#handle.flush();
  }

  async stop(): Promise<void> {
    this.#undici.disable();
    await this.#handle.shutdown();
  }

  spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  named(name: string | RegExp): ReadableSpan[] {
    return this.spans().filter((span) => (typeof name === "string" ? span.name === name : name.test(span.name)));
  }

  parentOf(span: ReadableSpan): ReadableSpan | undefined {
    return this.spans().find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  }

  records(eventName = "chainwatch.request"): ReadableLogRecord[] {
    return this.#logs.getFinishedLogRecords().filter((record) => record.eventName === eventName);
  }

  /** Points of a metric instrument whose attributes hold all of `where`, as flushed last. */
  points(name: string, where: Attributes = {}): DataPoint<unknown>[] {
    return this.#flushed()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[])
      .filter(({ attributes }) => Object.entries(where).every(([key, value]) => attributes[key] === value));
  }

  /** Sum of a counter, or of a histogram's values. */
  sum(name: string, where: Attributes = {}): number {
    return this.points(name, where).reduce(
      (sum, { value }) => sum + (typeof value === "number" ? value : (value as { sum: number }).sum),
      0,
    );
  }

  /** How many values a histogram has. */
  count(name: string, where: Attributes = {}): number {
    return this.points(name, where).reduce((sum, { value }) => sum + (value as { count: number }).count, 0);
  }

  /** Everything sent so far as one text, to look for what must not be there. */
  everythingSent(): string {
    const spans = this.spans().map(({ name, attributes, status, events, resource }) => ({
      name,
      attributes,
      status,
      events,
      resource: resource.attributes,
    }));
    const records = this.#logs.getFinishedLogRecords().map(({ eventName, body, attributes, resource }) => ({
      eventName,
      body,
      attributes,
      resource: resource.attributes,
    }));
    return JSON.stringify({ spans, records, metrics: this.#flushed() });
  }

  #flushed(): ResourceMetrics[] {
    return this.#metrics.getMetrics();
  }
}
