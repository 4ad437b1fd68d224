import type { Arrangement } from "./arrangement.js";
import { PARTS } from "./langchain-parts.js";

/** What the apps that ask twice, by `apps/ask.cjs`, give. */
const ASKED = `
invoke_workflow RunnableSequence
  chat unknown

chat unknown
`;
const asked = { traces: ASKED, outcomes: ["success", "success"] };
const askedTwice = { traces: `${ASKED}${ASKED}`, outcomes: [...asked.outcomes, ...asked.outcomes] };

const REGISTER = "chainwatch/register";

/** How Chainwatch and LangChain get into a process. */
const LOADING: readonly Arrangement[] = [
  { name: "ES modules, instrument() before LangChain is imported", app: "esm-before.mjs", ...asked },
  { name: "ES modules, instrument() after LangChain was imported", app: "esm-after.mjs", ...asked },
  {
    name: "ES modules, instrument() after models and chains were made and used",
    app: "esm-objects-before.mjs",
    ...asked,
  },
  {
    name: "ES modules without code, node --import, calls at top level",
    app: "esm-plain.mjs",
    flags: ["--import", REGISTER],
    ...asked,
  },
  { name: "ES modules without code, node --require", app: "esm-plain.mjs", flags: ["--require", REGISTER], ...asked },
  { name: "CommonJS, require before LangChain", app: "cjs-before.cjs", ...asked },
  { name: "CommonJS, require after LangChain, models and chains", app: "cjs-after.cjs", ...asked },
  { name: "CommonJS without code, node --require", app: "cjs-plain.cjs", flags: ["--require", REGISTER], ...asked },
  { name: "CommonJS without code, node --import", app: "cjs-plain.cjs", flags: ["--import", REGISTER], ...asked },
  { name: "core as ES module and as CommonJS in one process", app: "both-formats.mjs", ...askedTwice },
  { name: "two versions of core in one process", app: "two-versions.mjs", ...askedTwice },
  {
    name: "preloaded, and instrument() in the code too",
    app: "esm-after.mjs",
    flags: ["--import", REGISTER, "--require", REGISTER],
    ...asked,
  },
  {
    name: "Chainwatch as ES module and as CommonJS in one process",
    app: "chainwatch-twice.mjs",
    traces: `
request outer
  invoke_workflow RunnableSequence
    chat unknown
  chat unknown
`,
    outcomes: ["success"],
    printed: { same: true },
  },
  {
    name: "an HTTP server made before instrument(), and one made after",
    app: "servers.mjs",
    traces: ["before", "after"]
      .flatMap((server) =>
        [1, 2, 3].map((n) => `${server} /${n}\n  invoke_workflow RunnableSequence\n    chat unknown`),
      )
      .join("\n\n"),
    outcomes: Array(6).fill("success"),
  },
];

const embedded = { traces: "embeddings text-embedding-ada-002", outcomes: ["success"] };

/** LangChain calls no callbacks for embeddings, so each copy of their class must be found before its first call. */
const EMBEDDINGS: readonly Arrangement[] = [
  { name: "embeddings in ES modules", app: "embeddings.mjs", ...embedded },
  { name: "embeddings in CommonJS", app: "embeddings.cjs", ...embedded },
  ...["embeddings.mjs", "embeddings.cjs"].flatMap((app) =>
    ["--import", "--require"].map((flag) => ({
      name: `${app}, node ${flag}`,
      app,
      flags: [flag, REGISTER],
      env: { CHAINWATCH: "preloaded" },
      ...embedded,
    })),
  ),
];

const inEachRequest = (tree: string): Pick<Arrangement, "traces" | "outcomes"> => ({
  traces: ["a", "b", "c"].map((name) => `request ${name}\n${tree}`).join("\n\n"),
  outcomes: ["success", "success", "success"],
});

/** Where the HTTP spans of a provider go. */
const CONTEXT_MANAGERS: readonly Arrangement[] = [
  {
    name: "HTTP spans nest under the model's",
    app: "context-manager.mjs",
    ...inEachRequest("  chat gpt-4o-mini\n    POST"),
  },
  {
    name: "with a context manager of the app's that cannot be entered, HTTP spans stay beside the model's in its trace",
    app: "context-manager.mjs",
    env: { CONTEXT_MANAGER: "strict" },
    ...inEachRequest("  chat gpt-4o-mini\n  POST"),
  },
];

/** What `apps/bundled.mjs` gives, bundled or not. */
export const BUNDLED: Omit<Arrangement, "name" | "app"> = {
  traces: `${ASKED}
invoke_workflow explainer
  chain explain
    chat unknown
`,
  outcomes: ["success", "success", "success"],
};

/** The whole table, but for the bundle, which must be built first. */
export const ARRANGEMENTS: readonly Arrangement[] = [...LOADING, ...EMBEDDINGS, ...CONTEXT_MANAGERS, ...PARTS];
