import type { UsageMetadata } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { createAgent } from "langchain";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";

let server: ModelServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(): Promise<ModelServer> {
  server = await startModelServer({ latencyScale: 0 });
  return server;
}

const chat = (at: ModelServer, model: string, fields: object = {}) =>
  new ChatOpenAI({ model, apiKey: "demo", maxRetries: 0, configuration: { baseURL: at.url }, ...fields });

/** LangChain's own type of this field comes out as undefined under TypeScript 7. */
const usageOf = (message: object) => (message as { usage_metadata?: UsageMetadata }).usage_metadata;

const LONG_SYSTEM_TEXT = Array.from(
  { length: 150 },
  (_, index) => `Article ${index}: wireless headphones, black.`,
).join("\n");

test("each of the specification's five topics is explained in one Chinese sentence that begins with it", async () => {
  const at = await start();
  const chain = ChatPromptTemplate.fromTemplate("用一句话解释{topic}")
    .pipe(chat(at, "gpt-4o-mini"))
    .pipe(new StringOutputParser());
  for (const topic of ["人工智能", "机器学习", "深度学习", "强化学习", "自然语言处理"]) {
    const answer = await chain.invoke({ topic });
    expect(answer).toMatch(new RegExp(`^${topic}是[^。]+。$`));
  }
});

test("whole and streamed answers are the same text with the same usage", async () => {
  const at = await start();
  const model = chat(at, "gpt-4o-mini");
  const whole = await model.invoke("用一句话解释人工智能");
  let streamed = "";
  let chunks = 0;
  let usage: object | undefined;
  for await (const chunk of await model.stream("用一句话解释人工智能")) {
    streamed += chunk.text;
    chunks += 1;
    usage = usageOf(chunk) ?? usage;
  }
  expect(streamed).toBe(whole.text);
  expect(chunks).toBeGreaterThan(5);
  expect(usage).toEqual(usageOf(whole));
  expect(usageOf(whole)?.input_tokens).toBeGreaterThan(5);
  expect(usageOf(whole)?.total_tokens).toBe((usageOf(whole)?.input_tokens ?? 0) + (usageOf(whole)?.output_tokens ?? 0));
});

test("a stream that did not ask for usage gets none", async () => {
  const at = await start();
  const reported: UsageMetadata[] = [];
  for await (const chunk of await chat(at, "gpt-4o-mini", { streamUsage: false }).stream("haiku")) {
    const usage = usageOf(chunk);
    if (usage !== undefined) reported.push(usage);
  }
  expect(reported).toEqual([]);
});

test("a reasoning model reports its reasoning tokens inside its output tokens", async () => {
  const at = await start();
  const usage = usageOf(await chat(at, "o4-mini").invoke("A bat and ball cost 1.10 dollars…"));
  const reasoning = usage?.output_token_details?.reasoning ?? 0;
  expect(reasoning).toBeGreaterThanOrEqual(64);
  expect(usage?.output_tokens).toBeGreaterThan(reasoning);
});

test("a long first message is read from the cache from the second call on", async () => {
  const at = await start();
  const ask = () =>
    chat(at, "gpt-4o-mini").invoke([
      ["system", LONG_SYSTEM_TEXT],
      ["user", "How long does shipping take?"],
    ]);
  const first = await ask();
  const second = await ask();
  expect(usageOf(first)?.input_token_details?.cache_read).toBe(0);
  const cached = usageOf(second)?.input_token_details?.cache_read ?? 0;
  expect(cached).toBeGreaterThanOrEqual(1_024);
  expect(cached % 128).toBe(0);
  expect(cached).toBeLessThan(usageOf(second)?.input_tokens ?? 0);
});

test("an agent's tool is called with arguments from the question, and the answer uses its result", async () => {
  const at = await start();
  const asked: object[] = [];
  const weather = tool(
    (input) => {
      asked.push(input);
      return `${input.city}: 23 °C`;
    },
    { name: "get_weather", description: "The weather in a city now", schema: z.object({ city: z.string() }) },
  );
  const agent = createAgent({ model: chat(at, "gpt-4o"), tools: [weather] });
  const result = await agent.invoke({ messages: [{ role: "user", content: "What is the weather in Hangzhou?" }] });
  expect(asked).toEqual([{ city: "Hangzhou" }]);
  expect(result.messages.at(-1)?.text).toContain("Hangzhou: 23 °C");
});

