import { Document } from "@langchain/core/documents";
import {
  AIMessage,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { MessageContent } from "../../src/instrument/message-content.js";
import { type Redact, Redaction } from "../../src/instrument/redaction.js";
import { hostileValues } from "./hostile-value.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";

const content = (redact?: Redact, maxChars = 100_000) =>
  new MessageContent(maxChars, new Redaction(redact, () => undefined));
const parsed = (attributes: Record<string, string>) =>
  Object.fromEntries(Object.entries(attributes).map(([name, json]) => [name, JSON.parse(json)]));
const input = (messages: unknown) => parsed(content().input(messages));
const parts = (message: unknown) => input([message])["gen_ai.input.messages"]?.[0].parts;

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer({
    chat: {
      status: 200,
      body: {
        id: "chatcmpl-1",
        object: "chat.completion",
        model: "gpt-4o-mini",
        choices: [
          {
            index: 0,
            finish_reason: "tool_calls",
            message: {
              role: "assistant",
              content: "let me look",
              tool_calls: [
                { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
                { id: "call_2", type: "function", function: { name: "weather", arguments: "{broken" } },
              ],
            },
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    },
  });
});
afterAll(() => server.close());

describe("input messages", () => {
  test("are written by role, the system's apart", () => {
    expect(
      input([
        new SystemMessage("be brief"),
        new HumanMessage({ content: "hello", name: "bob" }),
        new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "weather", args: { city: "Oslo" } }] }),
        new ToolMessage({ content: "rain", tool_call_id: "call_1", name: "weather" }),
        new FunctionMessage({ content: "old", name: "f" }),
        new ChatMessage("note", "critic"),
      ]),
    ).toEqual({
      "gen_ai.system_instructions": [{ type: "text", content: "be brief" }],
      "gen_ai.input.messages": [
        { role: "user", name: "bob", parts: [{ type: "text", content: "hello" }] },
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "call_1", name: "weather", arguments: { city: "Oslo" } }],
        },
        { role: "tool", name: "weather", parts: [{ type: "tool_call_response", id: "call_1", response: "rain" }] },
        { role: "tool", name: "f", parts: [{ type: "tool_call_response", response: "old" }] },
        { role: "critic", parts: [{ type: "text", content: "note" }] },
      ],
    });
  });

  test("of core 0.3, which has _getType and no type, are written the same", () => {
    const old = { _getType: () => "human", content: "hi" };
    expect(input([[old]])["gen_ai.input.messages"]).toEqual([
      { role: "user", parts: [{ type: "text", content: "hi" }] },
    ]);
  });

  test("may be plain objects, pairs and text", () => {
    expect(input([{ role: "developer", content: "rules" }, { role: "user", content: "a" }, ["ai", "b"], "c"])).toEqual({
      "gen_ai.system_instructions": [{ type: "text", content: "rules" }],
      "gen_ai.input.messages": [
        { role: "user", parts: [{ type: "text", content: "a" }] },
        { role: "assistant", parts: [{ type: "text", content: "b" }] },
        { role: "user", parts: [{ type: "text", content: "c" }] },
      ],
    });
    expect(input("a prompt")["gen_ai.input.messages"]).toEqual([
      { role: "user", parts: [{ type: "text", content: "a prompt" }] },
    ]);
  });

  test("reasoning is kept in the shapes of several providers", () => {
    const reasoning = [{ type: "reasoning", content: "hm" }];
    expect(parts(new AIMessage({ content: [{ type: "reasoning", reasoning: "hm" }] }))).toEqual(reasoning);
    expect(parts({ type: "ai", content: [{ type: "thinking", thinking: "hm", signature: "x" }] })).toEqual(reasoning);
    expect(parts({ type: "ai", content: "", additional_kwargs: { reasoning_content: "hm" } })).toEqual(reasoning);
    expect(parts({ type: "ai", content: "", additional_kwargs: { reasoning: { summary: [{ text: "hm" }] } } })).toEqual(
      reasoning,
    );
    expect(parts({ type: "ai", content: [{ type: "redacted_thinking", data: "secret" }] })).toEqual([]);
  });

  test.each<[string, object, object]>([
    [
      "OpenAI's image address",
      { type: "image_url", image_url: { url: "https://h.example/a.png" } },
      { type: "uri", modality: "image", uri: "https://h.example/a.png" },
    ],
    [
      "an image address as text",
      { type: "image_url", image_url: "https://h.example/a.png" },
      { type: "uri", modality: "image", uri: "https://h.example/a.png" },
    ],
    [
      "an image in a data address",
      { type: "image_url", image_url: { url: "data:image/png;base64,QUJDRA==" } },
      { type: "blob", modality: "image", mime_type: "image/png", content: "", left_out_chars: 8 },
    ],
    [
      "OpenAI's audio",
      { type: "input_audio", input_audio: { data: "QUJDRA==", format: "wav" } },
      { type: "blob", modality: "audio", mime_type: "audio/wav", content: "", left_out_chars: 8 },
    ],
    [
      "LangChain's image, v1",
      { type: "image", data: "QUJDRA==", mimeType: "image/jpeg" },
      { type: "blob", modality: "image", mime_type: "image/jpeg", content: "", left_out_chars: 8 },
    ],
    [
      "LangChain's image, v0",
      { type: "image", source_type: "base64", data: "QUJDRA==", mime_type: "image/jpeg" },
      { type: "blob", modality: "image", mime_type: "image/jpeg", content: "", left_out_chars: 8 },
    ],
    [
      "Anthropic's image",
      { type: "image", source: { type: "base64", media_type: "image/webp", data: "QUJDRA==" } },
      { type: "blob", modality: "image", mime_type: "image/webp", content: "", left_out_chars: 8 },
    ],
    [
      "a file by its id",
      { type: "file", file: { file_id: "file-1" } },
      { type: "file", modality: "document", file_id: "file-1" },
    ],
    [
      "Google's media",
      { type: "media", mimeType: "video/mp4", fileUri: "gs://bucket/a.mp4" },
      { type: "uri", modality: "video", mime_type: "video/mp4", uri: "gs://bucket/a.mp4" },
    ],
  ])("%s is named, without its bytes", (_, block, part) => {
    expect(parts({ type: "human", content: [block] })).toEqual([part]);
  });

  test("a tool use block and the same tool call are one part", () => {
    const message = new AIMessage({
      content: [
        { type: "text", text: "look" },
        { type: "tool_use", id: "t1", name: "weather", input: { city: "Oslo" } },
      ],
      tool_calls: [{ id: "t1", name: "weather", args: { city: "Oslo" } }],
    });
    expect(parts(message)).toEqual([
      { type: "text", content: "look" },
      { type: "tool_call", id: "t1", name: "weather", arguments: { city: "Oslo" } },
    ]);
  });

  test("an unknown block is kept under its own type", () => {
    expect(parts({ type: "human", content: [{ type: "hologram", depth: 3 }] })).toEqual([
      { type: "hologram", content: { type: "hologram", depth: 3 } },
    ]);
  });
});

