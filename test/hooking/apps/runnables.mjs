import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { PromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda, RunnableMap, RunnablePassthrough } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeLLM } from "@langchain/core/utils/testing";
import { instrument, withRequest } from "chainwatch";
import { z } from "zod";
import { ScriptedModel } from "./scripted-model.mjs";

instrument();
const model = new ScriptedModel("scripted-1", Array(40).fill("an answer"));
const chain = PromptTemplate.fromTemplate("Explain {topic}").pipe(model).pipe(new StringOutputParser());

class Notes extends BaseRetriever {
  lc_namespace = ["app"];
  async _getRelevantDocuments() {
    return [new Document({ pageContent: "a note" })];
  }
}
const time = tool(() => "noon", { name: "time", description: "The time", schema: z.object({ zone: z.string() }) });
const weather = tool(({ city }) => `sunny in ${city}`, {
  name: "weather",
  description: "The weather in a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});
const summarise = RunnableLambda.from(async (text) => (await model.invoke(text)).text);
const flaky = (name) => new ScriptedModel(name, [new Error("not now"), "an answer"]);

async function readAll(stream) {
  for await (const _ of await stream);
}

const requests = {
  retriever: () => new Notes().invoke("tracing"),
  "retriever in chain": () =>
    RunnablePassthrough.assign({ notes: new Notes() })
      .pipe(() => ({ topic: "tracing" }))
      .pipe(chain)
      .invoke({}),
  "tool with zod schema": () => time.invoke({ zone: "UTC" }),
  "tool with JSON schema": () => weather.invoke({ city: "Paris" }),
  "tool by a call of a model": () =>
    weather.invoke({ type: "tool_call", id: "call_1", name: "weather", args: { city: "Rome" } }),
  lambda: () => chain.pipe((text) => text.length).invoke({ topic: "tracing" }),
  "lambda with a name": () => chain.pipe(summarise.withConfig({ runName: "summarise" })).invoke({ topic: "tracing" }),
  "lambda that calls a chain": () => RunnableLambda.from((topic) => chain.invoke({ topic })).invoke("tracing"),
  map: () => RunnableMap.from({ first: chain, second: chain }).invoke({ topic: "tracing" }),
  batch: () => chain.batch([{ topic: "a" }, { topic: "b" }, { topic: "c" }]),
  "model batch": () => model.batch(["a", "b"]),
  stream: () => readAll(chain.stream({ topic: "tracing" })),
  "stream of the model": () => readAll(model.stream("tracing")),
  "streamEvents v2": () => readAll(chain.streamEvents({ topic: "tracing" }, { version: "v2" })),
  streamLog: () => readAll(chain.streamLog({ topic: "tracing" })),
  withRetry: () => flaky("flaky").withRetry({ stopAfterAttempt: 2 }).invoke("tracing"),
  withFallbacks: () => flaky("flaky").withFallbacks([model]).invoke("tracing"),
  withConfig: () => chain.withConfig({ runName: "explain" }).invoke({ topic: "tracing" }),
  "text model": () => new FakeLLM({ response: "an answer" }).invoke("tracing"),
};
for (const [requestType, run] of Object.entries(requests)) await withRequest({ requestType }, run);
