import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import {
  ATTR_DROPPED_REASON,
  ATTR_DROPPED_WHAT,
  ATTR_REQUEST_MODEL,
  ATTR_REQUEST_TYPE,
  METRIC_LLM_COST,
  METRIC_LLM_RETRIES,
  METRIC_LLM_TOKENS,
  METRIC_LLM_USAGE_MISSING,
  METRIC_OPERATION_DURATION,
  METRIC_PRICE_UNKNOWN,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_ACTIVE_PEAK,
  METRIC_REQUEST_COST,
  METRIC_REQUEST_DURATION,
  METRIC_REQUEST_LLM_CALLS,
  METRIC_REQUEST_TOKENS,
  METRIC_TELEMETRY_DROPPED,
  METRIC_TELEMETRY_ERRORS,
  METRIC_TIME_TO_FIRST_CHUNK,
  METRIC_TOKEN_USAGE,
  METRIC_TOOL_DURATION,
} from "./semconv.js";

/** Shorter durations are recorded as this, seconds: one 0.5 ms outlier would cost an exponential histogram its scale. */
export const SHORTEST_DURATION_S = 0.01;

export const clampDuration = (seconds: number): number => Math.max(seconds, SHORTEST_DURATION_S);

/** The most requests at once since the last collection, by request type. */
class ActiveRequests {
  readonly #counts = new Map<string, { now: number; peak: number }>();

  change(type: string, by: 1 | -1): void {
    let count = this.#counts.get(type);
    if (count === undefined) {
      count = { now: 0, peak: 0 };
      this.#counts.set(type, count);
    }
    count.now += by;
    count.peak = Math.max(count.peak, count.now);
  }

  *counts(): Iterable<[type: string, now: number]> {
    for (const [type, { now }] of this.#counts) yield [type, now];
  }

  /** Types of the requests that run, one entry each. */
  *running(): Iterable<string> {
    for (const [type, { now }] of this.#counts) for (let left = now; left > 0; left--) yield type;
  }

  /** Reads the high-water marks and begins anew from what is active now. */
  *takePeaks(): Iterable<[type: string, peak: number]> {
    for (const [type, count] of this.#counts) {
      yield [type, count.peak];
      count.peak = count.now;
    }
  }
}

/** Every metric instrument that Chainwatch records on. Names, units and attributes: `semconv.ts` and docs. */
export class MetricInstruments {
  readonly operationDuration: Histogram;
  readonly tokenUsage: Histogram;
  readonly timeToFirstChunk: Histogram;
  readonly toolDuration: Histogram;
  readonly llmTokens: Counter;
  readonly llmCost: Histogram;
  readonly llmRetries: Counter;
  readonly llmUsageMissing: Counter;
  readonly requestDuration: Histogram;
  readonly requestCost: Histogram;
  readonly requestTokens: Histogram;
  readonly requestLlmCalls: Histogram;
  readonly #activeRequests = new ActiveRequests();
  readonly #dropped: Counter;
  readonly #errors: Counter;
  readonly #priceUnknown: Counter;

  constructor(meter: Meter) {
    this.operationDuration = meter.createHistogram(METRIC_OPERATION_DURATION, {
      unit: "s",
      description: "Time of a model call, from the request to the last chunk.",
    });
    this.tokenUsage = meter.createHistogram(METRIC_TOKEN_USAGE, {
      unit: "{token}",
      description: "Tokens of a model call, input or output.",
    });
    this.timeToFirstChunk = meter.createHistogram(METRIC_TIME_TO_FIRST_CHUNK, {
      unit: "s",
      description: "Time from the request to the first chunk of a stream.",
    });
    this.toolDuration = meter.createHistogram(METRIC_TOOL_DURATION, { unit: "s", description: "Time of a tool call." });
    this.llmTokens = meter.createCounter(METRIC_LLM_TOKENS, {
      unit: "{token}",
      description: "Tokens by type; cache_read and cache_write are part of input, reasoning is part of output.",
    });
    this.llmCost = meter.createHistogram(METRIC_LLM_COST, {
      unit: "{USD}",
      description: "Cost of a model call with a known price.",
    });
    this.llmRetries = meter.createCounter(METRIC_LLM_RETRIES, {
      unit: "{retry}",
      description: "Attempts of a model call after a failed one.",
    });
    this.llmUsageMissing = meter.createCounter(METRIC_LLM_USAGE_MISSING, {
      unit: "{call}",
      description: "Model calls that ended without token counts.",
    });
    this.requestDuration = meter.createHistogram(METRIC_REQUEST_DURATION, {
      unit: "s",
      description: "Response time of a request.",
    });
    this.requestCost = meter.createHistogram(METRIC_REQUEST_COST, {
      unit: "{USD}",
      description: "Cost of a request: the sum of its calls with a known price.",
    });
    this.requestTokens = meter.createHistogram(METRIC_REQUEST_TOKENS, {
      unit: "{token}",
      description: "Tokens of a request, input and output.",
    });
    this.requestLlmCalls = meter.createHistogram(METRIC_REQUEST_LLM_CALLS, {
      unit: "{call}",
      description: "Model calls of a request.",
    });
    meter
      .createObservableUpDownCounter(METRIC_REQUEST_ACTIVE, {
        unit: "{request}",
        description: "Requests that are running.",
      })
      .addCallback((result) => {
        for (const [type, now] of this.#activeRequests.counts()) result.observe(now, { [ATTR_REQUEST_TYPE]: type });
      });
    meter
      .createObservableGauge(METRIC_REQUEST_ACTIVE_PEAK, {
        unit: "{request}",
        description: "The most requests at once since the last collection.",
      })
      .addCallback((result) => {
        for (const [type, peak] of this.#activeRequests.takePeaks())
          result.observe(peak, { [ATTR_REQUEST_TYPE]: type });
      });
    this.#dropped = meter.createCounter(METRIC_TELEMETRY_DROPPED, {
      unit: "{item}",
      description: "Telemetry that was given up, by kind and reason.",
    });
    this.#errors = meter.createCounter(METRIC_TELEMETRY_ERRORS, {
      unit: "{error}",
      description: "Faults inside Chainwatch that it kept away from the app.",
    });
    this.#priceUnknown = meter.createCounter(METRIC_PRICE_UNKNOWN, {
      unit: "{call}",
      description: "Model calls whose model has no known price.",
    });
  }

  /** Takes the running requests over from the instruments on another meter, so that neither counts them for ever. */
  takeOver(before: MetricInstruments): void {
    for (const type of before.#activeRequests.running()) {
      before.requestEnded(type);
      this.requestStarted(type);
    }
  }

  requestStarted(type: string): void {
    this.#activeRequests.change(type, 1);
  }

  requestEnded(type: string): void {
    this.#activeRequests.change(type, -1);
  }

  countDropped(what: string, reason: string, items: number): void {
    this.#dropped.add(items, { [ATTR_DROPPED_WHAT]: what, [ATTR_DROPPED_REASON]: reason });
  }

  countError(where: string): void {
    const attributes: Attributes = { [ATTR_DROPPED_WHAT]: where };
    this.#errors.add(1, attributes);
  }

  countPriceUnknown(model: string): void {
    this.#priceUnknown.add(1, { [ATTR_REQUEST_MODEL]: model });
  }
}
