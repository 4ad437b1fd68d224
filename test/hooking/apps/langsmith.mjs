import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { instrument } from "chainwatch";
import { createAgent } from "langchain";
import { Client } from "langsmith";
import { traceable } from "langsmith/traceable";
import { z } from "zod";
import { ScriptedModel, toolCalls } from "./scripted-model.mjs";

if (process.env.CHAINWATCH !== "off") instrument();
const client = new Client();

const lookUp = traceable(async (text) => `${text}, looked up`, { name: "look up", client });
const weather = tool(({ city }) => lookUp(city), {
  name: "weather",
  description: "The weather in a city",
  schema: z.object({ city: z.string() }),
});
const chain = RunnableLambda.from(lookUp)
  .pipe((text) => text)
  .pipe(new ScriptedModel("scripted-1", ["an answer", "an answer"]));
const agent = createAgent({
  model: new ScriptedModel("scripted-1", [toolCalls(["weather", { city: "Paris" }]), "sunny"]),
  tools: [weather],
  name: "forecaster",
});
const handle = traceable(
  async (question) => {
    await chain.invoke(question);
    await agent.invoke({ messages: [{ role: "user", content: question }] });
  },
  { name: "handle", client },
);
await handle("What to pack?");
await chain.invoke("on its own");
await client.awaitPendingTraceBatches();
