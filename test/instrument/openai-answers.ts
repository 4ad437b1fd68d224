import type { ScriptedAnswer } from "./scripted-model-server.js";

/** OpenAI's count of every answer here. */
export const usage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 4 },
};
/** The same count as Chainwatch has it. */
export const counted = { input: 20, output: 9, cacheRead: 8, cacheWrite: 0, reasoning: 4 };
const about = { id: "chatcmpl-1", model: "gpt-4o-mini-2024-07-18", created: 1 };
const choice = (index: number) => ({ index, finish_reason: "stop", message: { role: "assistant", content: "hi" } });
const chunk = (delta: object, more: object = {}) => ({
  ...about,
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});
const stream = [
  chunk({ role: "assistant", content: "he" }),
  chunk({ content: "llo" }),
  { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
];
const responseUsage = {
  input_tokens: 20,
  output_tokens: 9,
  total_tokens: 29,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens_details: { reasoning_tokens: 4 },
};
const response = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "gpt-4o-mini-2024-07-18",
  status: "completed",
  output: [
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "hi", annotations: [] }],
    },
  ],
  usage: responseUsage,
};

/** One call of ChatOpenAI or OpenAI in each way they make it. */
export const openaiAnswers: Readonly<Record<string, ScriptedAnswer>> = {
  chat: { status: 200, body: { ...about, object: "chat.completion", choices: [choice(0), choice(1)], usage } },
  silent: { status: 200, body: { ...about, object: "chat.completion", choices: [choice(0)] } },
  stream: { events: [...stream, { ...about, object: "chat.completion.chunk", choices: [], usage }] },
  "stream-without-usage": { events: stream },
  responses: { status: 200, body: response },
  "responses-stream": {
    events: [
      {
        type: "response.created",
        sequence_number: 0,
        response: { ...response, output: [], status: "in_progress", usage: null },
      },
      {
        type: "response.output_text.delta",
        sequence_number: 1,
        item_id: "msg_1",
        output_index: 0,
        content_index: 0,
        delta: "hi",
      },
      { type: "response.completed", sequence_number: 2, response },
    ],
  },
  text: {
    status: 200,
    body: {
      ...about,
      object: "text_completion",
      choices: [
        { index: 0, text: "a", finish_reason: "stop" },
        { index: 1, text: "b", finish_reason: "stop" },
      ],
      usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
    },
  },
};
