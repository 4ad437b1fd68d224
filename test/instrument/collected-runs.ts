import { ChatOpenAI } from "@langchain/openai";
import type { ScriptedModelServer } from "./scripted-model-server.js";

/** What `handleLLMEnd` gets, for each run. */
export function collector() {
  const results: unknown[] = [];
  const handler = {
    awaitHandlers: true,
    handleLLMEnd(result: unknown) {
      results.push(result);
    },
  };
  return { results, callbacks: [handler] };
}

/** A model whose every call gets the scripted answer. */
export const scriptedModel = (server: ScriptedModelServer, scenario: string, fields: object = {}) =>
  new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: server.url(scenario) },
    ...fields,
  });

/** Reads a stream to its end. */
export async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}
