import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatRequest } from "./chat-request.js";
import type { ModelAnswer } from "./model-answer.js";

const PIECES_PER_SECOND = 40;

/** The tokens of one call. */
export interface CallTokens {
  promptTokens: number;
  cachedTokens: number;
  answerTokens: number;
  reasoningTokens: number;
}

/** Usage as OpenAI reports it: what a reasoning model thought counts as completion. */
export function openAiUsage({ promptTokens, cachedTokens: cached, answerTokens: shown, reasoningTokens }: CallTokens) {
  const completionTokens = shown + reasoningTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
  };
}

export interface ChatReply {
  head: { id: string; created: number; model: string; system_fingerprint: string };
  answer: ModelAnswer;
  usage: ReturnType<typeof openAiUsage>;
  waitMs: number;
}

const finishReason = (answer: ModelAnswer) => ("text" in answer ? "stop" : "tool_calls");

/** In OpenAI a call's id is unique; ours follows from the answer's, so that it is also repeatable. */
const toolCallOf = (id: string, { name, arguments: json }: { name: string; arguments: string }) => ({
  id: id.replace("chatcmpl-", "call_"),
  type: "function",
  function: { name, arguments: json },
});

/** The body of an answer that comes in one piece. @throws AbortError when the caller hangs up while it is awaited. */
export async function wholeReply(reply: ChatReply, signal: AbortSignal): Promise<object> {
  const { head, answer, usage, waitMs } = reply;
  await sleep(waitMs, undefined, { signal });
  const message =
    "text" in answer
      ? { role: "assistant", content: answer.text, refusal: null }
      : { role: "assistant", content: null, refusal: null, tool_calls: [toolCallOf(head.id, answer.toolCall)] };
  return {
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer) }],
    usage,
  };
}

/** Server-sent events: a third of the wait before the first chunk, the rest between the chunks. */
export async function streamReply(
  reply: ChatReply,
  request: ChatRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { head, answer, usage, waitMs } = reply;
  const includeUsage = request.stream_options?.include_usage === true;
  const send = (fields: object) => {
    const chunk = { ...head, object: "chat.completion.chunk", ...(includeUsage ? { usage: null } : {}), ...fields };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const sendDelta = (delta: object, reason: string | null = null) =>
    send({ choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] });

  await sleep(waitMs / 3, undefined, { signal });
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  if ("text" in answer) {
    const pieces = answer.text.match(/\p{Script=Han}{1,2}|\s*[^\s\p{Script=Han}]+|\s+/gu) ?? [];
    const restMs = Math.min((waitMs * 2) / 3, (pieces.length / PIECES_PER_SECOND) * 1000);
    sendDelta({ role: "assistant", content: "" });
    for (const piece of pieces) {
      sendDelta({ content: piece });
      await sleep(restMs / pieces.length, undefined, { signal });
    }
  } else {
    const call = { index: 0, ...toolCallOf(head.id, answer.toolCall) };
    sendDelta({ role: "assistant", content: null, tool_calls: [call] });
  }
  sendDelta({}, finishReason(answer));
  if (includeUsage) send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}
