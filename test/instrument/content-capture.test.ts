import { HumanMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { withRequest } from "../../src/index.js";
import type { InstrumentOptions } from "../../src/instrument.js";
import { type ScriptedModelServer, startScriptedModelServer } from "./scripted-model-server.js";
import { WatchedApp } from "./watched-app.js";

const CANARY = "canary-7f3e";
let models: ModelServer;
let scripted: ScriptedModelServer;
let app: WatchedApp;

beforeEach(async () => {
  models = await startModelServer({ latencyScale: 0 });
  scripted = await startScriptedModelServer({
    echo: {
      status: 400,
      body: { error: { message: `cannot answer "${CANARY}" with key sk-${CANARY}`, code: "bad_prompt" } },
    },
  });
  process.argv.push(`--secret=${CANARY}`);
});
afterEach(async () => {
  process.argv.pop();
  await app.stop();
  await Promise.all([models.close(), scripted.close()]);
});

class CanaryRetriever extends BaseRetriever {
  lc_namespace = ["test"];
  override async _getRelevantDocuments() {
    return [{ pageContent: `document ${CANARY}`, metadata: { source: CANARY } }];
  }
}

/** An app that has the canary in every place where text can be. */
async function talk(): Promise<void> {
  const at = (baseURL: string) => ({ apiKey: CANARY, maxRetries: 0, configuration: { baseURL } });
  const model = new ChatOpenAI({ model: "gpt-4o-mini", ...at(models.url) });
  const lookup = tool(({ city }) => `weather in ${city}`, {
    name: "lookup",
    description: CANARY,
    schema: z.object({ city: z.string() }),
  });
  await withRequest({ requestType: "talk" }, async () => {
    await ChatPromptTemplate.fromMessages([
      ["system", `be ${CANARY}`],
      ["user", "{q}"],
    ])
      .pipe(model)
      .invoke({ q: CANARY });
    for await (const _ of await model.stream([new HumanMessage(CANARY)])) void _;
    await model.bindTools([lookup]).invoke(CANARY);
    await lookup.invoke({ city: CANARY });
    await new CanaryRetriever().invoke(CANARY);
    await new OpenAIEmbeddings(at(models.url)).embedQuery(CANARY);
    await new ChatOpenAI({ model: "gpt-4o-mini", ...at(scripted.url("echo")) }).invoke(CANARY).catch(() => undefined);
    await RunnableLambda.from(() => {
      throw new Error(`boom ${CANARY}`);
    })
      .invoke(CANARY)
      .catch(() => undefined);
  });
  await app.flush();
}

const watch = async (options: InstrumentOptions) => {
  app = await new WatchedApp(options).ready();
};

describe("content capture off", () => {
  it("lets no prompt, answer, tool argument, document, query, error text, key or command line out", async () => {
    await watch({});
    await talk();
    expect(app.named(/^chat /)).toHaveLength(4);
    expect(app.records("chainwatch.error").length).toBe(2);
    expect(app.everythingSent()).not.toContain(CANARY);
  });

  it("sends the query that the app gives itself", async () => {
    await watch({});
    await withRequest({ query: "given on purpose" }, async () => undefined);
    await app.flush();
    expect(app.records().at(-1)?.attributes["chainwatch.request.query"]).toBe("given on purpose");
  });
});

describe("content capture on", () => {
  it("shows messages, tool arguments and results, documents, and error texts without keys", async () => {
    await watch({ captureMessageContent: true });
    await talk();
    const [chat] = app.named(/^chat /);
    expect(JSON.parse(String(chat?.attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: CANARY }] },
    ]);
    expect(JSON.parse(String(chat?.attributes["gen_ai.system_instructions"]))).toEqual([
      { type: "text", content: `be ${CANARY}` },
    ]);
    expect(JSON.parse(String(chat?.attributes["gen_ai.output.messages"]))[0]).toMatchObject({
      role: "assistant",
      finish_reason: "stop",
    });
    const [call] = app.named("execute_tool lookup");
    expect(JSON.parse(String(call?.attributes["gen_ai.tool.call.arguments"]))).toEqual({ city: CANARY });
    const [retrieval] = app.named(/^retrieval /);
    expect(String(retrieval?.attributes["gen_ai.retrieval.documents"])).toContain(`document ${CANARY}`);
    const messages = app.records("chainwatch.error").map(({ attributes }) => String(attributes["exception.message"]));
    expect(messages.join()).toContain(`cannot answer \\"${CANARY}\\"`.replaceAll("\\", ""));
    expect(app.everythingSent()).not.toContain(`sk-${CANARY}`);
  });

  it("passes every text through the user's redaction, errors too; one that throws lets no text out and is counted", async () => {
    await watch({ captureMessageContent: true, redact: (text) => text.replaceAll(CANARY, "***") });
    await talk();
    expect(app.everythingSent()).not.toContain(CANARY);
    await app.stop();
    await watch({
      captureMessageContent: true,
      redact: () => {
        throw new Error("bad redaction");
      },
    });
    await talk();
    expect(app.everythingSent()).not.toContain(CANARY);
    expect(app.sum("chainwatch.telemetry.errors")).toBeGreaterThan(0);
  });

  it("sends content as an event and not on the span when it is asked so", async () => {
    await watch({ captureMessageContent: "event_only" });
    await talk();
    expect(app.named(/^chat /)[0]?.attributes["gen_ai.input.messages"]).toBeUndefined();
    const [event] = app.records("gen_ai.client.inference.operation.details");
    expect(String(event?.attributes["gen_ai.input.messages"])).toContain(CANARY);
    expect(String(event?.attributes["gen_ai.output.messages"])).toContain("assistant");
  });
});
