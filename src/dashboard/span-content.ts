import {
  ATTR_INPUT_MESSAGES,
  ATTR_OUTPUT_MESSAGES,
  ATTR_RETRIEVAL_DOCUMENTS,
  ATTR_SYSTEM_INSTRUCTIONS,
} from "../instrument/semconv.js";
import type { Attributes, AttributeValue } from "../receive/telemetry-batch.js";

export type MessagePart =
  | { type: "text" | "reasoning"; content: string }
  | { type: "tool_call"; id: string; name: string; arguments: string }
  | { type: "tool_call_response"; id: string; response: string }
  /** A part of another kind, such as an image: named and shown as data. */
  | { type: "other"; kind: string; content: string };

export interface Message {
  role: string;
  direction: "input" | "output";
  finishReason?: string;
  parts: MessagePart[];
}

export interface RetrievedDocument {
  id?: string;
  score?: number;
  content: string;
  /** Everything else that the document carries, as indented JSON; "" when nothing. */
  metadata: string;
}

/** The messages of a model span in the order in which they were said. Undefined: none were captured. */
export function spanMessages(attributes: Attributes): Message[] | undefined {
  const system = parsed(attributes[ATTR_SYSTEM_INSTRUCTIONS]);
  const messages = [
    ...(system === undefined ? [] : [message({ role: "system", parts: system }, "input")]),
    ...list(parsed(attributes[ATTR_INPUT_MESSAGES])).map((each) => message(each, "input")),
    ...list(parsed(attributes[ATTR_OUTPUT_MESSAGES])).map((each) => message(each, "output")),
  ];
  return messages.length > 0 ? messages : undefined;
}

/** The documents that a retriever found. Undefined: none were captured. */
export function retrievedDocuments(attributes: Attributes): RetrievedDocument[] | undefined {
  const documents = parsed(attributes[ATTR_RETRIEVAL_DOCUMENTS]);
  if (documents === undefined) return undefined;
  return list(documents).map((each) => {
    if (!isObject(each)) return { content: asText(each), metadata: "" };
    const { id, score, content, page_content, pageContent, text, ...rest } = each;
    return {
      ...(id !== undefined && id !== null && { id: asText(id) }),
      ...(typeof score === "number" && { score }),
      content: asText(content ?? page_content ?? pageContent ?? text ?? ""),
      metadata: Object.keys(rest).length === 0 ? "" : asText(rest),
    };
  });
}

/** JSON indented for reading; other text as it is. */
export function readable(value: AttributeValue | undefined): string {
  return asText(parsed(value) ?? "");
}

function message(value: unknown, direction: "input" | "output"): Message {
  if (!isObject(value)) return { role: "?", direction, parts: [part(value)] };
  return {
    role: typeof value.role === "string" ? value.role : "?",
    direction,
    ...(typeof value.finish_reason === "string" && { finishReason: value.finish_reason }),
    parts: list(value.parts ?? value.content).map(part),
  };
}

function part(value: unknown): MessagePart {
  if (!isObject(value)) return { type: "text", content: asText(value) };
  switch (value.type) {
    case "text":
      return { type: "text", content: asText(value.content ?? "") };
    case "reasoning":
    case "thinking":
      return { type: "reasoning", content: asText(value.content ?? "") };
    case "tool_call":
      return {
        type: "tool_call",
        id: asText(value.id ?? ""),
        name: asText(value.name ?? "?"),
        arguments: asText(parsedJson(value.arguments) ?? ""),
      };
    case "tool_call_response":
      return {
        type: "tool_call_response",
        id: asText(value.id ?? ""),
        response: asText(parsedJson(value.response ?? value.result) ?? ""),
      };
    default:
      return { type: "other", kind: asText(value.type ?? "?"), content: asText(value) };
  }
}

/** Senders put these attributes as JSON text or as structured values. */
function parsed(value: AttributeValue | undefined): unknown {
  return value === undefined || value === "" ? undefined : parsedJson(value);
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    // JSON can be parsed deeper than it can be written.
    return "[nested too deeply to show]";
  }
}
