import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../dist/esm/cli.js", import.meta.url));

/** The built command line as a process of its own, in an empty folder. */
export class CliProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  stdout = "";
  stderr = "";

  constructor(
    args: string[],
    { cwd, env = {}, cli = CLI }: { cwd: string; env?: Record<string, string>; cli?: string },
  ) {
    // Only what a process needs: settings of whoever runs the tests must not reach it.
    const { PATH = "", HOME = "" } = process.env;
    this.#child = spawn(process.execPath, [cli, ...args], { cwd, env: { PATH, HOME, CHAINWATCH_LANG: "en", ...env } });
    // A character may come in two chunks.
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      this.stderr += chunk;
    });
    this.#closed = once(this.#child, "close").then(([code]) => code as number | null);
  }

  /** The exit code. */
  ended(): Promise<number | null> {
    return this.#closed;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the pattern is on standard output; rejects when the process ends without it. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout);
      if (found !== null) return found;
      const code = await Promise.race([
        this.#closed.then((ended) => ({ ended })),
        once(this.#child.stdout ?? this.#child, "data").then(() => undefined),
      ]);
      if (code !== undefined && !pattern.test(this.stdout)) {
        throw new Error(`ended with ${code.ended} without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      }
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "chainwatch-cli-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
