import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ExampleRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A copy of `examples/app` with its packages in place, as `npm install` leaves them. */
export class ExampleApp {
  readonly folder = mkdtempSync(join(tmpdir(), "chainwatch-example-"));

  constructor() {
    cpSync(join(ROOT, "examples/app"), this.folder, {
      recursive: true,
      filter: (path) => !path.endsWith("node_modules"),
    });
    const modules = join(this.folder, "node_modules");
    mkdirSync(modules);
    symlinkSync(ROOT, join(modules, "chainwatch"), "dir");
    symlinkSync(join(ROOT, "node_modules/@langchain"), join(modules, "@langchain"), "dir");
  }

  /** Runs it to its end, with nothing in its environment but this. */
  async run(env: Readonly<Record<string, string>>, ...nodeOptions: string[]): Promise<ExampleRun> {
    const { PATH = "" } = process.env;
    const child = spawn(process.execPath, [...nodeOptions, "app.mjs"], { cwd: this.folder, env: { PATH, ...env } });
    const run: ExampleRun = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      run.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      run.stderr += chunk;
    });
    [run.code] = (await once(child, "close")) as [number | null];
    return run;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
