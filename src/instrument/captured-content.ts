import type { Attributes } from "@opentelemetry/api";
import { boundedJson } from "./bounded-json.js";
import type { CaptureMode } from "./capture-mode.js";
import type { MessageContent } from "./message-content.js";
import { isList, property } from "./property.js";

const NOTHING: Attributes = Object.freeze({});

/** What a run's span may carry of prompts and answers: nothing, unless the user turned content capture on. */
export class CapturedContent {
  constructor(
    readonly mode: CaptureMode,
    private readonly content: MessageContent,
  ) {}

  modelInput(messages: unknown, extraParams: unknown): Attributes {
    if (!this.mode.spans && !this.mode.events) return NOTHING;
    const params = property(extraParams, "invocation_params");
    return { ...this.content.input(messages), ...this.content.toolDefinitions(params) };
  }

  modelOutput(result: unknown): Attributes {
    return this.mode.spans || this.mode.events ? this.content.output(result) : NOTHING;
  }

  workflowInput(inputs: unknown): Attributes {
    return this.mode.spans ? this.content.input(messagesIn(inputs)) : NOTHING;
  }

  workflowOutput(outputs: unknown): Attributes {
    if (!this.mode.spans) return NOTHING;
    const messages = messagesIn(outputs);
    const last = isList(messages) ? property(messages, String(Number(property(messages, "length")) - 1)) : messages;
    const choice = typeof last === "string" ? { text: last } : { message: last };
    return this.content.output({ generations: [[choice]] });
  }

  toolInput(input: unknown): Attributes {
    return this.mode.spans ? this.content.toolArguments(input) : NOTHING;
  }

  toolOutput(output: unknown): Attributes {
    return this.mode.spans ? this.content.toolResult(output) : NOTHING;
  }

  retrieverQuery(query: unknown): Attributes {
    return this.mode.spans ? this.content.query(query) : NOTHING;
  }

  retrieverDocuments(documents: unknown): Attributes {
    return this.mode.spans ? this.content.documents(documents) : NOTHING;
  }
}

const MOST_WORKFLOW_CHARS = 20_000;

/** A chain takes and gives any value: its messages, or the value as one text. */
function messagesIn(value: unknown): unknown {
  if (typeof value === "string") return value;
  const messages = property(value, "messages");
  if (isList(messages)) return messages;
  if (property(value, "content") !== undefined) return [value];
  const only = property(value, "input") ?? property(value, "output");
  return typeof only === "string" ? only : boundedJson(value, MOST_WORKFLOW_CHARS);
}
