import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { enterContext } from "./active-context.js";
import type { Clock } from "./clock.js";
import type { Failure } from "./failure.js";
import { type PromptVersion, promptLabel } from "./prompt-version.js";
import { fillAttributes, type Outcome, type RequestAttributes, type RequestFailure, timeInRequest } from "./request.js";
import { addIdentity, type RequestLedger } from "./request-ledger.js";
import { inScope, livingContext, type ModelCall, type Run, type Scope, scopeOf } from "./run.js";
import type { RunKind } from "./run-kind.js";
import { ATTR_ERROR_TYPE, ATTR_OUTCOME, ATTR_PROMPT_NAME, ATTR_PROMPT_VERSION } from "./semconv.js";
import type { SignalSource } from "./signals.js";

export interface RunRecorderOptions {
  signals: SignalSource;
  clock: Clock;
  ledger: RequestLedger;
  /** Most runs that may be open at once. */
  maxOpenRuns: number;
  /** Gives up a run: the oldest, when one more would be too many. */
  abandon: (run: Run) => void;
}

export interface RunStart {
  id: string;
  /** The run that LangChain says it belongs to. */
  parentId: string | undefined;
  kind: RunKind;
  name: string;
  spanName: string;
  spanKind: SpanKind;
  /** No span of its own; what runs inside attaches to the nearest run that has one. */
  hidden: boolean;
  /** Of its span; the recorder adds to them. */
  attributes: Attributes;
  /** What the run's metadata says of its request. */
  request: RequestAttributes;
  /** What it was prompted with, when its metadata says so. */
  prompt?: PromptVersion | undefined;
  call?: ModelCall;
  /** Whoever starts it runs what is inside in its context, so it need not be entered here. */
  wrapped?: boolean;
}

const NOW = Promise.resolve();

/** How a run ended. */
export interface RunEnd {
  outcome: Outcome;
  failure?: Failure;
  attributes?: Attributes;
}

/**
 * Keeps the runs that are open and turns each into a span in the right trace.
 *
 * The parent of a run is the run that LangChain names, else the run or request in the active context; with neither,
 * the run opens a request of its own.
 */
export class RunRecorder {
  /** In the order of their start, so the first is the oldest. */
  readonly #runs = new Map<string, Run>();
  /** Runs entered in this synchronous stretch. */
  readonly #enteredNow = new Set<Context>();
  readonly #forgetEntered = (): void => this.#enteredNow.clear();

  constructor(private readonly options: RunRecorderOptions) {}

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /** Open runs, the oldest first. */
  open(): Iterable<Run> {
    return this.#runs.values();
  }

  get openCount(): number {
    return this.#runs.size;
  }

  /** Whether no run is around one that starts now under `parentId`. */
  isOutermost(parentId: string | undefined): boolean {
    return this.#surroundings(parentId).scope?.run === undefined;
  }

