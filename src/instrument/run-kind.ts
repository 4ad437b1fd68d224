/** What a LangChain run is in the terms of the GenAI conventions. `chain` is ours: a step that they have no name for. */
export type RunKind = "workflow" | "agent" | "chat" | "text_completion" | "embeddings" | "tool" | "retrieval" | "chain";

/** How much of a run tree becomes spans. */
export type Detail = "calls" | "steps" | "all";

/** What a chain run says about itself when it starts. */
export interface ChainFacts {
  name: string;
  /** LangChain's run type: `chain`, `prompt`, `parser`, … */
  runType: string | undefined;
  tags: readonly string[];
  metadata: Readonly<Record<string, unknown>>;
  /** No run of ours is around it. */
  isRoot: boolean;
}

/** Classes of LangChain that only carry values from one step to the next. */
const PLUMBING_NAMES = new Set([
  "RunnableSequence",
  "RunnableMap",
  "RunnableParallel",
  "RunnableAssign",
  "RunnablePassthrough",
  "RunnablePick",
  "RunnableBinding",
  "RunnableBranch",
  "RunnableEach",
  "RunnableLambda",
  "RunnableWithFallbacks",
  "RunnableCallable",
  // The prompt step of LangGraph's prebuilt agent.
  "prompt",
  // A graph without a name of its own inside a node or a tool, which has one.
  "LangGraph",
  "__start__",
  "__end__",
]);
const PLUMBING_PREFIXES = ["ChannelWrite", "ChannelRead", "Branch<"];
const PLUMBING_RUN_TYPES = new Set(["prompt", "parser"]);
const HIDDEN_TAG = "langsmith:hidden";
const CREATE_AGENT = "langchain_create_agent";

/** The graph of an agent says so in metadata that every node below inherits; there a node name tells them apart. */
function saysAgent({ metadata, name }: ChainFacts): boolean {
  if (metadata.lc_agent_name === name) return true;
  if (metadata.langgraph_node !== undefined) return false;
  return metadata.ls_integration === CREATE_AGENT;
}

/** The kind of a chain run: the outermost is a workflow, a graph that says so an agent, the rest steps. */
export function chainKindOf(facts: ChainFacts): "workflow" | "agent" | "chain" {
  if (saysAgent(facts)) return "agent";
  return facts.isRoot ? "workflow" : "chain";
}

/** Whether a run gets no span of its own; what runs inside it then attaches to the nearest run that has one. */
export function isHidden(kind: RunKind, facts: ChainFacts | undefined, detail: Detail): boolean {
  if (detail === "all" || kind !== "chain" || facts === undefined) return false;
  if (detail === "calls") return true;
  if (facts.tags.includes(HIDDEN_TAG)) return true;
  if (facts.runType !== undefined && PLUMBING_RUN_TYPES.has(facts.runType)) return true;
  return PLUMBING_NAMES.has(facts.name) || PLUMBING_PREFIXES.some((prefix) => facts.name.startsWith(prefix));
}
