import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;

const newest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );

/** Tests that start processes run the built package, so it must not be older than its source. */
export default function buildOnce(): void {
  const built = join(root, "dist/cjs/package.json");
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(newest(join(root, "src")), newest(join(root, "build"))))
    return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
}
