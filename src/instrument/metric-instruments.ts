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

/**
 * Where explicit buckets end, for readers that do not make them exponential. Those of model calls and tokens are what
 * the GenAI semantic conventions recommend; the SDK's own begin at 0, 5, 10 and say nothing about seconds or dollars.
 */
const DURATION_BOUNDS_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** An agent takes minutes. */
const REQUEST_DURATION_BOUNDS_S = [...DURATION_BOUNDS_S, 163.84, 327.68, 655.36];
const TOKEN_BOUNDS = Array.from({ length: 14 }, (_, i) => 4 ** i);
/** From a small model's shortest answer to a long agent's run. */
const COST_BOUNDS_USD = [
  ...[-6, -5, -4, -3, -2, -1, 0, 1].flatMap((exponent) => [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`))),
  100,
];
const CALL_BOUNDS = [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100];

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
      advice: { explicitBucketBoundaries: DURATION_BOUNDS_S },
    });
    this.tokenUsage = meter.createHistogram(METRIC_TOKEN_USAGE, {
      unit: "{token}",
      description: "Tokens of a model call, input or output.",
      advice: { explicitBucketBoundaries: TOKEN_BOUNDS },
    });
    this.timeToFirstChunk = meter.createHistogram(METRIC_TIME_TO_FIRST_CHUNK, {
      unit: "s",
      description: "Time from the request to the first chunk of a stream.",
      advice: { explicitBucketBoundaries: DURATION_BOUNDS_S },
    });
    this.toolDuration = meter.createHistogram(METRIC_TOOL_DURATION, {
      unit: "s",
      description: "Time of a tool call.",
      advice: { explicitBucketBoundaries: DURATION_BOUNDS_S },
    });
    this.llmTokens = meter.createCounter(METRIC_LLM_TOKENS, {
      unit: "{token}",
      description: "Tokens by type; cache_read and cache_write are part of input, reasoning is part of output.",
    });
    this.llmCost = meter.createHistogram(METRIC_LLM_COST, {
      unit: "{USD}",
      description: "Cost of a model call with a known price.",
      advice: { explicitBucketBoundaries: COST_BOUNDS_USD },
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
      advice: { explicitBucketBoundaries: REQUEST_DURATION_BOUNDS_S },
    });
    this.requestCost = meter.createHistogram(METRIC_REQUEST_COST, {
      unit: "{USD}",
      description: "Cost of a request: the sum of its calls with a known price.",
      advice: { explicitBucketBoundaries: COST_BOUNDS_USD },
    });
    this.requestTokens = meter.createHistogram(METRIC_REQUEST_TOKENS, {
      unit: "{token}",
      description: "Tokens of a request, input and output.",
      advice: { explicitBucketBoundaries: TOKEN_BOUNDS },
    });
    this.requestLlmCalls = meter.createHistogram(METRIC_REQUEST_LLM_CALLS, {
      unit: "{call}",
      description: "Model calls of a request.",
      advice: { explicitBucketBoundaries: CALL_BOUNDS },
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
