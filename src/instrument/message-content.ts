import { boundedJson, Content } from "./bounded-json.js";
import {
  contentParts,
  type MessagePart,
  reasoningParts,
  textPart,
  toolCallPart,
  toolResponsePart,
} from "./message-part.js";
import { isList, items, numberProperty, property, stringProperty } from "./property.js";
import type { Redaction } from "./redaction.js";
import { finishReasonOf } from "./response-facts.js";
import {
  ATTR_INPUT_MESSAGES,
  ATTR_OUTPUT_MESSAGES,
  ATTR_RETRIEVAL_DOCUMENTS,
  ATTR_RETRIEVAL_QUERY_TEXT,
  ATTR_SYSTEM_INSTRUCTIONS,
  ATTR_TOOL_CALL_ARGUMENTS,
  ATTR_TOOL_CALL_RESULT,
  ATTR_TOOL_DEFINITIONS,
} from "./semconv.js";

/** Attribute names and their values: JSON text, for the query plain text. */
export type ContentAttributes = Record<string, string>;

/**
 * Turns what LangChain hands over into the content attributes of OpenTelemetry's GenAI conventions.
 *
 * To be asked only when the user turned capture on. Every text goes through the user's redaction; every attribute is
 * valid JSON of at most `maxChars` characters. No method throws.
 */
export class MessageContent {
  readonly #maxChars: number;
  readonly #redaction: Redaction;

  constructor(maxChars: number, redaction: Redaction) {
    this.#maxChars = maxChars;
    this.#redaction = redaction;
  }