describe("output messages", () => {
  test("of a real answer have text, tool calls (also broken ones) and the finish reason", async () => {
    const ends: unknown[] = [];
    const handler = { awaitHandlers: true, handleLLMEnd: (end: unknown) => void ends.push(end) };
    const model = new ChatOpenAI({
      model: "gpt-4o-mini",
      apiKey: "none",
      configuration: { baseURL: server.url("chat") },
    });
    await model.invoke("hi", { callbacks: [handler] });
    expect(parsed(content().output(ends[0]))).toEqual({
      "gen_ai.output.messages": [
        {
          role: "assistant",
          finish_reason: "tool_calls",
          parts: [
            { type: "text", content: "let me look" },
            { type: "tool_call", id: "call_1", name: "weather", arguments: { city: "Oslo" } },
            { type: "tool_call", id: "call_2", name: "weather", arguments: "{broken" },
          ],
        },
      ],
    });
  });

  test("of a text model are its texts", () => {
    const result = { generations: [[{ text: "a", generationInfo: { finishReason: "stop" } }]] };
    expect(parsed(content().output(result))["gen_ai.output.messages"]).toEqual([
      { role: "assistant", finish_reason: "stop", parts: [{ type: "text", content: "a" }] },
    ]);
  });

  test("of the chat protocol before tool_calls are read too", () => {
    const message = new AIMessage({
      content: "",
      additional_kwargs: { function_call: { name: "f", arguments: '{"a":1}' } },
    });
    expect(
      parsed(content().output({ generations: [[{ text: "", message }]] }))["gen_ai.output.messages"][0].parts,
    ).toEqual([{ type: "tool_call", name: "f", arguments: { a: 1 } }]);
  });
});

