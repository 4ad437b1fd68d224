import {
  ATTR_DROPPED_REASON,
  ATTR_DROPPED_WHAT,
  ATTR_ERROR_TYPE,
  ATTR_LLM_TOKEN_TYPE,
  ATTR_OPERATION_NAME,
  ATTR_OUTCOME,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_REQUEST_TYPE,
  ATTR_TOOL_NAME,
  METRIC_LLM_COST,
  METRIC_LLM_RETRIES,
  METRIC_LLM_TOKENS,
  METRIC_OPERATION_DURATION,
  METRIC_PRICE_UNKNOWN,
  METRIC_REQUEST_COST,
  METRIC_REQUEST_DURATION,
  METRIC_TELEMETRY_DROPPED,
  METRIC_TIME_TO_FIRST_CHUNK,
  METRIC_TOOL_DURATION,
  RESOURCE_SERVICE_INSTANCE_ID,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
} from "../../src/instrument/semconv.js";
import type { Attributes, MetricPointRow, TelemetryBatch } from "../../src/receive/telemetry-batch.js";
import type { Outcome } from "../../src/store/request-record.js";
import { exponentialHistogram } from "./example-histogram.js";

/** 2026-01-31 10:00:00 UTC: the second 0 of the examples. */
export const EPOCH_MS = Date.UTC(2026, 0, 31, 10);

export const atMs = (second: number): number => EPOCH_MS + second * 1000;

interface Series {
  metric: string;
  attributes: Attributes;
  histogram: boolean;
  values: number[];
}

interface Call {
  model?: string;
  provider?: string;
  operation?: string;
  durationS?: number;
  error?: string;
  retries?: number;
  firstChunkS?: number;
  /** By type: input, output, cache_read, … */
  tokens?: Record<string, number>;
  costUsd?: number;
  unpriced?: boolean;
  requestType?: string;
}

/** A process that measures like an instrumented app, and exports cumulative (or delta) points when told to. */
export class ExampleApp {
  readonly #series = new Map<string, Series>();
  readonly #resource: Attributes;
  readonly #startUs: number;
  #exportedUs: number;

  constructor(
    startS: number,
    instance: string,
    private readonly temporality: "cumulative" | "delta",
    service = "shop",
  ) {
    this.#startUs = atMs(startS) * 1000;
    this.#exportedUs = this.#startUs;
    this.#resource = {
      [RESOURCE_SERVICE_NAME]: service,
      [RESOURCE_SERVICE_INSTANCE_ID]: instance,
      [RESOURCE_SERVICE_VERSION]: "1.0",
    };
  }

  request(outcome: Outcome, durationS: number, { type = "chain", costUsd }: { type?: string; costUsd?: number } = {}) {
    this.#measure(METRIC_REQUEST_DURATION, true, durationS, {
      [ATTR_REQUEST_TYPE]: type,
      [ATTR_OUTCOME]: outcome,
      [RESOURCE_SERVICE_VERSION]: "1.0",
    });
    if (costUsd !== undefined) this.#measure(METRIC_REQUEST_COST, true, costUsd, { [ATTR_REQUEST_TYPE]: type });
  }

  call({ model = "gpt", provider = "openai", operation = "chat", durationS = 1, ...call }: Call = {}): void {
    const of: Attributes = { [ATTR_REQUEST_MODEL]: model, [ATTR_PROVIDER_NAME]: provider };
    const error: Attributes = call.error === undefined ? {} : { [ATTR_ERROR_TYPE]: call.error };
    this.#measure(METRIC_OPERATION_DURATION, true, durationS, { ...of, [ATTR_OPERATION_NAME]: operation, ...error });
    for (const [type, count] of Object.entries(call.tokens ?? {})) {
      this.#measure(METRIC_LLM_TOKENS, false, count, { ...of, [ATTR_LLM_TOKEN_TYPE]: type });
    }
    if (call.firstChunkS !== undefined) this.#measure(METRIC_TIME_TO_FIRST_CHUNK, true, call.firstChunkS, of);
    if (call.retries !== undefined) {
      this.#measure(METRIC_LLM_RETRIES, false, call.retries, { [ATTR_REQUEST_MODEL]: model, ...error });
    }
    if (call.unpriced === true) this.#measure(METRIC_PRICE_UNKNOWN, false, 1, { [ATTR_REQUEST_MODEL]: model });
    if (call.costUsd !== undefined) {
      const type = call.requestType ?? "chain";
      this.#measure(METRIC_LLM_COST, true, call.costUsd, { ...of, [ATTR_REQUEST_TYPE]: type });
    }
  }

  tool(name: string, error?: string): void {
    this.#measure(METRIC_TOOL_DURATION, true, 0.5, {
      [ATTR_TOOL_NAME]: name,
      ...(error !== undefined && { [ATTR_ERROR_TYPE]: error }),
    });
  }

  dropped(what: string, reason: string, items: number): void {
    this.#measure(METRIC_TELEMETRY_DROPPED, false, items, { [ATTR_DROPPED_WHAT]: what, [ATTR_DROPPED_REASON]: reason });
  }

  /** What leaves at that second. */
  export(second: number): TelemetryBatch {
    const timeUs = atMs(second) * 1000;
    const startTimeUs = this.temporality === "cumulative" ? this.#startUs : this.#exportedUs;
    const points = [...this.#series.values()].map(({ metric, attributes, histogram, values }): MetricPointRow => {
      const value = histogram ? exponentialHistogram(values) : values.reduce((sum, each) => sum + each, 0);
      const kind = histogram ? "histogram" : "counter";
      const { temporality } = this;
      return { metric, unit: "", kind, temporality, attributes, resource: this.#resource, startTimeUs, timeUs, value };
    });
    if (this.temporality === "delta") this.#series.clear();
    this.#exportedUs = timeUs;
    return { spans: [], logs: [], points };
  }

  #measure(metric: string, histogram: boolean, value: number, attributes: Attributes): void {
    const key = JSON.stringify([metric, attributes]);
    const series = this.#series.get(key) ?? { metric, attributes, histogram, values: [] };
    series.values.push(value);
    this.#series.set(key, series);
  }
}
