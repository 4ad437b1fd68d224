import { AsyncLocalStorage } from "node:async_hooks";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

const { hooks } = instrument();
// Like a core that keeps its storage elsewhere.
globalThis[Symbol.for("ls:tracing_async_local_storage")] = new AsyncLocalStorage();
if (process.env.CONFIGURE === "missing") delete CallbackManager._configureSync;
if (process.env.CONFIGURE === "frozen") Object.freeze(CallbackManager);
const report = await hooks();

const told = [];
const objects = make(langchain);
// Without it core itself cannot run.
if (process.env.CONFIGURE !== "missing") {
  await ask(objects);
  objects.model.callbacks = [{ handleChatModelStart: () => told.push("model start") }];
  await objects.chain.invoke(
    { topic: "tracing" },
    { callbacks: [{ handleChainStart: () => told.push("chain start") }], metadata: { thread_id: "thread-1" } },
  );
}
console.log(JSON.stringify({ report, told }));