  /** @returns undefined when a run of this id is open already: the handler was given twice. */
  start(start: RunStart): Run | undefined {
    if (this.#runs.has(start.id)) return undefined;
    const { clock, ledger, signals } = this.options;
    const { outer, scope } = this.#surroundings(start.parentId);
    const opensRequest = scope === undefined;
    const request = scope?.request ?? ledger.open(start.request, start.name, outer);
    if (scope !== undefined) fillAttributes(request, start.request);
    // Of a hidden run too: a prompt from LangSmith's hub is named only on the step that fills it in.
    if (start.prompt !== undefined) request.prompts.add(promptLabel(start.prompt));
    const startMs = clock.monotonicMs();
    let span: Span | undefined;
    if (!start.hidden) {
      const attributes = addIdentity(start.attributes, request);
      if (start.prompt !== undefined) addPrompt(attributes, start.prompt);
      const startTime = timeInRequest(request, startMs);
      span = signals().tracer.startSpan(start.spanName, { kind: start.spanKind, attributes, startTime }, outer);
    }
    const run: { -readonly [K in keyof Run]: Run[K] } = {
      id: start.id,
      kind: start.kind,
      name: start.name,
      request,
      parent: scope?.run,
      openChildren: 0,
      span,
      outerContext: outer,
      context: outer,
      startMs,
      lastActivityMs: startMs,
      opensRequest,
      call: start.call,
      ended: false,
    };
    // A hidden run needs no context of its own: what runs inside belongs to the run around it, or names it by its id.
    if (span !== undefined) run.context = inScope(trace.setSpan(outer, span), { request, run });
    else if (opensRequest) run.context = inScope(outer, { request, run });
    if (opensRequest) {
      request.span = span;
      request.context = run.context;
    }
    if (run.parent !== undefined) run.parent.openChildren += 1;
    ledger.runStarted(request);
    this.#runs.set(run.id, run);
    if (this.#runs.size > this.options.maxOpenRuns) this.#abandonOldest();
    if (start.wrapped !== true) this.#enter(run);
    return run;
  }

  end(run: Run, { outcome, failure, attributes }: RunEnd): void {
    if (run.ended) return;
    run.ended = true;
    this.#runs.delete(run.id);
    const { ledger, clock } = this.options;
    const { span, request, parent } = run;
    const endMs = clock.monotonicMs();
    if (parent !== undefined) {
      parent.openChildren -= 1;
      parent.lastActivityMs = endMs;
    }
    if (span !== undefined) {
      if (attributes !== undefined) span.setAttributes(attributes);
      if (outcome !== "success") span.setAttribute(ATTR_OUTCOME, outcome);
      if (failure !== undefined && outcome !== "interrupted") markFailed(span, failure);
      if (!run.opensRequest) span.end(timeInRequest(request, endMs));
    }
    ledger.runEnded(request, outcome);
    if (run.opensRequest) ledger.close(request, outcome, requestFailureOf(failure));
    if (run.context !== run.outerContext && context.active() === run.context) enterContext(run.outerContext);
  }

  /** Runs `fn` in the context of an open run, or as it is when the run is unknown. */
  runInside<T>(runId: string, fn: () => T): T {
    const run = this.#runs.get(runId);
    return run === undefined || context.active() === run.context ? fn() : context.with(run.context, fn);
  }

  #abandonOldest(): void {
    const oldest = this.#runs.values().next().value;
    if (oldest !== undefined) this.options.abandon(oldest);
  }

  #surroundings(parentId: string | undefined): { outer: Context; scope: Scope | undefined } {
    const parent = parentId === undefined ? undefined : this.#runs.get(parentId);
    if (parent !== undefined) return { outer: parent.context, scope: { request: parent.request, run: parent } };
    let active = context.active();
    // LangChain starts the runs of a batch in one stretch: they are siblings, not one inside the other.
    while (this.#enteredNow.has(active)) active = scopeOf(active)?.run?.outerContext ?? active;
    const outer = livingContext(active);
    const scope = scopeOf(outer);
    return { outer, scope: scope?.request.ended === true ? undefined : scope };
  }

  /** From here to the end of this asynchronous flow the run is the active one: the provider's HTTP spans nest in it. */
  #enter(run: Run): void {
    if (run.context === run.outerContext || !enterContext(run.context)) return;
    // Not queueMicrotask(): Node makes an asynchronous resource for each, at several times the cost.
    if (this.#enteredNow.size === 0) void NOW.then(this.#forgetEntered);
    this.#enteredNow.add(run.context);
  }
}

function addPrompt(attributes: Attributes, { name, version }: PromptVersion): void {
  attributes[ATTR_PROMPT_NAME] = name;
  if (version !== undefined) attributes[ATTR_PROMPT_VERSION] = version;
}

export function markFailed(span: Span, failure: Failure): void {
  span.setAttribute(ATTR_ERROR_TYPE, failure.errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}

export function requestFailureOf(failure: Failure | undefined): RequestFailure | undefined {
  return failure === undefined || failure.outcome === "interrupted"
    ? undefined
    : { errorType: failure.errorType, message: failure.message };
}
