import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { CapturedContent } from "./captured-content.js";
import type { Clock } from "./clock.js";
import { type FaultSink, guard } from "./fault-guard.js";
import { clampDuration } from "./metric-instruments.js";
import type { ModelRuns } from "./model-runs.js";
import { processState } from "./process-state.js";
import { promptVersionOf } from "./prompt-version.js";
import { items, property, stringProperty } from "./property.js";
import type { RequestLedger } from "./request-ledger.js";
import type { Run } from "./run.js";
import { type ChainFacts, chainKindOf, type Detail, isHidden } from "./run-kind.js";
import type { RunRecorder } from "./run-recorder.js";
import { runRequestOf } from "./run-request.js";
import {
  ATTR_AGENT_NAME,
  ATTR_ERROR_TYPE,
  ATTR_LANGGRAPH_NODE,
  ATTR_LANGGRAPH_STEP,
  ATTR_OPERATION_NAME,
  ATTR_RUN_TYPE,
  ATTR_TOOL_CALL_ID,
  ATTR_TOOL_NAME,
  ATTR_TOOL_TYPE,
  ATTR_WORKFLOW_NAME,
} from "./semconv.js";
import type { SignalSource } from "./signals.js";
import type { ValueCap } from "./value-cap.js";

export interface RunListeners {
  recorder: RunRecorder;
  models: ModelRuns;
  ledger: RequestLedger;
  signals: SignalSource;
  clock: Clock;
  content: CapturedContent;
  detail: Detail;
  tools: ValueCap;
  onFault: FaultSink;
}

/** LangChain knows a handler by its name and gives it to a run once, however often it was added. */
export const HANDLER_NAME = "chainwatch";

/**
 * The handler that LangChain calls, for explicit `callbacks: [...]` too. Given twice to one run, it records once.
 *
 * Its methods are synchronous and `awaitHandlers` is true, because only then does LangChain call them in the caller's
 * own asynchronous context; called in the background, they would see some other caller's. Each is guarded: a fault in
 * Chainwatch is counted and never reaches the app.
 */
export class ChainwatchCallbackHandler {
  readonly name = HANDLER_NAME;
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly lc_prefer_streaming = false;

  /** @param listeners Asked for at every call, so that a handler may exist before `instrument()`. */
  constructor(private readonly listeners: () => RunListeners | undefined = () => processState().listeners) {}

  copy(): ChainwatchCallbackHandler {
    return this;
  }

  handleChatModelStart(
    serialized: unknown,
    messages: unknown,
    runId: string,
    parentRunId?: string,
    extraParams?: unknown,
    tags?: unknown,
    metadata?: unknown,
  ): void {
    this.#startModel("chat", serialized, messages, runId, parentRunId, extraParams, tags, metadata);
  }

  handleLLMStart(
    serialized: unknown,
    prompts: unknown,
    runId: string,
    parentRunId?: string,
    extraParams?: unknown,
    tags?: unknown,
    metadata?: unknown,
  ): void {
    this.#startModel("text_completion", serialized, prompts, runId, parentRunId, extraParams, tags, metadata);
  }

  handleLLMNewToken(
    _token: unknown,
    _index: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: unknown,
    fields?: unknown,
  ): void {
    this.#withRun("handleLLMNewToken", runId, (run, { models }) => models.chunk(run, fields));
  }

  handleLLMEnd(result: unknown, runId: string, _parentRunId?: string, _tags?: unknown, extra?: unknown): void {
    this.#withRun("handleLLMEnd", runId, (run, { models }) => models.end(run, result, extra));
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#withRun("handleLLMError", runId, (run, { models }) => models.fail(run, error));
  }

