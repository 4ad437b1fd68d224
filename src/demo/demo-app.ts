import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import type { RunnableConfig } from "@langchain/core/runnables";
import { RunnableSequence } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { createAgent } from "langchain";
import { z } from "zod";
import { KnowledgeRetriever } from "./knowledge-retriever.js";

/** Where the demo's app finds its models. */
export interface ModelAccess {
  /** Undefined: the real OpenAI, or what `OPENAI_BASE_URL` names. */
  baseURL?: string;
  apiKey: string;
}

/** Long enough for a provider's prompt cache, as real instructions are. */
const CATALOGUE_LINES = Array.from({ length: 90 }, (_, index) => {
  const [product, price] = [
    ["wireless headphones", 89],
    ["desk lamp", 35],
    ["travel kettle", 42],
  ][index % 3] as [string, number];
  return `SKU-${1001 + index}: ${product}, ${price + index} dollars, ${(index * 7) % 40} in stock.`;
});

/** Versions of a prompt, which take turns so that they can be compared: the second sends less of the catalogue. */
const SUPPORT_PROMPTS = [
  { version: "1", lines: CATALOGUE_LINES },
  { version: "2", lines: CATALOGUE_LINES.slice(0, 60) },
] as const;

const getWeather = tool(({ city }) => `${city}: 23 °C`, {
  name: "get_weather",
  description: "The weather in a city now (天气)",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});

const convertCurrency = tool(
  ({ amount, to }) => `${amount} USD = ${(amount * { EUR: 0.92, CNY: 7.12 }[to]).toFixed(2)} ${to}`,
  {
    name: "convert_currency",
    description: "Convert an amount of US dollars to another currency",
    schema: z.object({ amount: z.number(), to: z.enum(["EUR", "CNY"]) }),
  },
);

/** The specification's chain: `prompt | ChatOpenAI | StrOutputParser`. */
export function explainChain(access: ModelAccess) {
  return ChatPromptTemplate.fromTemplate("用一句话解释{topic}")
    .pipe(chatModel(access, "gpt-4o-mini"))
    .pipe(new StringOutputParser())
    .withConfig({ runName: "explain" });
}

/** What the demo's app can do: one function a request type. All are ordinary LangChain; none knows of Chainwatch. */
export function createDemoApp(access: ModelAccess) {
  const parser = new StringOutputParser();
  const chat = ChatPromptTemplate.fromMessages([
    ["system", "You are a friendly assistant. Answer in one sentence."],
    ["human", "{question}"],
  ]).pipe(chatModel(access, "gpt-4o"));
  const support = SUPPORT_PROMPTS.map(({ version, lines }) => ({
    metadata: { prompt_name: "support", prompt_version: version },
    prompt: ChatPromptTemplate.fromMessages([
      ["system", `You answer customers of a web shop. The catalogue:\n${lines.join("\n")}`],
      ["human", "{question}"],
    ]),
  }));
  let supported = 0;
  const summary = ChatPromptTemplate.fromTemplate("Please summarise: {text}");
  const translation = ChatPromptTemplate.fromTemplate("Please translate into English: {text}");
  const agent = createAgent({
    name: "travel-agent",
    model: chatModel(access, "gpt-4o"),
    tools: [getWeather, convertCurrency],
    systemPrompt: "You help travellers. Use the tools.",
  });
  const retriever = new KnowledgeRetriever(
    new OpenAIEmbeddings({ model: "text-embedding-3-small", ...clientFields(access) }),
  );
  const knowledge = RunnableSequence.from([
    {
      context: RunnableSequence.from([
        ({ question }: { question: string }) => question,
        retriever,
        (articles: { pageContent: string }[]) => articles.map(({ pageContent }) => pageContent).join("\n"),
      ]),
      question: ({ question }: { question: string }) => question,
    },
    ChatPromptTemplate.fromMessages([
      ["system", "Answer from these articles:\n{context}"],
      ["human", "{question}"],
    ]),
    chatModel(access, "demo-small"),
    parser,
  ]).withConfig({ runName: "knowledge-base" });

  const named = (runName: string, config: RunnableConfig) => ({ ...config, runName });
  return {
    async chat(question: string, config: RunnableConfig) {
      let answer = "";
      for await (const chunk of await chat.pipe(parser).stream({ question }, named("chat", config))) answer += chunk;
      return answer;
    },
    support: (question: string, config: RunnableConfig) => {
      const { prompt, metadata } = support[supported++ % support.length] as (typeof support)[number];
      const chain = prompt.pipe(chatModel(access, "gpt-4o-mini")).pipe(parser);
      return chain.invoke({ question }, named("support", { ...config, metadata: { ...config.metadata, ...metadata } }));
    },
    travel: async (question: string, config: RunnableConfig) => {
      const { messages } = await agent.invoke({ messages: [{ role: "user", content: question }] }, config);
      return messages.at(-1)?.text ?? "";
    },
    knowledge: (question: string, config: RunnableConfig) => knowledge.invoke({ question }, config),
    puzzle: async (question: string, config: RunnableConfig) =>
      (await chatModel(access, "o4-mini").invoke(question, config)).text,
    summarise: (text: string, config: RunnableConfig) =>
      summary.pipe(chatModel(access, "demo-large")).pipe(parser).invoke({ text }, named("summarise", config)),
    /** A batch: a call for each sentence. */
    translate: async (text: string, config: RunnableConfig) => {
      const inputs = text.split(/(?<=。)/).map((sentence) => ({ text: sentence }));
      const chain = translation.pipe(chatModel(access, "gpt-4o-mini")).pipe(parser);
      return (await chain.batch(inputs, named("translate", config))).join("\n");
    },
  };
}

export type DemoApp = ReturnType<typeof createDemoApp>;

function chatModel(access: ModelAccess, model: string): ChatOpenAI {
  return new ChatOpenAI({ model, maxRetries: 1, ...clientFields(access) });
}

function clientFields({ baseURL, apiKey }: ModelAccess) {
  return { apiKey, ...(baseURL !== undefined && { configuration: { baseURL } }) };
}
