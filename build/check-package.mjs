// Checks what a user installs: the exports map and the types, for ES modules and CommonJS.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
if (!existsSync(`${root}dist/cjs/package.json`)) {
  console.error('dist/ is missing. Cure: run "npm run build".');
  process.exit(1);
}
const node = (script, ...args) =>
  execFileSync(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio: "inherit" });

node("publint/src/cli.js", "--strict");
node("@arethetypeswrong/cli/dist/index.js", "--pack", ".", "--profile", "node16");
