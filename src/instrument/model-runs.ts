import { type Attributes, SpanKind } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import type { CapturedContent } from "./captured-content.js";
import type { Clock } from "./clock.js";
import type { FailureHints } from "./failure.js";
import { clampDuration } from "./metric-instruments.js";
import type { PriceBook } from "./price-book.js";
import { promptVersionOf } from "./prompt-version.js";
import { items, property } from "./property.js";
import type { RequestAttributes } from "./request.js";
import type { RequestLedger } from "./request-ledger.js";
import { requestParametersOf } from "./request-parameters.js";
import { responseFactsOf } from "./response-facts.js";
import type { ModelCall, Run } from "./run.js";
import type { RunRecorder } from "./run-recorder.js";
import {
  ATTR_CACHE_HIT,
  ATTR_ERROR_TYPE,
  ATTR_LLM_TOKEN_TYPE,
  ATTR_OPERATION_NAME,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_REQUEST_STREAM,
  ATTR_REQUEST_TYPE,
  ATTR_RESPONSE_FINISH_REASONS,
  ATTR_RESPONSE_ID,
  ATTR_RESPONSE_MODEL,
  ATTR_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_TOKEN_TYPE,
  ATTR_USAGE_CACHE_READ_TOKENS,
  ATTR_USAGE_CACHE_WRITE_TOKENS,
  ATTR_USAGE_COST,
  ATTR_USAGE_INPUT_TOKENS,
  ATTR_USAGE_MISSING,
  ATTR_USAGE_OUTPUT_TOKENS,
  ATTR_USAGE_REASONING_TOKENS,
  EVENT_INFERENCE_DETAILS,
} from "./semconv.js";
import type { SignalSource } from "./signals.js";
import { addTokenUsage, messageTokenUsage, type TokenUsage, tokenUsageOf } from "./token-usage.js";
import type { ValueCap } from "./value-cap.js";

export interface ModelRunsOptions {
  recorder: RunRecorder;
  ledger: RequestLedger;
  signals: SignalSource;
  clock: Clock;
  prices: PriceBook;
  models: ValueCap;
  content: CapturedContent;
  /** Says something to the owner of the app, once for each key. */
  warnOnce: (key: string, message: string) => void;
}

export interface ModelRunStart {
  id: string;
  parentId: string | undefined;
  operation: "chat" | "text_completion";
  serialized: unknown;
  /** Chat messages, or prompt texts. */
  input: unknown;
  extraParams: unknown;
  tags: unknown;
  metadata: unknown;
  request: RequestAttributes;
}

/** What a model call came to, whichever way it ended. */
interface CallEnd {
  responseModel: string | undefined;
  usage: TokenUsage | undefined;
  cached: boolean;
  errorType?: string;
}

/** Model calls: what is asked, what came back, how long, how many tokens, how much money. */
export class ModelRuns {
  constructor(private readonly options: ModelRunsOptions) {}

  start(start: ModelRunStart): void {
    const { recorder, content, signals, models } = this.options;
    const { provider, model, attributes: parameters } = requestParametersOf(start);
    if (retriedAttempt(start.tags))
      signals().instruments.llmRetries.add(1, { [ATTR_REQUEST_MODEL]: models.pass(model) });
    const input = content.modelInput(start.input, start.extraParams);
    const attributes: Attributes = {
      [ATTR_OPERATION_NAME]: start.operation,
      [ATTR_PROVIDER_NAME]: provider,
      [ATTR_REQUEST_MODEL]: model,
    };
    Object.assign(attributes, parameters, content.mode.spans ? input : undefined);
    const call: ModelCall = {
      provider,
      model,
      timeoutMs: timeoutOf(start.metadata),
      signal: property(property(start.extraParams, "options"), "signal"),
      firstChunkMs: undefined,
      partialUsage: undefined,
      failedAttempt: undefined,
      content: content.mode.events ? input : undefined,
    };
    recorder.start({
      id: start.id,
      parentId: start.parentId,
      kind: start.operation,
      name: start.operation,
      spanName: `${start.operation} ${model}`,
      spanKind: SpanKind.CLIENT,
      hidden: false,
      attributes,
      request: start.request,
      prompt: promptVersionOf(start.metadata),
      call,
    });
  }

  chunk(run: Run, fields: unknown): void {
    const { call } = run;
    if (call === undefined) return;
    run.lastActivityMs = this.options.clock.monotonicMs();
    call.firstChunkMs ??= run.lastActivityMs;
    const usage = messageTokenUsage(property(property(fields, "chunk"), "message"));
    if (usage === undefined) return;
    call.partialUsage = call.partialUsage === undefined ? usage : addTokenUsage(call.partialUsage, usage);
  }

