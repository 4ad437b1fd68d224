import { Annotation, Command, END, interrupt, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { instrument } from "chainwatch";
import { ScriptedModel } from "./scripted-model.mjs";

instrument({ detail: process.env.DETAIL ?? "steps" });
const model = new ScriptedModel("scripted-1", ["a draft", "a polished draft"]);
const State = Annotation.Root({ text: Annotation(), approved: Annotation() });
const write = async ({ text }) => ({ text: (await model.invoke(text)).text });

const inner = new StateGraph(State).addNode("polish", write).addEdge(START, "polish").addEdge("polish", END).compile();

const graph = new StateGraph(State)
  .addNode("draft", write)
  .addNode("review", () => ({ approved: interrupt("publish?") }))
  .addNode("edit", inner)
  .addNode("publish", ({ text }) => ({ text: `${text}!` }))
  .addEdge(START, "draft")
  .addEdge("draft", "review")
  .addConditionalEdges("review", ({ approved }) => (approved ? "edit" : END))
  .addEdge("edit", "publish")
  .addEdge("publish", END)
  .compile({ checkpointer: new MemorySaver(), name: "newsroom" });

const config = { configurable: { thread_id: "thread-1" } };
await graph.invoke({ text: "tracing" }, config);
const { text } = await graph.invoke(new Command({ resume: true }), config);
console.log(JSON.stringify({ text }));
