import { items, property, stringProperty } from "./property.js";

/** What a finished model call says about itself, apart from tokens and text. */
export interface ResponseFacts {
  /** The model that answered, such as `gpt-4o-mini-2024-07-18`. */
  readonly model?: string;
  /** The provider's id of the response. */
  readonly id?: string;
  /** In the provider's words, one for each choice: `stop`, `tool_calls`, `length`, `content_filter`, … */
  readonly finishReasons: readonly string[];
  /** The answer came from LangChain's cache: no provider was called, nothing was charged. */
  readonly cached: boolean;
}

/**
 * @param result LangChain's `LLMResult`.
 * @param extra The last argument of `handleLLMEnd`: `{ cached: true }` on a hit of LangChain's cache.
 */
export function responseFactsOf(result: unknown, extra?: unknown): ResponseFacts {
  const llmOutput = property(result, "llmOutput");
  const finishReasons: string[] = [];
  let model = modelIn(llmOutput);
  let id: string | undefined;
  let cached = property(extra, "cached") === true;
  for (const choices of items(property(result, "generations"))) {
    for (const choice of items(choices)) {
      const message = property(choice, "message");
      const metadata = property(message, "response_metadata");
      const info = property(choice, "generationInfo");
      const kwargs = property(message, "additional_kwargs");
      model ??= modelIn(metadata) ?? modelIn(info) ?? modelIn(kwargs);
      id ??= stringProperty(metadata, "id") ?? providerId(stringProperty(message, "id"));
      const reason = finishReasonOf(choice);
      if (reason !== undefined) finishReasons.push(reason);
      cached ||= isCacheMark(property(info, "tokenUsage"));
    }
  }
  id ??= stringProperty(llmOutput, "id");
  return { ...(model === undefined ? {} : { model }), ...(id === undefined ? {} : { id }), finishReasons, cached };
}

/** Why one choice ended, from the message or the generation that carries it. */
export function finishReasonOf(choice: unknown): string | undefined {
  const message = property(choice, "message");
  return (
    finishReasonIn(property(message, "response_metadata")) ??
    finishReasonIn(property(choice, "generationInfo")) ??
    finishReasonIn(property(message, "additional_kwargs"))
  );
}

function modelIn(source: unknown): string | undefined {
  return stringProperty(source, "model_name") ?? stringProperty(source, "model") ?? stringProperty(source, "modelId");
}

function finishReasonIn(source: unknown): string | undefined {
  for (const key of ["finish_reason", "finishReason", "stop_reason", "stopReason"]) {
    const reason = stringProperty(source, key);
    if (reason !== undefined) return reason;
  }
  // OpenAI's Responses API has a status in place of a finish reason.
  const incomplete = stringProperty(property(source, "incomplete_details"), "reason");
  if (incomplete !== undefined) return incomplete === "max_output_tokens" ? "length" : incomplete;
  return stringProperty(source, "status") === "completed" ? "stop" : undefined;
}

/** LangChain makes up `run-<uuid>` where the provider gave no id. */
function providerId(id: string | undefined): string | undefined {
  return id === undefined || /^(lc_)?run-/.test(id) ? undefined : id;
}

/** Core marks a cache hit with an empty `tokenUsage` on the generation; a provider's own is never empty. */
function isCacheMark(tokenUsage: unknown): boolean {
  if (tokenUsage === null || typeof tokenUsage !== "object") return false;
  try {
    return Object.keys(tokenUsage).length === 0;
  } catch {
    return false;
  }
}