  /**
   * Input messages and, apart from them, the system instructions.
   *
   * @param messages The messages of one model call, or the prompt of a text model.
   */
  input(messages: unknown): ContentAttributes {
    const list = isList(messages) ? items(messages) : [messages];
    const instructions: MessagePart[] = [];
    const input: ChatMessage[] = [];
    // handleChatModelStart gets a list of lists with one entry.
    for (const message of list.flatMap((entry) => (isMessageList(entry) ? items(entry) : [entry]))) {
      const converted = chatMessage(message);
      if (converted === undefined) continue;
      if (converted.role === "system") instructions.push(...converted.parts);
      else input.push(converted);
    }
    return {
      ...(input.length > 0 ? this.#attribute(ATTR_INPUT_MESSAGES, input) : {}),
      ...(instructions.length > 0 ? this.#attribute(ATTR_SYSTEM_INSTRUCTIONS, instructions) : {}),
    };
  }

  /** @param result LangChain's `LLMResult`. */
  output(result: unknown): ContentAttributes {
    const messages = items(property(result, "generations")).flatMap((choices) => items(choices).map(outputMessage));
    return messages.length > 0 ? this.#attribute(ATTR_OUTPUT_MESSAGES, messages) : {};
  }

  /** @param params LangChain's `invocation_params`. */
  toolDefinitions(params: unknown): ContentAttributes {
    const tools = [...items(property(params, "tools")), ...items(property(params, "functions"))].flatMap(
      toolDefinitions,
    );
    return tools.length > 0 ? this.#attribute(ATTR_TOOL_DEFINITIONS, tools) : {};
  }

  /** @param input What `handleToolStart` gets: an object, or the same as JSON text. */
  toolArguments(input: unknown): ContentAttributes {
    return this.#attribute(ATTR_TOOL_CALL_ARGUMENTS, toolCallPart(undefined, input).arguments);
  }

  /** @param output What `handleToolEnd` gets: a tool message, a text or any value. */
  toolResult(output: unknown): ContentAttributes {
    const content = roleOf(output) === "tool" ? property(output, "content") : output;
    return this.#attribute(ATTR_TOOL_CALL_RESULT, toolResponsePart(undefined, content).response);
  }

  /** The query of a retriever or a request, plain text. */
  query(text: unknown): ContentAttributes {
    if (typeof text !== "string") return {};
    const filter = this.#redaction.filter(ATTR_RETRIEVAL_QUERY_TEXT);
    const shown = filter === undefined ? text : filter(text);
    return { [ATTR_RETRIEVAL_QUERY_TEXT]: shown.slice(0, this.#maxChars) };
  }

  /** @param documents What `handleRetrieverEnd` gets. */
  documents(documents: unknown): ContentAttributes {
    return this.#attribute(ATTR_RETRIEVAL_DOCUMENTS, items(documents).map(retrievedDocument));
  }

  #attribute(name: string, value: unknown): ContentAttributes {
    return { [name]: boundedJson(value, this.#maxChars, this.#redaction.filter(name)) };
  }
}

interface ChatMessage {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
  readonly finish_reason?: string;
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ["human", "user"],
  ["user", "user"],
  ["ai", "assistant"],
  ["AIMessageChunk", "assistant"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
  ["system", "system"],
  ["developer", "system"],
]);

/** `type` in core 1, `_getType()` in core 0.3, `role` on messages of the app's own making. */
function roleOf(message: unknown): string | undefined {
  const type = stringProperty(message, "type") ?? called(message, "_getType") ?? called(message, "getType");
  const known = type === undefined ? undefined : ROLES.get(type);
  if (known !== undefined) return known;
  const role = stringProperty(message, "role");
  return role === undefined ? type : (ROLES.get(role) ?? role);
}

function called(message: unknown, method: string): string | undefined {
  const read = property(message, method);
  if (typeof read !== "function") return undefined;
  try {
    const type: unknown = read.call(message);
    return typeof type === "string" ? type : undefined;
  } catch {
    return undefined;
  }
}

/** A pair such as `["human", "hi"]` is one message. */
function isMessageList(entry: unknown): boolean {
  return isList(entry) && typeof property(entry, "0") !== "string";
}

function chatMessage(message: unknown): ChatMessage | undefined {
  if (typeof message === "string") return { role: "user", parts: [textPart(message)] };
  if (isList(message)) {
    const role = String(ROLES.get(String(property(message, "0"))) ?? "user");
    return { role, parts: contentParts(property(message, "1")) };
  }
  if (message === null || typeof message !== "object") return undefined;
  const role = roleOf(message) ?? "user";
  const name = stringProperty(message, "name");
  return { role, parts: messageParts(message, role), ...(name === undefined ? {} : { name }) };
}

function messageParts(message: unknown, role: string): MessagePart[] {
  const content = property(message, "content");
  if (role === "tool") return [toolResponsePart(stringProperty(message, "tool_call_id"), content)];
  const kwargs = property(message, "additional_kwargs");
  const parts = contentParts(content);
  if (!parts.some((part) => part.type === "reasoning")) {
    const reasoning = stringProperty(kwargs, "reasoning_content");
    parts.unshift(...reasoningParts(reasoning === undefined ? property(kwargs, "reasoning") : { reasoning }));
  }
  const known = new Set(parts.map((part) => (part.type === "tool_call" ? part.id : undefined)));
  for (const call of toolCalls(message, kwargs)) {
    if (call.id === undefined || !known.has(call.id)) parts.push(call);
  }
  return parts;
}

function toolCalls(message: unknown, kwargs: unknown): MessagePart[] {
  const calls = [...items(property(message, "tool_calls")), ...items(property(message, "invalid_tool_calls"))];
  if (calls.length > 0) return calls.map((call) => openCall(call));
  const raw = items(property(kwargs, "tool_calls")).map(openCall);
  const legacy = property(kwargs, "function_call");
  return legacy === undefined || legacy === null ? raw : [...raw, openCall(legacy)];
}

/** LangChain's `{ id, name, args }` or OpenAI's `{ id, function: { name, arguments } }`. */
function openCall(call: unknown): MessagePart {
  const fn = property(call, "function") ?? call;
  const id = stringProperty(call, "id");
  const name = stringProperty(fn, "name");
  return toolCallPart({ id, name }, property(call, "args") ?? property(fn, "arguments"));
}

function outputMessage(choice: unknown): ChatMessage {
  const reason = finishReasonOf(choice);
  const message = property(choice, "message");
  const text = stringProperty(choice, "text");
  const parts =
    message === undefined ? (text === undefined ? [] : [textPart(text)]) : messageParts(message, "assistant");
  return { role: "assistant", parts, ...(reason === undefined ? {} : { finish_reason: reason }) };
}

/** Names and schemas only: a remote tool's entry also holds its address and credentials. */
function toolDefinitions(tool: unknown): Record<string, unknown>[] {
  const google = property(tool, "functionDeclarations");
  if (google !== undefined) return items(google).flatMap(toolDefinitions);
  const spec = property(tool, "function") ?? property(tool, "toolSpec") ?? tool;
  const type = stringProperty(tool, "type");
  const name = stringProperty(spec, "name") ?? stringProperty(tool, "server_label") ?? type;
  if (name === undefined) return [];
  const schema =
    property(spec, "parameters") ?? property(spec, "input_schema") ?? property(property(spec, "inputSchema"), "json");
  if (schema === undefined && type !== undefined && type !== "function") return [{ type, name }];
  const description = stringProperty(spec, "description");
  return [
    {
      type: "function",
      name,
      ...(description === undefined ? {} : { description: new Content(description) }),
      ...(schema === undefined ? {} : { parameters: schema }),
    },
  ];
}

function retrievedDocument(document: unknown): Record<string, unknown> {
  const metadata = property(document, "metadata");
  const id = stringProperty(document, "id") ?? stringProperty(metadata, "id");
  const score = numberProperty(metadata, "score") ?? numberProperty(metadata, "relevanceScore");
  return {
    ...(id === undefined ? {} : { id }),
    ...(score === undefined ? {} : { score }),
    content: new Content(property(document, "pageContent")),
    metadata: new Content(metadata),
  };
}
