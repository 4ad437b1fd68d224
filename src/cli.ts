#!/usr/bin/env node
import { runCommandLine } from "./commands/run-command-line.js";

const stop = new AbortController();
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const onSignal = (signal: NodeJS.Signals): void => {
  // The first asks the command to finish; whoever asks again is not kept waiting.
  if (stop.signal.aborted) process.exit(EXIT_CODES[signal as keyof typeof EXIT_CODES]);
  stop.abort();
};
for (const signal of Object.keys(EXIT_CODES)) process.on(signal, onSignal);
// The reader of a pipe may leave early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  screen: process.stdout,
  // https://no-color.org
  color: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  stop: stop.signal,
});
// What keeps the process from ending by itself can be stopped again.
for (const signal of Object.keys(EXIT_CODES)) process.off(signal, onSignal);
