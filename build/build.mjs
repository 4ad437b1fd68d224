// Builds the package: ES modules for everything, CommonJS for what an app imports, and the web page.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (script, ...args) =>
  execFileSync(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio: "inherit" });

rmSync(`${root}dist`, { recursive: true, force: true });
for (const [folder, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
]) {
  run("typescript/bin/tsc", "-p", `build/tsconfig.${folder}.json`);
  mkdirSync(`${root}dist/${folder}`, { recursive: true });
  // The nearest package.json decides how Node reads the .js files of a folder.
  writeFileSync(`${root}dist/${folder}/package.json`, `${JSON.stringify({ type })}\n`);
}
if (existsSync(`${root}src/dashboard/page/vite.config.ts`)) {
  run("vite/bin/vite.js", "build", "--config", "src/dashboard/page/vite.config.ts", "--logLevel", "warn");
}
chmodSync(`${root}dist/esm/cli.js`, 0o755);
