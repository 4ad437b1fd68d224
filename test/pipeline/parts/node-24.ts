import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

const VERSION = "24.9.0";

/**
 * Node 24, from the package that carries its binary. Installed once into a folder of its own, keyed by version,
 * outside the repository: `$XDG_CACHE_HOME/chainwatch/parts`.
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
  const parts = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "chainwatch", "parts");
  const folder = join(parts, `${name}-${VERSION}`);
  const binary = join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(binary)) {
    console.log(`installing ${name}@${VERSION} into ${folder}`);
    await mkdir(parts, { recursive: true });
    // Moved when it is whole, so that an install that broke off is not taken for one.
    const unfinished = `${folder}.${process.pid}`;
    try {
      const npm = ["install", "--prefix", unfinished, "--no-save", "--no-audit", "--no-fund", `${name}@${VERSION}`];
      execFileSync("npm", npm, { stdio: ["ignore", "inherit", "inherit"] });
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return binary;
}
