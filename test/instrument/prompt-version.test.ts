import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WatchedApp } from "./watched-app.js";

let app: WatchedApp;

beforeAll(async () => {
  app = await new WatchedApp().ready();
});
afterAll(() => app.stop());

const model = new FakeListChatModel({ responses: ["fine"] });

async function recordOf(work: () => Promise<unknown>) {
  await work();
  await app.flush();
  return app.records().at(-1);
}

it("a prompt that the app names is on the record of the request and on its model spans", async () => {
  const metadata = { prompt_name: "support", prompt_version: "7" };
  const record = await recordOf(() =>
    ChatPromptTemplate.fromTemplate("{q}").pipe(model).invoke({ q: "x" }, { metadata }),
  );
  expect(record?.attributes["chainwatch.request.prompts"]).toEqual(["support@7"]);
  expect(app.named(/^chat /).at(-1)?.attributes).toMatchObject({
    "gen_ai.prompt.name": "support",
    "gen_ai.prompt.version": "7",
  });
});

it("a prompt from LangSmith's hub is named only on the step that fills it in, which has no span", async () => {
  const prompt = ChatPromptTemplate.fromTemplate("{q}");
  prompt.metadata = { lc_hub_owner: "acme", lc_hub_repo: "triage", lc_hub_commit_hash: "50442af1" };
  const record = await recordOf(() => prompt.pipe(model).invoke({ q: "x" }));
  expect(record?.attributes["chainwatch.request.prompts"]).toEqual(["triage@50442af1"]);
});

it("a request has each of its prompts once, and none when nobody names one", async () => {
  const ask = (prompt_name: string) => model.invoke("x", { metadata: { prompt_name } });
  const twice = RunnableLambda.from(async () => {
    await ask("first");
    await ask("second");
    await ask("first");
    return model.invoke("x", { metadata: { prompt_version: "a version of nothing" } });
  });
  expect((await recordOf(() => twice.invoke(1)))?.attributes["chainwatch.request.prompts"]).toEqual([
    "first",
    "second",
  ]);
  const bare = await recordOf(() => model.invoke("x"));
  expect(bare?.attributes).not.toHaveProperty("chainwatch.request.prompts");
});
