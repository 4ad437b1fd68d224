// An app that ends in the way its argument says. It prints what it does, one word a line.
import { Worker } from "node:worker_threads";
import { instrument, withRequest } from "chainwatch";

const [way] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${line}\n`);
let alive;
const stayAlive = () => {
  alive = setInterval(() => undefined, 1_000);
  print("ready");
};
const request = (requestType) => withRequest({ requestType }, () => undefined);
const shutDownSlowly = async () => {
  request("during-shutdown");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  request("last");
  clearInterval(alive);
  print("app-ended");
};

const ways = {
  ends() {
    request("one");
  },
  "ends-with-work-left"() {
    request("one");
    process.once("beforeExit", () => setTimeout(() => request("two"), 10));
  },
  "exits-at-once"() {
    request("one");
    process.exit(0);
  },
  waits() {
    request("one");
    stayAlive();
  },
  async "breaks-a-stream"() {
    const { FakeListChatModel } = await import("@langchain/core/utils/testing");
    for await (const _ of await new FakeListChatModel({ responses: ["several chunks"] }).stream("hi")) break;
  },
  "listens-after"() {
    process.on("SIGTERM", shutDownSlowly);
    request("one");
    stayAlive();
  },
  "listens-once-before"() {
    request("one");
    stayAlive();
  },
  crashes() {
    request("one");
    setTimeout(() => {
      throw new Error("of the app");
    }, 10);
  },
  "worker-ends"() {
    new Worker(new URL("worker.mjs", import.meta.url));
  },
  "worker-is-terminated"() {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { argv: ["stays"] });
    worker.once("message", () => setTimeout(() => worker.terminate(), 1_800));
  },
};

if (way === "listens-once-before") process.once("SIGTERM", shutDownSlowly);
instrument({ serviceName: "ending-app", endpoint: process.env.ENDPOINT });
ways[way]();
