import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** From the signal, else from the start, milliseconds. */
  tookMs: number;
}

export interface EndingOptions {
  /** The argument of `apps/ending-app.mjs`. */
  way: string;
  endpoint: string;
  /** More arguments for the command line. */
  args?: string[];
  /** Sent once the app prints "ready". */
  signal?: NodeJS.Signals;
  /** How often it is sent, 100 ms apart; default once. */
  signals?: number;
}

/** Runs the built package in a process of its own until that ends. */
export async function endApp({ way, endpoint, args = [], signal, signals = 1 }: EndingOptions): Promise<Ending> {
  const script = fileURLToPath(new URL("apps/ending-app.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, way, ...args], { env: { ...process.env, ENDPOINT: endpoint } });
  let stdout = "";
  let stderr = "";
  let startMs = performance.now();
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  child.stderr.on("data", (text) => (stderr += text));
  child.stdout.on("data", (text) => {
    stdout += text;
    if (signal === undefined || stdout.trim() !== "ready") return;
    startMs = performance.now();
    child.kill(signal);
    for (let again = 1; again < signals; again++) setTimeout(() => child.kill(signal), again * 100);
  });
  const [code, exitSignal] = await closed;
  return { code, signal: exitSignal, stdout, stderr, tookMs: performance.now() - startMs };
}
