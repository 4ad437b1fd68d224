import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cachedPart } from "./part-cache.js";

const VERSION = "24.9.0";

/**
 * Node 24, from the package that carries its binary. Installed once, into the cache of parts.
 *
 * @returns path of the binary
 * @throws {Error} on a machine that the package has no binary for
 */
export async function node24(): Promise<string> {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(
      `No Node ${VERSION} for ${process.platform}-${process.arch} here: these tests need Linux on x64 or arm64. ` +
        "On others, run npm test with Node 24 itself.",
    );
  }
  const name = `node-linux-${process.arch}`;
  const folder = await cachedPart({
    key: `${name}-${VERSION}`,
    how: "with npm: about 10 seconds",
    async make(empty) {
      const npm = ["install", "--prefix", empty, "--no-save", "--no-audit", "--no-fund", `${name}@${VERSION}`];
      execFileSync("npm", npm, { stdio: ["ignore", "inherit", "inherit"] });
    },
  });
  return join(folder, "node_modules", name, "bin", "node");
}
