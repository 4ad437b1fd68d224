import { OpenAIEmbeddings } from "@langchain/openai";
import { startOpenAiServer } from "./openai-server.cjs";

const configuration = { baseURL: await startOpenAiServer() };
if (process.env.CHAINWATCH !== "preloaded") (await import("chainwatch")).instrument();
await new OpenAIEmbeddings({ apiKey: "none", configuration }).embedQuery("hello");
