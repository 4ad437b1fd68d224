// Builds the package: ES modules for everything, CommonJS for what an app imports, and the web page.
import { execFileSync } from "node:child_process";
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (script, ...args) =>
  execFileSync(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio: "inherit" });

// Made beside dist/ and swapped in at the end, so that a program that runs from dist/ never finds half of it.
const made = `${root}dist-${process.pid}`;
try {
  for (const [folder, type] of [
    ["esm", "module"],
    ["cjs", "commonjs"],
  ]) {
    run("typescript/bin/tsc", "-p", `build/tsconfig.${folder}.json`, "--outDir", `${made}/${folder}`);
    // The nearest package.json decides how Node reads the .js files of a folder.
    writeFileSync(`${made}/${folder}/package.json`, `${JSON.stringify({ type })}\n`);
  }
  const page = ["--config", "src/dashboard/page/vite.config.ts", "--outDir", `${made}/page`];
  run("vite/bin/vite.js", "build", ...page, "--emptyOutDir", "--logLevel", "warn");
  chmodSync(`${made}/esm/cli.js`, 0o755);
  rmSync(`${root}dist`, { recursive: true, force: true });
  renameSync(made, `${root}dist`);
} finally {
  rmSync(made, { recursive: true, force: true });
}
