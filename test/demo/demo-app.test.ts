import { afterEach, expect, test } from "vitest";
import { createDemoApp, type DemoApp } from "../../src/demo/demo-app.js";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";

let server: ModelServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function startApp(): Promise<DemoApp> {
  server = await startModelServer({ latencyScale: 0 });
  return createDemoApp({ baseURL: server.url, apiKey: "demo" });
}

test.each<[keyof DemoApp, string, string]>([
  ["chat", "Write a haiku about tracing", "Traces in the night"],
  ["support", "怎么退货？", "7 天"],
  ["travel", "What is the weather in Hangzhou?", "Hangzhou: 23 °C"],
  ["travel", "Convert 120 dollars to EUR", "120 USD = 110.40 EUR"],
  ["travel", "北京天气怎么样？", "北京: 23 °C"],
  ["knowledge", "What does the warranty cover?", "two-year warranty"],
  ["knowledge", "怎么开发票？", "电子发票"],
  ["puzzle", "A bat and ball cost 1.10 dollars", "5 cents"],
  ["summarise", "会议纪要：周二上线。请总结。", "周二上线"],
  ["translate", "可观测性是什么。链路是什么。", "Observability"],
])("%s: %s is answered sensibly", async (requestType, question, expected) => {
  const app = await startApp();
  expect(await app[requestType](question, {})).toContain(expected);
});
