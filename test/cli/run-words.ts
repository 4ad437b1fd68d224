import { runCommandLine } from "../../src/commands/run-command-line.js";

/** Runs a command line in this process. */
export async function runWords(args: readonly string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    screen: { write: (text: string) => out.push(text) },
    color: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    stop: new AbortController().signal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
