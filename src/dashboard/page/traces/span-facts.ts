import type { BilingualText } from "../../../indicators/language.js";
import {
  ATTR_CONVERSATION_ID,
  ATTR_OPERATION_NAME,
  ATTR_REQUEST_COST,
  ATTR_REQUEST_LLM_CALLS,
  ATTR_REQUEST_MODEL,
  ATTR_REQUEST_TOKENS_TOTAL,
  ATTR_RESPONSE_MODEL,
  ATTR_RUN_TYPE,
  ATTR_USAGE_COST,
  ATTR_USAGE_INPUT_TOKENS,
  ATTR_USAGE_OUTPUT_TOKENS,
} from "../../../instrument/semconv.js";
import type { SpanView } from "../../api/trace-view.js";

/** What a span is, for its colour and its name. */
export type SpanType =
  | "request"
  | "workflow"
  | "agent"
  | "model"
  | "embeddings"
  | "tool"
  | "retrieval"
  | "step"
  | "http"
  | "other";

export const SPAN_TYPE_TEXT: Record<SpanType, BilingualText> = {
  request: { en: "request", zh: "请求" },
  workflow: { en: "workflow", zh: "工作流" },
  agent: { en: "agent", zh: "智能体" },
  model: { en: "model", zh: "模型" },
  embeddings: { en: "embeddings", zh: "向量嵌入" },
  tool: { en: "tool", zh: "工具" },
  retrieval: { en: "retrieval", zh: "检索" },
  step: { en: "step", zh: "步骤" },
  http: { en: "HTTP", zh: "HTTP" },
  other: { en: "other", zh: "其他" },
};

const BY_OPERATION: Readonly<Record<string, SpanType>> = {
  invoke_workflow: "workflow",
  invoke_agent: "agent",
  create_agent: "agent",
  chat: "model",
  text_completion: "model",
  generate_content: "model",
  embeddings: "embeddings",
  execute_tool: "tool",
  retrieval: "retrieval",
};

export function spanType(span: SpanView): SpanType {
  const { attributes } = span;
  const operation = BY_OPERATION[String(attributes[ATTR_OPERATION_NAME])];
  if (operation) return operation;
  if (attributes[ATTR_RUN_TYPE] !== undefined) return "step";
  if (attributes[ATTR_REQUEST_LLM_CALLS] !== undefined) return "request";
  return "http.request.method" in attributes || "http.method" in attributes ? "http" : "other";
}

/** The model that answered, else the one that was asked. */
export function spanModel({ attributes }: SpanView): string | undefined {
  const model = attributes[ATTR_RESPONSE_MODEL] ?? attributes[ATTR_REQUEST_MODEL];
  return typeof model === "string" ? model : undefined;
}

export function spanConversation({ attributes }: SpanView): string | undefined {
  const id = attributes[ATTR_CONVERSATION_ID];
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** Of the call itself, or of everything under the root of a request. */
export function spanTokens({ attributes }: SpanView): number | undefined {
  const input = number(attributes[ATTR_USAGE_INPUT_TOKENS]);
  const output = number(attributes[ATTR_USAGE_OUTPUT_TOKENS]);
  if (input !== undefined || output !== undefined) return (input ?? 0) + (output ?? 0);
  return number(attributes[ATTR_REQUEST_TOKENS_TOTAL]);
}

/** US dollars, of the call itself or of everything under the root of a request. Undefined: not known. */
export function spanCost({ attributes }: SpanView): number | undefined {
  return number(attributes[ATTR_USAGE_COST]) ?? number(attributes[ATTR_REQUEST_COST]);
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
