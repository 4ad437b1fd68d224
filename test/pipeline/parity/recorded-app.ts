import { randomUUID } from "node:crypto";
import { SpanKind } from "@opentelemetry/api";
import { ProtobufLogsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { DataPointType, MeterProvider, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { appResource } from "../../../src/export/app-resource.js";
import { metricPreferences } from "../../../src/export/metric-preferences.js";
import { SteadyMetricReader } from "../../../src/export/steady-metric-reader.js";
import type { ChainwatchCallbackHandler } from "../../../src/instrument/callback-handler.js";
import { captureModeOf } from "../../../src/instrument/capture-mode.js";
import { Instrumentation } from "../../../src/instrument/instrumentation.js";
import { MetricInstruments } from "../../../src/instrument/metric-instruments.js";
import { PriceBook } from "../../../src/instrument/price-book.js";
import { fillAttributes } from "../../../src/instrument/request.js";
import { RESOURCE_SERVICE_INSTANCE_ID } from "../../../src/instrument/semconv.js";
import { type AppScript, PRICES, type ScriptedCall, type ScriptedFailure, type ScriptedRequest } from "./app-script.js";

export const ENVIRONMENT = "parity";

/** What happens at a time, Unix milliseconds. */
export interface ScriptedStep {
  atMs: number;
  take(): void;
}

/** What leaves at a collection, OTLP protobuf. */
export interface Report {
  /** Undefined while nothing was ever measured. */
  metrics: Uint8Array | undefined;
  records: Uint8Array | undefined;
}

/**
 * A process as Chainwatch sees it, in whatever time `Date` says it is: LangChain's callbacks go into the real
 * handler, and instruments, SDK, aggregation and serializers are those of an app.
 */
export class RecordedApp {
  readonly instance: string;
  /** Of the exponential histograms at each collection: time and metric → the coarsest scale. */
  readonly #scales: { atMs: number; metric: string; scale: number }[] = [];
  readonly #handler: ChainwatchCallbackHandler;
  readonly #listeners: Instrumentation["listeners"];
  readonly #reader: SteadyMetricReader;
  #collected: ResourceMetrics | undefined;
  #records: ReadableLogRecord[] = [];

  constructor(readonly script: AppScript) {
    const { service, release, explicitBuckets = false } = script;
    const identity = { serviceName: service, serviceVersion: release, environment: ENVIRONMENT };
    const resource = appResource(identity, {}, undefined);
    this.instance = String(resource.attributes[RESOURCE_SERVICE_INSTANCE_ID]);
    this.#reader = new SteadyMetricReader({
      ...metricPreferences({ explicitBuckets, temporality: "cumulative" }, undefined),
      send: async (metrics) => {
        this.#collected = metrics;
        return { sent: true };
      },
      // Collected when the script says so.
      intervalMs: 2 ** 31 - 1,
      onDrop: () => undefined,
      onAttempt: () => undefined,
    });
    const meter = new MeterProvider({ resource, readers: [this.#reader] }).getMeter("chainwatch");
    const records = {
      onEmit: (record: ReadableLogRecord) => void this.#records.push(record),
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    };
    const signals = {
      tracer: new TracerProvider({ resource }).getTracer("chainwatch"),
      instruments: new MetricInstruments(meter),
      logger: new LoggerProvider({ resource, processors: [records] }).getLogger("chainwatch"),
    };
    const instrumentation = new Instrumentation({
      signals: () => signals,
      clock: { monotonicMs: () => Date.now(), unixMs: () => Date.now() },
      detail: "steps",
      capture: captureModeOf(false, undefined),
      redact: undefined,
      prices: new PriceBook(PRICES),
      release,
      maxOpenRuns: 10_000,
      idle: { streamMs: 3_600_000, callMs: 3_600_000, runMs: 3_600_000 },
      warnOnce: () => undefined,
    });
    // The callbacks come from the script, so nothing needs to hang on LangChain.
    instrumentation.stop();
    this.#handler = instrumentation.handler;
    this.#listeners = instrumentation.listeners;
  }

  /** The steps of a request, each after those it needs; to be taken in the order of their times. */
  steps(request: ScriptedRequest): ScriptedStep[] {
    const { startMs, durationMs, type, user, query, calls, tools, outcome, dropped, fault } = request;
    const handler = this.#handler;
    const { recorder } = this.#listeners;
    const id = randomUUID();
    const steps: ScriptedStep[] = [];
    steps.push({
      atMs: startMs,
      take: () => {
        const metadata = { request_type: type, user_id: user };
        handler.handleChainStart({}, {}, id, undefined, [], metadata, undefined, "parity");
        const run = recorder.get(id);
        if (run !== undefined && query !== undefined) fillAttributes(run.request, { query });
      },
    });
    for (const call of calls) steps.push(...this.#callSteps(id, startMs + call.startMs, call));
    for (const tool of tools) {
      const toolId = randomUUID();
      steps.push(
        {
          atMs: startMs + tool.startMs,
          take: () => handler.handleToolStart({}, "", toolId, id, [], {}, tool.name),
        },
        {
          atMs: startMs + tool.startMs + tool.durationMs,
          take: () =>
            tool.fails === undefined
              ? handler.handleToolEnd("", toolId)
              : handler.handleToolError(failure(tool.fails), toolId),
        },
      );
    }
    steps.push({
      atMs: startMs + durationMs,
      take: () => {
        const { instruments } = this.#listeners.signals();
        if (dropped !== undefined) instruments.countDropped(dropped.what, dropped.reason, dropped.items);
        if (fault !== undefined) instruments.countError(fault);
        if (outcome === "success") handler.handleChainEnd({}, id);
        else if (outcome !== "abandoned") handler.handleChainError(failure(outcome), id);
        else {
          const run = recorder.get(id);
          if (run !== undefined) recorder.end(run, { outcome });
        }
      },
    });
    return steps;
  }

  /** Collects what was measured and takes the records since the last time. */
  async report(): Promise<Report> {
    await this.#reader.flush();
    const metrics = this.#collected;
    if (metrics !== undefined) this.#noteScales(metrics);
    const records = this.#records.splice(0);
    return {
      metrics: metrics && serialized(ProtobufMetricsSerializer.serializeRequest(metrics)),
      records: records.length === 0 ? undefined : serialized(ProtobufLogsSerializer.serializeRequest(records)),
    };
  }

  /** The coarsest scale that the metric's histograms have had up to then; undefined without exponential ones. */
  coarsestScale(metric: string, atMs: number): number | undefined {
    const scales = this.#scales.filter((noted) => noted.metric === metric && noted.atMs <= atMs);
    return scales.length === 0 ? undefined : Math.min(...scales.map(({ scale }) => scale));
  }

  #noteScales({ scopeMetrics }: ResourceMetrics): void {
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      if (metric.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) continue;
      // A histogram of one value has the finest scale there is; it is the coarsest that counts.
      const scale = Math.min(...metric.dataPoints.map(({ value }) => value.scale));
      this.#scales.push({ atMs: Date.now(), metric: metric.descriptor.name, scale });
    }
  }

  #callSteps(requestId: string, startMs: number, call: ScriptedCall): ScriptedStep[] {
    const { durationMs, firstChunkMs } = call;
    const id = randomUUID();
    const steps: ScriptedStep[] = [{ atMs: startMs, take: () => this.#startCall(id, requestId, call) }];
    if (firstChunkMs !== undefined) {
      steps.push({ atMs: startMs + firstChunkMs, take: () => this.#handler.handleLLMNewToken("", {}, id) });
    }
    steps.push({ atMs: startMs + durationMs, take: () => this.#endCall(id, call) });
    return steps;
  }

  #startCall(id: string, requestId: string, { kind, provider, model, retry }: ScriptedCall): void {
    if (kind === "chat") {
      const tags = retry === true ? ["retry:attempt:2"] : [];
      const metadata = { ls_provider: provider, ls_model_name: model };
      this.#handler.handleChatModelStart({}, [[]], id, requestId, { invocation_params: {} }, tags, metadata);
      return;
    }
    // LangChain has no callbacks for embeddings; this is what the hook into them does.
    this.#listeners.recorder.start({
      id,
      parentId: requestId,
      kind,
      name: kind,
      spanName: `${kind} ${model}`,
      spanKind: SpanKind.CLIENT,
      hidden: false,
      attributes: {},
      request: {},
      call: {
        provider,
        model,
        timeoutMs: undefined,
        signal: undefined,
        firstChunkMs: undefined,
        partialUsage: undefined,
        failedAttempt: undefined,
        content: undefined,
      },
    });
  }

  #endCall(id: string, { kind, model, tokens, cached, fails }: ScriptedCall): void {
    if (kind === "embeddings") {
      const run = this.#listeners.recorder.get(id);
      if (run !== undefined) this.#listeners.models.endEmbeddings(run, tokens?.input);
    } else if (fails !== undefined) this.#handler.handleLLMError(failure(fails), id);
    else {
      const usage = tokens && {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        total_tokens: tokens.input + tokens.output,
        input_token_details: { cache_read: tokens.cacheRead, cache_creation: tokens.cacheWrite },
        output_token_details: { reasoning: tokens.reasoning },
      };
      const message = { usage_metadata: usage, response_metadata: { model_name: model } };
      const result = { generations: [[{ text: "", message }]] };
      this.#handler.handleLLMEnd(result, id, undefined, undefined, cached === true ? { cached } : undefined);
    }
  }
}

const ERROR_NAMES: Readonly<Record<ScriptedFailure, string>> = {
  error: "InternalServerError",
  timeout: "TimeoutError",
  cancelled: "AbortError",
  interrupted: "GraphInterrupt",
};

function failure(kind: ScriptedFailure): Error {
  const error = new Error("as the script says");
  error.name = ERROR_NAMES[kind];
  return error;
}

function serialized(request: Uint8Array | undefined): Uint8Array {
  if (request === undefined) throw new Error("nothing was serialized");
  return request;
}
