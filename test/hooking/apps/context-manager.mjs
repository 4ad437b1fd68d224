import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { ChatOpenAI } from "@langchain/openai";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { instrument } from "chainwatch";
import { startOpenAiServer } from "./openai-server.cjs";

/** A context manager with what OpenTelemetry's interface asks for and no more: nothing can be entered. */
class StrictContextManager {
  #storage = new AsyncLocalStorage();
  active = () => this.#storage.getStore() ?? ROOT_CONTEXT;
  with = (active, fn, thisArg, ...args) => this.#storage.run(active, () => fn.apply(thisArg, args));
  bind = (active, target) =>
    typeof target === "function" ? (...args) => this.with(active, target, this, ...args) : target;
  enable = () => this;
  disable = () => this;
}
if (process.env.CONTEXT_MANAGER === "strict") context.setGlobalContextManager(new StrictContextManager());
instrument();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });
// The app's own spans come after its start, as in a server.
await setImmediate();

/** HTTP spans start at a whole millisecond: two later, they come after the model's. */
async function laterFetch(...request) {
  await setTimeout(2);
  return fetch(...request);
}
const configuration = { baseURL: await startOpenAiServer(), fetch: laterFetch };
const model = new ChatOpenAI({ model: "gpt-4o-mini", apiKey: "none", configuration });
await Promise.all(
  ["a", "b", "c"].map((name) =>
    trace.getTracer("app").startActiveSpan(`request ${name}`, async (span) => {
      await model.invoke(name);
      span.end();
    }),
  ),
);
