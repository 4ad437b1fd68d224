import { runCommandLine } from "../../src/commands/run-command-line.js";

/** Runs a command line in this process; without `ask`, on no terminal. */
export async function runWords(
  args: readonly string[],
  env: Record<string, string> = {},
  ask?: (question: string) => Promise<string>,
) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    screen: { write: (text: string) => out.push(text) },
    ...(ask && { ask }),
    color: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    stop: new AbortController().signal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
