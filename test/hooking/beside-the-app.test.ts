import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectArrangement } from "./arrangement.js";
import { type LangSmithServer, startLangSmithServer } from "./langsmith-server.js";
import { observeApp } from "./observed-app.js";

const WITHOUT = { CHAINWATCH: "off" };

describe.concurrent("what the app does with callbacks stays as it is", () => {
  /** What a handler on a whole chain is told: of the sequence, and of prompt, model and parser in it. */
  const CHAIN = [
    ...["chain start", "chain start", "chain end"],
    ...["model start", "model end"],
    ...["chain start", "chain end", "chain end"],
  ];
  const TOLD = {
    constructor: ["model start", "model end"],
    option: [...CHAIN, ...CHAIN],
    manager: ["chain start", "chain start", "chain start"],
    variable: [...CHAIN, ...CHAIN],
    "from environment": CHAIN,
  };

  it("handlers of a constructor, option, manager, variable and the environment are told all, and we too, once", () =>
    expectArrangement({
      name: "callbacks",
      app: "callbacks.mjs",
      // Three of the eight have our handler in their callbacks too, one of them three times.
      traces: Array(8).fill("invoke_workflow RunnableSequence\n  chat scripted-1").join("\n\n"),
      outcomes: Array(8).fill("success"),
      printed: TOLD,
    }));

  it("they are told the same without us", async () => {
    const { printed, spans } = await observeApp({ app: "callbacks.mjs", env: WITHOUT });
    expect(printed).toEqual(TOLD);
    expect(spans).toEqual([]);
  });

  it("context variables are inherited, changed and left as without us", async () => {
    const seen = {
      unset: "nothing",
      inherited: "warm",
      changed: "dry",
      afterwards: "warm",
      unknown: "nothing",
      outside: "nothing",
      fromOutside: "global",
    };
    expect((await observeApp({ app: "context-variables.mjs", env: WITHOUT })).printed).toEqual(seen);
    await expectArrangement({
      name: "context variables",
      app: "context-variables.mjs",
      traces: "invoke_workflow RunnableLambda\n\ninvoke_workflow RunnableLambda",
      outcomes: ["success", "success"],
      printed: seen,
    });
  });
});

describe("LangSmith's tracing beside ours", () => {
  let langSmith: LangSmithServer;
  beforeEach(async () => {
    langSmith = await startLangSmithServer();
  });
  afterEach(() => langSmith.close());

  const RUNS = `
chain handle
  chain forecaster
    chain __start__
    chain model_request
      chain RunnableLambda
      llm ScriptedModel
    chain model_request
      chain RunnableLambda
      llm ScriptedModel
    chain tools
      tool weather
        chain look up
  chain RunnableSequence
    chain look up
    chain RunnableLambda
    llm ScriptedModel
chain RunnableSequence
  chain look up
  chain RunnableLambda
  llm ScriptedModel
`.trim();
  const environment = (): Record<string, string> => ({
    LANGSMITH_TRACING: "true",
    LANGSMITH_ENDPOINT: langSmith.url,
    LANGSMITH_API_KEY: "none",
  });

  it("posts each run once, where it was, and ours are whole", async () => {
    await expectArrangement({
      name: "LangSmith",
      app: "langsmith.mjs",
      env: environment(),
      traces: `
invoke_workflow RunnableSequence
  chat scripted-1

invoke_agent forecaster
  chain model_request
    chat scripted-1
  chain tools
    execute_tool weather
  chain model_request
    chat scripted-1

invoke_workflow RunnableSequence
  chat scripted-1
`,
      outcomes: ["success", "success", "success"],
    });
    expect(langSmith.runTrees()).toBe(RUNS);
    expect(langSmith.endedRuns()).toBe(RUNS.split("\n").length);
  });

  it("posts the same without us", async () => {
    await observeApp({ app: "langsmith.mjs", env: { ...environment(), ...WITHOUT } });
    expect(langSmith.runTrees()).toBe(RUNS);
  });
});
