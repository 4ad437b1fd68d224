import { setImmediate as nextTurn } from "node:timers/promises";
import { ChainwatchCallbackHandler, type RunListeners } from "./callback-handler.js";
import type { CaptureMode } from "./capture-mode.js";
import { CapturedContent } from "./captured-content.js";
import type { Clock } from "./clock.js";
import { wrapEmbeddings } from "./embeddings-hook.js";
import { type FaultSink, guard } from "./fault-guard.js";
import { type HookReport, probeHooks } from "./hook-probe.js";
import { watchHttpAttempts } from "./http-attempts.js";
import { appEmbeddings, loadedEmbeddings, otherEmbeddings } from "./langchain-modules.js";
import { installLangChainStorage, removeLangChainStorage } from "./langchain-storage.js";
import { MessageContent } from "./message-content.js";
import { ModelRuns } from "./model-runs.js";
import type { PriceBook } from "./price-book.js";
import { processState } from "./process-state.js";
import { type Redact, Redaction } from "./redaction.js";
import { RequestLedger } from "./request-ledger.js";
import type { Run } from "./run.js";
import type { Detail } from "./run-kind.js";
import { RunRecorder } from "./run-recorder.js";
import { ATTR_ERROR_TYPE, ATTR_EXCEPTION_MESSAGE, ATTR_REQUEST_MODEL } from "./semconv.js";
import type { SignalSource } from "./signals.js";
import { ValueCap } from "./value-cap.js";
import type { RequestRunner } from "./with-request.js";

/** How long a run may show no sign of life before it is given up, milliseconds. */
export interface IdleLimits {
  /** A stream that has begun, between two chunks: an app that breaks one off ends no run. */
  streamMs: number;
  /** A model call without a chunk so far. */
  callMs: number;
  /** Any other run, while nothing runs under it. */
  runMs: number;
}

export interface InstrumentationOptions {
  signals: SignalSource;
  clock: Clock;
  detail: Detail;
  capture: CaptureMode;
  redact: Redact | undefined;
  prices: PriceBook;
  /** `service.version`. */
  release: string | undefined;
  /** Most runs open at once; more are ended, the oldest first, and marked abandoned. */
  maxOpenRuns: number;
  idle: IdleLimits;
  warnOnce: (key: string, message: string) => void;
}

/** Characters of one content attribute: large enough to read, small enough for every backend. */
const MAX_CONTENT_CHARS = 60_000;
/** Different values of a metric attribute in the life of a process. */
const MAX_ATTRIBUTE_VALUES = 100;
const SWEEP_INTERVAL_MS = 5_000;

/** Everything that hangs on LangChain's hooks in this process, put together. */
export class Instrumentation {
  readonly handler: ChainwatchCallbackHandler;
  readonly listeners: RunListeners;
  readonly runner: RequestRunner;
  readonly #stops: (() => void)[] = [];

  constructor(private readonly options: InstrumentationOptions) {
    const { signals, clock, capture, release } = options;
    const onFault: FaultSink = (where) => signals().instruments.countError(where);
    const cap = (name: string): ValueCap =>
      new ValueCap(MAX_ATTRIBUTE_VALUES, () => signals().instruments.countDropped(name, "cardinality", 1));
    const redaction = new Redaction(options.redact, (fault) =>
      guard("redact", onFault, () => onFault("redact", fault)),
    );
    const content = new CapturedContent(capture, new MessageContent(MAX_CONTENT_CHARS, redaction));
    const filter = redaction.filter(ATTR_EXCEPTION_MESSAGE);
    // Error messages often quote the prompt, so they are content too.
    const errorText = { captureContent: capture.spans || capture.events, ...(filter === undefined ? {} : { filter }) };
    const ledger = new RequestLedger({ signals, clock, release, requestTypes: cap("request_type"), errorText });
    const recorder = new RunRecorder({
      signals,
      clock,
      ledger,
      maxOpenRuns: options.maxOpenRuns,
      abandon: (run) => this.#abandon(run, "too_many_open"),
    });
    const modelCap = cap("model");
    const models = new ModelRuns({
      recorder,
      ledger,
      signals,
      clock,
      prices: options.prices,
      models: modelCap,
      content,
      warnOnce: options.warnOnce,
    });
    this.listeners = {
      recorder,
      models,
      ledger,
      signals,
      clock,
      content,
      detail: options.detail,
      tools: cap("tool"),
      onFault,
    };
    this.runner = { ledger, signals, onFault };
    this.handler = new ChainwatchCallbackHandler(() => this.listeners);

    const storage = installLangChainStorage({
      handler: this.handler,
      runInside: (runId, fn) => recorder.runInside(runId, fn),
    });
    const stopAttempts = watchHttpAttempts(
      (run, errorType) => {
        const model = modelCap.pass(run.call?.model ?? "unknown");
        signals().instruments.llmRetries.add(1, { [ATTR_REQUEST_MODEL]: model, [ATTR_ERROR_TYPE]: errorType });
      },
      (fault) => guard("http attempts", onFault, () => onFault("http attempts", fault)),
    );
    const sweep = setInterval(() => {
      guard("sweep", onFault, () => this.sweep());
      guard("embeddings", onFault, () => this.#wrap(loadedEmbeddings()));
    }, SWEEP_INTERVAL_MS);
    sweep.unref();
    this.#stops.push(
      () => removeLangChainStorage(storage),
      stopAttempts,
      () => clearInterval(sweep),
    );
  }

  /** Wraps what has no callbacks, and tries which hook is live. */
  async reach(): Promise<HookReport> {
    this.#wrap([...loadedEmbeddings(), ...appEmbeddings()]);
    // Copies that the app may have besides must not hold up its start.
    await nextTurn();
    this.#wrap([...loadedEmbeddings(), ...(await otherEmbeddings())]);
    return probeHooks(this.handler);
  }

  #wrap(embeddingsClasses: readonly unknown[]): void {
    for (const embeddings of embeddingsClasses) wrapEmbeddings(embeddings, () => processState().listeners);
  }

  /** Ends runs without a sign of life, and the runs around them that only waited for them. */
  sweep(): void {
    const now = this.options.clock.monotonicMs();
    for (const run of [...this.listeners.recorder.open()]) {
      if (run.openChildren > 0 || now - run.lastActivityMs <= this.#idleLimitMs(run)) continue;
      for (let given: Run | undefined = run; given?.openChildren === 0; given = given.parent) {
        this.#abandon(given, "idle");
      }
    }
  }

  #idleLimitMs({ call }: Run): number {
    const { callMs, runMs, streamMs } = this.options.idle;
    if (call === undefined) return runMs;
    return call.firstChunkMs === undefined ? callMs : streamMs;
  }

  /** Ends what is still open: nothing can go on any more, and a stream that was broken off is still a request. */
  abandonOpen(): void {
    const { recorder, onFault } = this.listeners;
    for (const run of [...recorder.open()].reverse())
      guard("abandon", onFault, () => this.#abandon(run, "process_end"));
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #abandon(run: Run, reason: "idle" | "too_many_open" | "process_end"): void {
    const { recorder, models, signals } = this.listeners;
    signals().instruments.countDropped("run", reason, 1);
    if (run.call === undefined) recorder.end(run, { outcome: "abandoned" });
    else models.abandon(run);
  }
}
