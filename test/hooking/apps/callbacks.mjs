import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { registerConfigureHook, setContextVariable } from "@langchain/core/context";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { PromptTemplate } from "@langchain/core/prompts";
import { ChainwatchCallbackHandler, instrument } from "chainwatch";
import { ScriptedModel } from "./scripted-model.mjs";

if (process.env.CHAINWATCH !== "off") instrument();

/** Notes what it was told; like most users' handlers it runs in the background and takes its time. */
class Notes extends BaseCallbackHandler {
  constructor(name, told = []) {
    super();
    this.name = name;
    this.told = told;
  }
  async handleChainStart() {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.told.push("chain start");
  }
  async handleChainEnd() {
    this.told.push("chain end");
  }
  async handleChatModelStart() {
    this.told.push("model start");
  }
  async handleLLMEnd() {
    this.told.push("model end");
  }
}
const fromEnvironment = [];
class NotesFromEnvironment extends Notes {
  constructor() {
    super("from environment", fromEnvironment);
  }
}

const prompt = PromptTemplate.fromTemplate("Explain {topic}");
const chainOf = (fields = {}) => {
  const model = new ScriptedModel("scripted-1", ["an answer"]);
  Object.assign(model, fields);
  return prompt.pipe(model).pipe(new StringOutputParser());
};
const topic = { topic: "tracing" };

const ofModel = new Notes("constructor");
const option = new Notes("option");
const manager = new Notes("manager");
const variable = new Notes("variable");

await chainOf({ callbacks: [ofModel] }).invoke(topic);
await chainOf().invoke(topic, { callbacks: [option] });
const callbacks = CallbackManager.fromHandlers({ handleChainStart: () => manager.told.push("chain start") });
await chainOf().invoke(topic, { callbacks });

const one = new ChainwatchCallbackHandler();
await chainOf().invoke(topic, { callbacks: [one] });
await chainOf().invoke(topic, { callbacks: [one, one, new ChainwatchCallbackHandler()] });
await chainOf({ callbacks: [one] }).invoke(topic, { callbacks: [new ChainwatchCallbackHandler(), option] });

// Hooks of the app's own, last: they stay for the rest of the process.
registerConfigureHook({ contextVar: "notes" });
setContextVariable("notes", variable);
await chainOf().invoke(topic);
process.env.APP_NOTES = "true";
registerConfigureHook({
  envVar: "APP_NOTES",
  handlerClass: NotesFromEnvironment,
  contextVar: "notes_from_environment",
});
await chainOf().invoke(topic);

await awaitAllCallbacks();
const told = Object.fromEntries([ofModel, option, manager, variable].map((notes) => [notes.name, notes.told]));
console.log(JSON.stringify({ ...told, "from environment": fromEnvironment }));
