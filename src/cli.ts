#!/usr/bin/env node
import { runCommandLine } from "./commands/run-command-line.js";

const stop = new AbortController();
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const SAME_WISH_MS = 500;
let firstAskedMs: number | undefined;
const onSignal = (signal: NodeJS.Signals): void => {
  const nowMs = performance.now();
  if (firstAskedMs === undefined) {
    firstAskedMs = nowMs;
    stop.abort();
    return;
  }
  // npm passes Ctrl-C on to a program that the terminal has told already.
  if (nowMs - firstAskedMs < SAME_WISH_MS) return;
  // Whoever asks again is not kept waiting. By the signal, since process.exit() would take the store's thread down
  // under a native call, which aborts the process.
  stopListening();
  process.kill(process.pid, signal);
};
const stopListening = (): void => {
  for (const signal of SIGNALS) process.off(signal, onSignal);
};
for (const signal of SIGNALS) process.on(signal, onSignal);
async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const keyboard = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C is typed here: the terminal sends no signal while a line is read.
  keyboard.once("SIGINT", () => stop.abort());
  try {
    return await keyboard.question(question, { signal: stop.signal });
  } finally {
    keyboard.close();
  }
}
// The reader of a pipe may leave early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  screen: process.stdout,
  keys: () => process.stdin,
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  // https://no-color.org
  color: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  stop: stop.signal,
});
// What keeps the process from ending by itself can be stopped again.
stopListening();
