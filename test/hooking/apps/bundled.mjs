import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

instrument();
const objects = make(langchain);
await ask(objects);
await new StateGraph(Annotation.Root({ topic: Annotation() }))
  .addNode("explain", async ({ topic }) => ({ topic: await objects.chain.invoke({ topic }) }))
  .addEdge(START, "explain")
  .addEdge("explain", END)
  .compile({ name: "explainer" })
  .invoke({ topic: "bundles" });
