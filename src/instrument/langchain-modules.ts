import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, isAbsolute, join } from "node:path";
import { property } from "./property.js";

/** A module of LangChain, of which a process may have loaded several copies. */
interface LangChainModule {
  name: string;
  /** Files of its CommonJS copies, or of what they are made of. */
  commonJsFile: RegExp;
  /** The copy that is found from our own place. */
  load: () => Promise<unknown>;
}

const CALLBACK_MANAGER: LangChainModule = {
  name: "@langchain/core/callbacks/manager",
  commonJsFile: /@langchain\/core\/dist\/callbacks\/manager\.c?js$/,
  load: () => import("@langchain/core/callbacks/manager"),
};
const OPENAI: LangChainModule = {
  name: "@langchain/openai",
  commonJsFile: /@langchain\/openai\/dist\/(azure\/)?embeddings\.c?js$/,
  load: () => import("@langchain/openai"),
};

/** Every copy of @langchain/core's callback manager that can be reached. */
export async function callbackManagers(): Promise<unknown[]> {
  const copies = [
    ...loadedCommonJs(CALLBACK_MANAGER),
    appCopy(CALLBACK_MANAGER),
    ...(await otherCopies(CALLBACK_MANAGER)),
  ];
  return distinct(copies.map((copy) => property(copy, "CallbackManager")));
}

/** The classes of embeddings that CommonJS code has loaded. */
export const loadedEmbeddings = (): unknown[] => embeddingsOf(loadedCommonJs(OPENAI));

/** The classes of embeddings that the app's program gets: synchronously, as it may use them in its next statement. */
export const appEmbeddings = (): unknown[] => embeddingsOf([appCopy(OPENAI)]);

/** The classes of embeddings in the copies that are left. */
export const otherEmbeddings = async (): Promise<unknown[]> => embeddingsOf(await otherCopies(OPENAI));

const embeddingsOf = (copies: readonly unknown[]): unknown[] =>
  distinct(copies.flatMap((copy) => [property(copy, "OpenAIEmbeddings"), property(copy, "AzureOpenAIEmbeddings")]));

const distinct = (values: readonly unknown[]): unknown[] => [...new Set(values.filter((value) => value !== undefined))];

function loadedCommonJs({ commonJsFile }: LangChainModule): unknown[] {
  const cache = requireOf(process.cwd()).cache as Record<string, { exports?: unknown } | undefined>;
  return Object.keys(cache)
    .filter((name) => commonJsFile.test(name.replaceAll("\\", "/")))
    .map((name) => cache[name]?.exports);
}

/** The copy that the app's program gets, loaded if it is not yet; undefined when it is not installed. */
const appCopy = (module: LangChainModule): unknown => copyOf(module, programIsEsModule() ? "esm" : "commonjs");

/** The copy that code in the other format than CommonJS gets, and the one beside us. */
async function otherCopies(module: LangChainModule): Promise<unknown[]> {
  return [copyOf(module, "esm"), await module.load().catch(() => undefined)];
}

function copyOf({ name }: LangChainModule, format: "esm" | "commonjs"): unknown {
  for (const folder of [programFolder(), process.cwd()]) {
    try {
      const require = requireOf(folder);
      const commonJs = require.resolve(name);
      // An ES module that is required is the same one that the app imports. LangChain's lie side by side.
      return require(format === "esm" ? commonJs.replace(/\.cjs$/, ".js") : commonJs);
    } catch {
      // Not installed there, bundled, or a Node that cannot require ES modules yet.
    }
  }
  return undefined;
}

const requireOf = (folder: string): NodeJS.Require => createRequire(join(folder, "package.json"));

function programFolder(): string {
  const program = process.argv[1];
  return program !== undefined && isAbsolute(program) ? dirname(program) : process.cwd();
}

/** Whether Node takes the app's program for an ES module, as far as its name and its package say. */
function programIsEsModule(): boolean {
  const extension = extname(process.argv[1] ?? "");
  if (extension === ".mjs" || extension === ".mts") return true;
  if (extension === ".cjs" || extension === ".cts") return false;
  for (let folder = programFolder(); ; folder = dirname(folder)) {
    try {
      return property(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), "type") === "module";
    } catch {
      if (folder === dirname(folder)) return false;
    }
  }
}