  end(run: Run, result: unknown, extra: unknown): void {
    const { recorder, content } = this.options;
    const facts = responseFactsOf(result, extra);
    const usage = facts.cached ? undefined : tokenUsageOf(result);
    const output = content.modelOutput(result);
    const attributes = this.#account(run, { responseModel: facts.model, usage, cached: facts.cached });
    if (content.mode.spans) Object.assign(attributes, output);
    if (content.mode.events) this.#emitContent(run, output);
    if (facts.model !== undefined) attributes[ATTR_RESPONSE_MODEL] = facts.model;
    if (facts.id !== undefined) attributes[ATTR_RESPONSE_ID] = facts.id;
    if (facts.finishReasons.length > 0) attributes[ATTR_RESPONSE_FINISH_REASONS] = [...facts.finishReasons];
    recorder.end(run, { outcome: "success", attributes });
  }

  fail(run: Run, error: unknown): void {
    const { recorder, ledger, clock } = this.options;
    const hints: FailureHints = {
      durationMs: clock.monotonicMs() - run.startMs,
      ...(run.call?.timeoutMs === undefined ? {} : { timeoutMs: run.call.timeoutMs }),
      ...(run.call?.signal === undefined ? {} : { signal: run.call.signal }),
    };
    const failure = ledger.failureOf(run.request, run.context, error, hints);
    const attributes = this.#account(run, {
      responseModel: undefined,
      usage: run.call?.partialUsage,
      cached: false,
      errorType: failure.errorType,
    });
    recorder.end(run, { outcome: failure.outcome, failure, attributes });
  }

  /** @param inputTokens As the provider counted them; undefined when it did not. */
  endEmbeddings(run: Run, inputTokens: number | undefined): void {
    const attributes = this.#account(run, {
      responseModel: undefined,
      usage: embeddingsUsage(inputTokens),
      cached: false,
    });
    this.options.recorder.end(run, { outcome: "success", attributes });
  }

  failEmbeddings(run: Run, error: unknown, inputTokens: number | undefined): void {
    const { recorder, ledger } = this.options;
    const failure = ledger.failureOf(run.request, run.context, error);
    const usage = embeddingsUsage(inputTokens);
    const attributes = this.#account(run, {
      responseModel: undefined,
      usage,
      cached: false,
      errorType: failure.errorType,
    });
    recorder.end(run, { outcome: failure.outcome, failure, attributes });
  }

  /** A stream that was broken off: with the tokens that were seen. */
  abandon(run: Run): void {
    const usage = run.call?.partialUsage;
    const attributes = this.#account(run, { responseModel: undefined, usage, cached: false, errorType: "abandoned" });
    this.options.recorder.end(run, { outcome: "abandoned", attributes });
  }

  /** Instruments and request totals; returns what the span says of it. */
  #account(run: Run, end: CallEnd): Attributes {
    const { call } = run;
    if (call === undefined) return {};
    const { ledger, signals, clock, prices, models } = this.options;
    const { instruments } = signals();
    const { usage, cached, errorType, responseModel } = end;
    const model = models.pass(call.model);
    const seconds = (clock.monotonicMs() - run.startMs) / 1000;
    const answeredBy = responseModel === undefined ? undefined : models.pass(responseModel);
    // An object anew for each measurement, name by name: that takes V8 less time than to spread one into the next.
    const measured = (name?: string, value?: string): Attributes => {
      const measurement: Attributes = {};
      measurement[ATTR_OPERATION_NAME] = run.kind;
      measurement[ATTR_PROVIDER_NAME] = call.provider;
      measurement[ATTR_REQUEST_MODEL] = model;
      if (name !== undefined) measurement[name] = value;
      return measurement;
    };
    const answered = (name?: string, value?: string): Attributes => {
      const measurement = measured(name, value);
      if (answeredBy !== undefined) measurement[ATTR_RESPONSE_MODEL] = answeredBy;
      return measurement;
    };
    const attributes: Attributes = {};
    const timed = errorType === undefined ? answered() : answered(ATTR_ERROR_TYPE, errorType);
    instruments.operationDuration.record(clampDuration(seconds), timed);

    if (cached) attributes[ATTR_CACHE_HIT] = true;
    else if (call.firstChunkMs !== undefined) {
      const firstChunkS = (call.firstChunkMs - run.startMs) / 1000;
      attributes[ATTR_REQUEST_STREAM] = true;
      attributes[ATTR_RESPONSE_TIME_TO_FIRST_CHUNK] = firstChunkS;
      instruments.timeToFirstChunk.record(clampDuration(firstChunkS), answered());
    }
    let costUsd: number | undefined;
    if (usage !== undefined) {
      addUsage(attributes, usage);
      instruments.tokenUsage.record(usage.input, answered(ATTR_TOKEN_TYPE, "input"));
      if (run.kind !== "embeddings") {
        instruments.tokenUsage.record(usage.output, answered(ATTR_TOKEN_TYPE, "output"));
      }
      for (const [type, tokens] of tokenLines(usage)) {
        if (tokens > 0) instruments.llmTokens.add(tokens, measured(ATTR_LLM_TOKEN_TYPE, type));
      }
      const priced = { provider: call.provider, requestModel: call.model, usage, at: new Date(clock.unixMs()) };
      costUsd = prices.price({ ...priced, model: responseModel ?? call.model })?.total;
      if (costUsd === undefined) this.#priceUnknown(model);
      else {
        attributes[ATTR_USAGE_COST] = costUsd;
        instruments.llmCost.record(costUsd, measured(ATTR_REQUEST_TYPE, run.request.type));
      }
    } else if (!cached && errorType === undefined) {
      attributes[ATTR_USAGE_MISSING] = true;
      this.#usageMissing(model, call.firstChunkMs !== undefined);
    }
    ledger.addCall(run.request, {
      model: call.model,
      writes: run.kind !== "embeddings",
      seconds,
      usage,
      costUsd,
      unpriced: usage !== undefined && costUsd === undefined,
    });
    return attributes;
  }

  /** The conventions' event that carries content apart from the span. */
  #emitContent(run: Run, output: Attributes): void {
    const { signals, clock } = this.options;
    signals().logger.emit({
      eventName: EVENT_INFERENCE_DETAILS,
      timestamp: clock.unixMs(),
      severityNumber: SeverityNumber.INFO,
      attributes: { [ATTR_OPERATION_NAME]: run.kind, ...(run.call?.content ?? {}), ...output },
      context: run.context,
    });
  }

  #priceUnknown(model: string): void {
    this.options.signals().instruments.countPriceUnknown(model);
    this.options.warnOnce(
      `price:${model}`,
      `no price is known for model "${model}": its calls are counted without cost. ` +
        `Add it: instrument({ prices: { "${model}": { input: …, output: … } } }), US dollars per million tokens.`,
    );
  }

  #usageMissing(model: string, streamed: boolean): void {
    this.options.signals().instruments.llmUsageMissing.add(1, { [ATTR_REQUEST_MODEL]: model });
    this.options.warnOnce(
      `usage:${model}`,
      `model "${model}" reported no token counts, so tokens and cost of its calls are missing. ` +
        (streamed
          ? "Set streamUsage: true on the model (or stream_options: { include_usage: true } at the provider)."
          : "Its provider or proxy left the usage out of the response."),
    );
  }
}

