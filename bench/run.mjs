// Runs every benchmark of this folder, one after the other; each prints its figures beside its peer or floor.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const only = process.argv[2];
const benchmarks = readdirSync(folder).filter(
  (file) => file.endsWith(".bench.mjs") && (only === undefined || file.startsWith(only)),
);
if (benchmarks.length === 0) {
  console.error(
    `No benchmark is called "${only}". There are: ${readdirSync(folder)
      .filter((f) => f.endsWith(".bench.mjs"))
      .join(", ")}`,
  );
  process.exit(2);
}
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`);
for (const file of benchmarks) {
  console.log(`\n── npm run bench -- ${file.replace(".bench.mjs", "")}`);
  execFileSync(process.execPath, ["--expose-gc", `${folder}${file}`], { stdio: "inherit" });
}
