import type { Arrangement } from "./arrangement.js";

const success = (count: number): string[] => Array(count).fill("success");

/** What LangChain and LangGraph are made of, and the spans that a reader gets of it. */
export const PARTS: readonly Arrangement[] = [
  {
    name: "a graph: its nodes are shown, its plumbing is not; an interrupt is a pause and no error",
    app: "graph.mjs",
    traces: `
invoke_workflow newsroom (interrupted)
  chain draft
    chat scripted-1
  chain review (interrupted)

invoke_workflow newsroom
  chain review
  chain edit
    chain polish
      chat scripted-1
  chain publish
`,
    outcomes: ["interrupted", "success"],
    printed: { text: "a polished draft!" },
  },
  {
    name: "a graph with calls only",
    app: "graph.mjs",
    env: { DETAIL: "calls" },
    traces: `
invoke_workflow newsroom (interrupted)
  chat scripted-1

invoke_workflow newsroom
  chat scripted-1
`,
    outcomes: ["interrupted", "success"],
    printed: { text: "a polished draft!" },
  },
  {
    name: "agents: invoked, streamed, with events, asking another agent, without a name, and of LangGraph's own",
    app: "agent.mjs",
    traces: `
invoke_agent planner
  chain model_request
    chat large
  chain tools
    execute_tool ask_forecaster
      invoke_agent forecaster
        chain model_request
          chat small
        chain tools
          execute_tool weather
        chain model_request
          chat small
  chain model_request
    chat large

invoke_agent forecaster
  chain model_request
    chat small
  chain tools
    execute_tool weather
  chain model_request
    chat small

invoke_agent forecaster
  chain model_request
    chat small
  chain tools
    execute_tool weather
  chain model_request
    chat small

invoke_agent LangGraph
  chain model_request
    chat small

request react
  invoke_agent reactor
    chain agent
      chat small
    chain tools
      execute_tool weather
    chain agent
      chat small
`,
    outcomes: success(5),
    printed: { answer: "take sunglasses" },
  },
  {
    name: "runnables, tools and retrievers, each way of calling them",
    app: "runnables.mjs",
    traces: `
request retriever
  retrieval Notes

request retriever in chain
  invoke_workflow RunnableSequence
    retrieval Notes
    chat scripted-1

request tool with zod schema
  execute_tool time

request tool with JSON schema
  execute_tool weather

request tool by a call of a model
  execute_tool weather

request lambda
  invoke_workflow RunnableSequence
    chat scripted-1

request lambda with a name
  invoke_workflow RunnableSequence
    chat scripted-1
    chain summarise
      chat scripted-1

request lambda that calls a chain
  invoke_workflow RunnableLambda
    chat scripted-1

request map
  invoke_workflow RunnableMap
    chat scripted-1
    chat scripted-1

request batch
  invoke_workflow RunnableSequence
    chat scripted-1
  invoke_workflow RunnableSequence
    chat scripted-1
  invoke_workflow RunnableSequence
    chat scripted-1

request model batch
  chat scripted-1
  chat scripted-1

request stream
  invoke_workflow RunnableSequence
    chat scripted-1

request stream of the model
  chat scripted-1

request streamEvents v2
  invoke_workflow RunnableSequence
    chat scripted-1

request streamLog
  invoke_workflow RunnableSequence
    chat scripted-1

request withRetry
  invoke_workflow FakeListChatModel
    chat flaky (error, status error)
    chat flaky

request withFallbacks
  invoke_workflow RunnableWithFallbacks
    chat flaky (error, status error)
    chat scripted-1

request withConfig
  invoke_workflow explain
    chat scripted-1

request text model
  text_completion unknown
`,
    outcomes: success(19),
  },
];