function addUsage(attributes: Attributes, usage: TokenUsage): void {
  attributes[ATTR_USAGE_INPUT_TOKENS] = usage.input;
  attributes[ATTR_USAGE_OUTPUT_TOKENS] = usage.output;
  if (usage.cacheRead > 0) attributes[ATTR_USAGE_CACHE_READ_TOKENS] = usage.cacheRead;
  if (usage.cacheWrite > 0) attributes[ATTR_USAGE_CACHE_WRITE_TOKENS] = usage.cacheWrite;
  if (usage.reasoning > 0) attributes[ATTR_USAGE_REASONING_TOKENS] = usage.reasoning;
}

const embeddingsUsage = (input: number | undefined): TokenUsage | undefined =>
  input === undefined ? undefined : { input, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

function tokenLines(usage: TokenUsage): [type: string, tokens: number][] {
  return [
    ["input", usage.input],
    ["output", usage.output],
    ["cache_read", usage.cacheRead],
    ["cache_write", usage.cacheWrite],
    ["reasoning", usage.reasoning],
  ];
}

/** `withRetry()` starts each further attempt as a run of its own, tagged `retry:attempt:2` and so on. */
const retriedAttempt = (tags: unknown): boolean =>
  items(tags).some((tag) => typeof tag === "string" && tag.startsWith("retry:attempt:"));

function timeoutOf(metadata: unknown): number | undefined {
  const timeout = property(metadata, "timeoutMs");
  return typeof timeout === "number" ? timeout : undefined;
}
