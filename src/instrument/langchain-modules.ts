import { createRequire } from "node:module";
import { join } from "node:path";
import { property } from "./property.js";

interface CachedModule {
  exports?: unknown;
}

/** CommonJS modules that the process has loaded and whose file name matches. */
function loadedCommonJs(file: RegExp): unknown[] {
  const require = createRequire(join(process.cwd(), "package.json"));
  const cache = require.cache as Record<string, CachedModule | undefined>;
  return Object.keys(cache)
    .filter((name) => file.test(name.replaceAll("\\", "/")))
    .map((name) => cache[name]?.exports)
    .filter((found) => found !== undefined);
}

/** Every copy of @langchain/core's callback manager that can be reached: a package may be loaded twice. */
export async function callbackManagers(): Promise<unknown[]> {
  const found = new Set(
    loadedCommonJs(/@langchain\/core\/dist\/callbacks\/manager\.c?js$/).map((m) => property(m, "CallbackManager")),
  );
  try {
    found.add((await import("@langchain/core/callbacks/manager")).CallbackManager);
  } catch {
    // The app has no @langchain/core where ours could find it, or bundles it.
  }
  found.delete(undefined);
  return [...found];
}

/** Every copy of @langchain/openai's embeddings classes that can be reached. */
export async function embeddingsClasses(): Promise<unknown[]> {
  const modules = loadedCommonJs(/@langchain\/openai\/dist\/(azure\/)?embeddings\.c?js$/);
  try {
    modules.push(await import("@langchain/openai"));
  } catch {
    // Not installed.
  }
  const found = new Set(
    modules.flatMap((m) => [property(m, "OpenAIEmbeddings"), property(m, "AzureOpenAIEmbeddings")]),
  );
  found.delete(undefined);
  return [...found];
}
