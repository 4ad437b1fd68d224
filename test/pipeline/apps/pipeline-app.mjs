// The demo's app as a team runs it: watched, its HTTP calls too, and its telemetry sent to a Collector. Its models are
// at MODELS. It prints one word a line: "answered" after each request, "flushed" when all has been sent.
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { instrument, withRequest } from "chainwatch";
import { createDemoApp, explainChain } from "../../../dist/esm/demo/demo-app.js";

const [way] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${line}\n`);

const handle = instrument({
  serviceName: "pipeline-app",
  prices: { "demo-small": { input: 0.05, output: 0.2 }, "demo-large": { input: 3, output: 12 } },
});
// Its spans are ours as long as the app has no OpenTelemetry of its own.
new UndiciInstrumentation();

const access = { baseURL: process.env.MODELS, apiKey: "demo" };
const explain = explainChain(access);
const app = createDemoApp(access);

async function request(requestType, requestId, query) {
  await withRequest({ requestId, requestType, userId: "user_001" }, () =>
    requestType === "explain" ? explain.invoke({ topic: query }) : app[requestType](query, {}),
  );
  print("answered");
}

const ways = {
  /** One request of each type. */
  async "each-type"() {
    await request("explain", "explain-1", "人工智能");
    await request("chat", "chat-1", "Write a haiku about tracing");
    await request("support", "support-1", "How long does shipping take?");
    await request("travel", "travel-1", "What is the weather in Hangzhou?");
    await request("knowledge", "knowledge-1", "When do I get my refund?");
    await request("puzzle", "puzzle-1", "A bat and ball cost 1.10 dollars.");
    await request("summarise", "summarise-1", "Launch moves to Tuesday.");
    await request("translate", "translate-1", "可观测性。链路。");
  },
  /** Requests one after the other, until a line comes on standard input. */
  async steadily() {
    let stopped = false;
    process.stdin.once("data", () => {
      stopped = true;
    });
    for (let number = 1; !stopped; number += 1) await request("explain", `steady-${number}`, "机器学习");
    process.stdin.pause();
  },
};

await ways[way]();
while (!(await handle.flush())) await new Promise((resolve) => setTimeout(resolve, 100));
print("flushed");
await handle.shutdown();
