import { describe, expect, it } from "vitest";
import { ATTR_CONVERSATION_ID } from "../../src/instrument/semconv.js";
import { observeApp } from "./observed-app.js";
import { traceTrees } from "./trace-tree.js";

/** What the app's own handlers are told: of the chain, its prompt and its parser, and of the model. */
const TOLD = ["chain start", "chain start", "model start", "chain start"];

describe.concurrent("a core that does not read the storage slot", () => {
  it("is reached through its CallbackManager, and the app keeps handlers and metadata", async () => {
    const { printed, spans } = await observeApp({ app: "second-way.mjs" });
    expect(printed).toEqual({ report: { copies: ["callback_manager"], others: "none" }, told: TOLD });
    expect(traceTrees(spans)).toBe(
      `
invoke_workflow RunnableSequence
  chat unknown

chat unknown

invoke_workflow RunnableSequence
  chat unknown
`.trim(),
    );
    const conversations = spans.map(({ attributes }) => attributes[ATTR_CONVERSATION_ID]);
    expect(conversations.filter((id) => id !== undefined)).toEqual(["thread-1", "thread-1"]);
  });

  it("is reported as not reached when its CallbackManager is frozen, and the app runs", async () => {
    const { printed, spans } = await observeApp({ app: "second-way.mjs", env: { CONFIGURE: "frozen" } });
    expect(printed).toEqual({ report: { copies: ["none"], others: "none" }, told: TOLD });
    expect(spans).toEqual([]);
  });

  it("is reported as not reached when its CallbackManager works otherwise", async () => {
    const { printed } = await observeApp({ app: "second-way.mjs", env: { CONFIGURE: "missing" } });
    expect(printed).toMatchObject({ report: { copies: ["none"], others: "none" } });
  });
});

describe("a core that reads the storage slot", () => {
  it("is reached through the slot, in each format", async () => {
    const { printed } = await observeApp({ app: "hooks.mjs" });
    expect(printed).toEqual({ copies: ["storage", "storage"], others: "storage" });
  });
});
