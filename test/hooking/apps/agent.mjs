import { tool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { instrument, withRequest } from "chainwatch";
import { createAgent } from "langchain";
import { z } from "zod";
import { ScriptedModel, toolCalls } from "./scripted-model.mjs";

instrument();
const user = (content) => ({ messages: [{ role: "user", content }] });
const weather = tool(({ city }) => `sunny in ${city}`, {
  name: "weather",
  description: "The weather in a city",
  schema: z.object({ city: z.string() }),
});
const callsWeather = toolCalls(["weather", { city: "Paris" }]);
const newForecaster = () =>
  createAgent({
    model: new ScriptedModel("small", [callsWeather, "sunny"]),
    tools: [weather],
    name: "forecaster",
  });
const askForecaster = tool(
  async ({ question }) => (await newForecaster().invoke(user(question))).messages.at(-1).text,
  { name: "ask_forecaster", description: "Asks the forecaster", schema: z.object({ question: z.string() }) },
);
const callsForecaster = toolCalls(["ask_forecaster", { question: "Paris?" }]);
const newPlanner = () =>
  createAgent({
    model: new ScriptedModel("large", [callsForecaster, "take sunglasses"]),
    tools: [askForecaster],
    name: "planner",
  });

const { messages } = await newPlanner().invoke(user("What to pack?"));
for await (const _ of await newForecaster().stream(user("Paris?"), { streamMode: ["messages", "updates"] }));
for await (const _ of newForecaster().streamEvents(user("Paris?"), { version: "v2" }));
await createAgent({ model: new ScriptedModel("small", ["hello"]), tools: [] }).invoke(user("hello"));
// Says nothing of being an agent, until its owner does.
await withRequest({ requestType: "react" }, () =>
  createReactAgent({
    llm: new ScriptedModel("small", [callsWeather, "sunny"]),
    tools: [weather],
    name: "reactor",
  }).invoke(user("Paris?"), { metadata: { lc_agent_name: "reactor" } }),
);
console.log(JSON.stringify({ answer: messages.at(-1).text }));