describe("tools and documents", () => {
  test("tool definitions of a real model have name, description and schema", async () => {
    const weather = tool(() => "rain", {
      name: "weather",
      description: "the weather",
      schema: z.object({ city: z.string() }),
    });
    const starts: unknown[] = [];
    const handler = {
      awaitHandlers: true,
      handleChatModelStart: (...args: unknown[]) =>
        void starts.push((args[4] as { invocation_params: unknown }).invocation_params),
    };
    const model = new ChatOpenAI({
      model: "gpt-4o-mini",
      apiKey: "none",
      configuration: { baseURL: server.url("chat") },
    });
    await model.bindTools([weather]).invoke("hi", { callbacks: [handler] });
    expect(parsed(content().toolDefinitions(starts[0]))["gen_ai.tool.definitions"]).toEqual([
      {
        type: "function",
        name: "weather",
        description: "the weather",
        parameters: expect.objectContaining({ type: "object", required: ["city"] }),
      },
    ]);
  });

  test.each([
    ["Anthropic", { name: "w", description: "d", input_schema: { type: "object" } }],
    ["Google", { functionDeclarations: [{ name: "w", description: "d", parameters: { type: "object" } }] }],
    ["Bedrock", { toolSpec: { name: "w", description: "d", inputSchema: { json: { type: "object" } } } }],
    ["OpenAI's Responses API", { type: "function", name: "w", description: "d", parameters: { type: "object" } }],
  ])("tool definitions of %s", (_, definition) => {
    expect(parsed(content().toolDefinitions({ tools: [definition] }))["gen_ai.tool.definitions"]).toEqual([
      { type: "function", name: "w", description: "d", parameters: { type: "object" } },
    ]);
  });

  test("a remote tool's address and credentials are left out", () => {
    const remote = {
      type: "mcp",
      server_label: "crm",
      server_url: "https://k:s@crm",
      headers: { authorization: "Bearer s" },
    };
    expect(parsed(content().toolDefinitions({ tools: [remote] }))["gen_ai.tool.definitions"]).toEqual([
      { type: "mcp", name: "crm" },
    ]);
  });

  test("tool arguments given as JSON text are read, others kept", () => {
    expect(content().toolArguments('{"city":"Oslo"}')).toEqual({ "gen_ai.tool.call.arguments": '{"city":"Oslo"}' });
    expect(content().toolArguments("Oslo")).toEqual({ "gen_ai.tool.call.arguments": '"Oslo"' });
  });

  test("a tool result is the content of its message, or the value", () => {
    const message = new ToolMessage({ content: "rain", tool_call_id: "1" });
    expect(content().toolResult(message)).toEqual({ "gen_ai.tool.call.result": '"rain"' });
    expect(content().toolResult({ degrees: 3 })).toEqual({ "gen_ai.tool.call.result": '{"degrees":3}' });
  });

  test("documents have id, score, content and metadata", () => {
    const documents = [
      new Document({ id: "d1", pageContent: "text", metadata: { score: 0.9, page: 3 } }),
      new Document({ pageContent: "more" }),
    ];
    expect(parsed(content().documents(documents))["gen_ai.retrieval.documents"]).toEqual([
      { id: "d1", score: 0.9, content: "text", metadata: { score: 0.9, page: 3 } },
      { content: "more", metadata: {} },
    ]);
  });
});

