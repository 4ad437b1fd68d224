import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** An app as one minified file, with its LangChain in it. */
export interface MinifiedBundle {
  file: string;
  remove(): Promise<void>;
}

const CHAINWATCH = new URL("../../dist/esm/index.js", import.meta.url);

/** @param app File in `apps/`. Chainwatch itself stays outside, as a bundler's users are told to keep it. */
export async function bundleMinified(app: string): Promise<MinifiedBundle> {
  const outDir = await mkdtemp(join(tmpdir(), "chainwatch-bundle-"));
  await build({
    root: outDir,
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "chainwatch-outside",
        enforce: "pre",
        resolveId: (id) => (id === "chainwatch" ? { id: CHAINWATCH.href, external: true } : undefined),
      },
    ],
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(`apps/${app}`, import.meta.url)),
      outDir,
      minify: true,
      rollupOptions: { output: { entryFileNames: "app.mjs" } },
    },
  });
  return { file: join(outDir, "app.mjs"), remove: () => rm(outDir, { recursive: true, force: true }) };
}