  handleChainStart(
    serialized: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    runType?: string,
    runName?: string,
  ): void {
    this.#guarded("handleChainStart", ({ recorder, content, detail }) => {
      const facts: ChainFacts = {
        name: runName ?? serializedName(serialized) ?? "chain",
        runType,
        tags: stringsOf(tags),
        metadata: recordOf(metadata),
        isRoot: recorder.isOutermost(parentRunId),
      };
      const kind = chainKindOf(facts);
      const name = kind === "agent" ? (stringProperty(metadata, "lc_agent_name") ?? facts.name) : facts.name;
      const hidden = isHidden(kind, facts, detail);
      const attributes: Attributes = hidden ? {} : chainAttributes(kind, name, facts);
      if (facts.isRoot) Object.assign(attributes, content.workflowInput(inputs));
      recorder.start({
        id: runId,
        parentId: parentRunId,
        kind,
        name,
        spanName: kind === "chain" ? `chain ${name}` : `invoke_${kind} ${name}`,
        spanKind: SpanKind.INTERNAL,
        hidden,
        attributes,
        request: runRequestOf(metadata),
        prompt: promptVersionOf(metadata),
      });
    });
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#withRun("handleChainEnd", runId, (run, { recorder, content }) => {
      recorder.end(run, {
        outcome: "success",
        ...(run.kind === "chain" ? undefined : { attributes: content.workflowOutput(outputs) }),
      });
    });
  }

  handleChainError(error: unknown, runId: string): void {
    this.#fail("handleChainError", error, runId);
  }

  handleToolStart(
    serialized: unknown,
    input: unknown,
    runId: string,
    parentRunId?: string,
    _tags?: unknown,
    metadata?: unknown,
    runName?: string,
    toolCallId?: string,
  ): void {
    this.#guarded("handleToolStart", ({ recorder, content }) => {
      const name = runName ?? serializedName(serialized) ?? "tool";
      const attributes: Attributes = {
        [ATTR_OPERATION_NAME]: "execute_tool",
        [ATTR_TOOL_NAME]: name,
        [ATTR_TOOL_TYPE]: "function",
        ...content.toolInput(input),
      };
      if (typeof toolCallId === "string") attributes[ATTR_TOOL_CALL_ID] = toolCallId;
      recorder.start({
        id: runId,
        parentId: parentRunId,
        kind: "tool",
        name,
        spanName: `execute_tool ${name}`,
        spanKind: SpanKind.INTERNAL,
        hidden: false,
        attributes,
        request: runRequestOf(metadata),
      });
    });
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#withRun("handleToolEnd", runId, (run, listeners) => {
      measureTool(run, listeners, undefined);
      listeners.recorder.end(run, { outcome: "success", attributes: listeners.content.toolOutput(output) });
    });
  }

  handleToolError(error: unknown, runId: string): void {
    this.#fail("handleToolError", error, runId);
  }

  handleRetrieverStart(
    serialized: unknown,
    query: unknown,
    runId: string,
    parentRunId?: string,
    _tags?: unknown,
    metadata?: unknown,
    runName?: string,
  ): void {
    this.#guarded("handleRetrieverStart", ({ recorder, content }) => {
      const name = runName ?? serializedName(serialized) ?? "retriever";
      recorder.start({
        id: runId,
        parentId: parentRunId,
        kind: "retrieval",
        name,
        spanName: `retrieval ${name}`,
        spanKind: SpanKind.CLIENT,
        hidden: false,
        attributes: { [ATTR_OPERATION_NAME]: "retrieval", ...content.retrieverQuery(query) },
        request: runRequestOf(metadata),
      });
    });
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#withRun("handleRetrieverEnd", runId, (run, { recorder, content }) => {
      recorder.end(run, { outcome: "success", attributes: content.retrieverDocuments(documents) });
    });
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.#fail("handleRetrieverError", error, runId);
  }

  #startModel(
    operation: "chat" | "text_completion",
    serialized: unknown,
    input: unknown,
    id: string,
    parentId: string | undefined,
    extraParams: unknown,
    tags: unknown,
    metadata: unknown,
  ): void {
    this.#guarded("handleModelStart", ({ models }) => {
      const request = runRequestOf(metadata);
      models.start({ id, parentId, operation, serialized, input, extraParams, tags, metadata, request });
    });
  }

  #fail(where: string, error: unknown, runId: string): void {
    this.#withRun(where, runId, (run, listeners) => {
      const failure = listeners.ledger.failureOf(run.request, run.context, error);
      if (run.kind === "tool")
        measureTool(run, listeners, failure.outcome === "interrupted" ? undefined : failure.errorType);
      listeners.recorder.end(run, { outcome: failure.outcome, failure });
    });
  }

  #withRun(where: string, runId: string, work: (run: Run, listeners: RunListeners) => void): void {
    this.#guarded(where, (listeners) => {
      const run = listeners.recorder.get(runId);
      if (run !== undefined) work(run, listeners);
    });
  }

  #guarded(where: string, work: (listeners: RunListeners) => void): void {
    const listeners = this.listeners();
    if (listeners !== undefined) guard(where, listeners.onFault, () => work(listeners));
  }
}

function measureTool(run: Run, { signals, clock, tools }: RunListeners, errorType: string | undefined): void {
  const attributes: Attributes = { [ATTR_TOOL_NAME]: tools.pass(run.name) };
  if (errorType !== undefined) attributes[ATTR_ERROR_TYPE] = errorType;
  signals().instruments.toolDuration.record(clampDuration((clock.monotonicMs() - run.startMs) / 1000), attributes);
}

function chainAttributes(kind: "workflow" | "agent" | "chain", name: string, { metadata }: ChainFacts): Attributes {
  const attributes: Attributes = {};
  if (kind === "chain") attributes[ATTR_RUN_TYPE] = "chain";
  else {
    attributes[ATTR_OPERATION_NAME] = `invoke_${kind}`;
    attributes[kind === "agent" ? ATTR_AGENT_NAME : ATTR_WORKFLOW_NAME] = name;
  }
  const node = metadata.langgraph_node;
  if (typeof node === "string") attributes[ATTR_LANGGRAPH_NODE] = node;
  if (typeof metadata.langgraph_step === "number") attributes[ATTR_LANGGRAPH_STEP] = metadata.langgraph_step;
  return attributes;
}

/** Class name of a serialized LangChain object: the last part of its id. */
function serializedName(serialized: unknown): string | undefined {
  const name = stringProperty(serialized, "name");
  if (name !== undefined) return name;
  const last = items(property(serialized, "id")).at(-1);
  return typeof last === "string" ? last : undefined;
}

const stringsOf = (value: unknown): string[] => items(value).filter((item) => typeof item === "string");

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