describe("redaction", () => {
  const hide: Redact = (text) => text.replaceAll(/canary/gi, "[hidden]");

  test("reaches every text and leaves the structure whole", () => {
    const shown = content(hide);
    const all = {
      ...shown.input([
        new SystemMessage("canary"),
        new HumanMessage({
          content: [
            { type: "text", text: "canary" },
            { type: "image_url", image_url: "https://canary/" },
          ],
        }),
        new AIMessage({ content: "canary", tool_calls: [{ id: "1", name: "f", args: { canary: ["canary"] } }] }),
        new ToolMessage({ content: "canary", tool_call_id: "1" }),
        new HumanMessage({ content: [{ type: "hologram", canary: "canary" }] }),
      ]),
      ...shown.output({ generations: [[{ text: "canary" }]] }),
      ...shown.toolArguments({ q: "canary" }),
      ...shown.toolResult("canary"),
      ...shown.query("canary"),
      ...shown.documents([new Document({ pageContent: "canary", metadata: { canary: "canary" } })]),
    };
    expect(JSON.stringify(all)).not.toMatch(/canary/i);
    expect(JSON.parse(all["gen_ai.input.messages"] ?? "")[0].role).toBe("user");
  });

  test("that hides everything keeps roles and types readable", () => {
    expect(parsed(content(() => "x").input([new HumanMessage("hi")]))).toEqual({
      "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "x" }] }],
    });
  });

  test("that throws lets no text through", () => {
    let faults = 0;
    const redaction = new Redaction(
      () => {
        throw new Error("broken");
      },
      () => void faults++,
    );
    const attributes = new MessageContent(1_000, redaction).input([new HumanMessage("canary")]);
    expect(JSON.stringify(attributes)).not.toContain("canary");
    expect(attributes["gen_ai.input.messages"]).toContain("[redaction failed]");
    expect(faults).toBe(1);
  });
});

test("a long conversation stays valid JSON within the limit and keeps its last question", () => {
  const messages = Array.from({ length: 400 }, (_, index) => new HumanMessage(`${index} ${"word ".repeat(100)}`));
  const json = content(undefined, 4_000).input(messages)["gen_ai.input.messages"] ?? "";
  expect(json.length).toBeLessThanOrEqual(4_000);
  expect(JSON.parse(json).at(-1).parts[0].content).toMatch(/^399 /);
});

test.each(hostileValues())("%s is converted without an error", (_, value) => {
  const shown = content((text) => text, 2_000);
  const message = {
    type: value,
    role: value,
    content: value,
    tool_calls: value,
    additional_kwargs: value,
    name: value,
  };
  const attributes = [
    shown.input(value),
    shown.input([value]),
    shown.input([message]),
    shown.input([
      { type: "human", content: [value, { type: "image", source: value }, { type: "tool_use", input: value }] },
    ]),
    shown.output(value),
    shown.output({ generations: [[value, { message: value }, { message }]] }),
    shown.toolDefinitions(value),
    shown.toolDefinitions({ tools: [value, { function: value }], functions: value }),
    shown.toolArguments(value),
    shown.toolResult(value),
    shown.documents(value),
    shown.documents([value, { pageContent: value, metadata: value }]),
  ];
  for (const json of attributes.flatMap((set) => Object.values(set))) {
    expect(json.length).toBeLessThanOrEqual(2_000);
    JSON.parse(json);
  }
  shown.query(value);
});