test("a streamed tool call arrives whole", async () => {
  const at = await start();
  const convert = tool(({ amount }) => amount, {
    name: "convert_currency",
    description: "Convert an amount to another currency",
    schema: z.object({ amount: z.number(), to: z.enum(["EUR", "CNY"]) }),
  });
  const model = chat(at, "gpt-4o").bindTools([convert]);
  let whole: Awaited<ReturnType<typeof model.invoke>> | undefined;
  for await (const chunk of await model.stream("Convert 42 dollars to CNY")) whole = whole?.concat(chunk) ?? chunk;
  expect(whole?.tool_calls).toMatchObject([{ name: "convert_currency", args: { amount: 42, to: "CNY" } }]);
});

test("embeddings of texts that share words are near each other, and their tokens are counted", async () => {
  const at = await start();
  const embeddings = new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: "demo",
    configuration: { baseURL: at.url },
  });
  const [returns, invoices] = await embeddings.embedDocuments(["七天无理由退货政策", "如何申请电子发票"]);
  const question = await embeddings.embedQuery("怎么退货");
  const similarity = (a: number[] = [], b: number[] = []) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  expect(similarity(question, returns)).toBeGreaterThan(similarity(question, invoices));
  const response = await fetch(`${at.url}/embeddings`, {
    method: "POST",
    body: JSON.stringify({ model: "text-embedding-3-small", input: "怎么退货" }),
  });
  expect(await response.json()).toMatchObject({ usage: { prompt_tokens: 3, total_tokens: 3 } });
});

test("scripted faults: 429 with Retry-After for the calls asked for, then well again", async () => {
  const at = await start();
  at.setFault("demo-large", { kind: "rate_limit", retryAfterS: 2 }, 1);
  const error = await chat(at, "demo-large")
    .invoke("hello")
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  expect((error as { headers: Headers }).headers.get("retry-after")).toBe("2");
  await expect(chat(at, "demo-large").invoke("hello")).resolves.toBeDefined();
});

test("scripted faults: a failing model fails until it is mended, and other models are well", async () => {
  const at = await start();
  at.setFault("demo-large", { kind: "server_error" });
  await expect(chat(at, "demo-large").invoke("hello")).rejects.toMatchObject({ status: 500 });
  await expect(chat(at, "demo-large").invoke("hello")).rejects.toMatchObject({ status: 500 });
  await expect(chat(at, "demo-small").invoke("hello")).resolves.toBeDefined();
  at.setFault("demo-large", undefined);
  await expect(chat(at, "demo-large").invoke("hello")).resolves.toBeDefined();
});

test("a prompt beyond the model's context is refused as OpenAI refuses it", async () => {
  const at = await start();
  await expect(chat(at, "demo-small").invoke(LONG_SYSTEM_TEXT)).rejects.toMatchObject({
    name: "ContextOverflowError",
    message: expect.stringContaining("maximum context length is 1024 tokens"),
  });
});

test("what is no request of OpenAI's is refused with the reason in OpenAI's error shape", async () => {
  const at = await start();
  const post = async (path: string, body: string) => {
    const response = await fetch(`${at.url}${path}`, { method: "POST", body });
    return { status: response.status, ...((await response.json()) as { error: { message: string } }) };
  };
  expect(await post("/chat/completions", "{")).toMatchObject({ status: 400 });
  const noMessages = await post("/chat/completions", JSON.stringify({ model: "gpt-4o", messages: [] }));
  expect(noMessages.status).toBe(400);
  expect(noMessages.error.message).toContain("messages");
  expect(await post("/responses", "{}")).toMatchObject({ status: 404 });
  expect(await post("/chat/completions", " ".repeat(1_100_000))).toMatchObject({ status: 413 });
});

test("a caller that hangs up does not keep the server from closing", async () => {
  server = await startModelServer({ latencyScale: 1_000 });
  const caller = new AbortController();
  const call = fetch(`${server.url}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] }),
    signal: caller.signal,
  });
  setTimeout(() => caller.abort(), 20);
  await expect(call).rejects.toThrow();
  await server.close();
  server = undefined;
});
