import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { type InstrumentHandle, instrument, withRequest } from "../../src/index.js";
import type { LocalServer } from "../../src/server/local-server.js";
import { json, runningServer } from "./running-server.js";

interface Figure {
  id: string;
  value?: number;
}

interface RecordedRequest {
  tokens: { total: number };
  cost_usd?: number;
}

async function figures(server: LocalServer): Promise<(id: string) => number | undefined> {
  const { indicators } = (await json(server, "/api/indicators?window=300")) as { indicators: Figure[] };
  return (id) => indicators.find((indicator) => indicator.id === id)?.value;
}

const watch = (server: LocalServer): InstrumentHandle =>
  instrument({ serviceName: "low-traffic", endpoint: server.url });

async function ask(models: ModelServer, model = "gpt-4o-mini"): Promise<void> {
  const chat = new ChatOpenAI({ model, apiKey: "none", maxRetries: 0, configuration: { baseURL: models.url } });
  const chain = ChatPromptTemplate.fromTemplate("explain {topic}").pipe(chat);
  await withRequest({ userId: "user_1", requestType: "explain" }, () => chain.invoke({ topic: "rain" })).catch(
    () => undefined,
  );
}

/** The figures of the board against the sums over the request records, which are counted one by one. */
async function expectExact(server: LocalServer, requests: number, failed: number): Promise<void> {
  const figure = await figures(server);
  const records = ((await json(server, "/api/requests?limit=1000")) as { requests: RecordedRequest[] }).requests;
  const cost = records.reduce((sum, record) => sum + (record.cost_usd ?? 0), 0);
  const tokens = records.reduce((sum, record) => sum + record.tokens.total, 0);
  expect(records).toHaveLength(requests);
  expect(figure("requests.count")).toBe(requests);
  expect(figure("requests.rate")).toBeCloseTo(requests / 300, 12);
  expect(figure("success_rate")).toBeCloseTo((100 * (requests - failed)) / requests, 9);
  expect(figure("error_rate")).toBeCloseTo((100 * failed) / requests, 9);
  expect(figure("llm.calls")).toBe(requests);
  expect(figure("tokens.total")).toBe(tokens);
  expect(figure("cost.total")).toBeCloseTo(cost, 12);
}

test("low traffic is exact in the local server: five requests then idle, a first error, three in one export, a restart", async () => {
  const server = await runningServer();
  const models = await startModelServer({ latencyScale: 0 });
  try {
    const first = watch(server);
    for (let request = 0; request < 5; request++) await ask(models);
    await first.flush();
    await expectExact(server, 5, 0);

    // Idle: further exports of the same cumulative values add nothing.
    await first.flush();
    await first.flush();
    await expectExact(server, 5, 0);

    models.setFault("gpt-4o-mini", { kind: "server_error" }, 1);
    await ask(models);
    await first.flush();
    await expectExact(server, 6, 1);

    await Promise.all([ask(models), ask(models), ask(models)]);
    await first.flush();
    await expectExact(server, 9, 1);

    await first.shutdown();
    const second = watch(server);
    await ask(models);
    await ask(models);
    await second.flush();
    await expectExact(server, 11, 1);
    await second.shutdown();
  } finally {
    await models.close();
  }
});
