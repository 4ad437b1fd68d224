import { isMainThread } from "node:worker_threads";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Flushes when the process is about to end: on SIGTERM and SIGINT, and when nothing is left to do.
 *
 * A listener keeps a signal from ending the process, so when ours is the only one the signal is sent again after the
 * flush; an app with a listener of its own decides itself. Worker threads get no signals.
 *
 * @returns stops listening.
 */
export function flushOnExit(flush: () => Promise<unknown>): () => void {
  let ending = false;
  const onBeforeExit = (): void => {
    // The flush itself makes the event loop go on and end again.
    if (ending) return;
    ending = true;
    void flush().catch(() => undefined);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    const alone = process.listenerCount(signal) === 1;
    void flush()
      .catch(() => undefined)
      .finally(() => {
        if (!alone) return;
        stop();
        process.kill(process.pid, signal);
      });
  };
  const stop = (): void => {
    process.off("beforeExit", onBeforeExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on("beforeExit", onBeforeExit);
  if (isMainThread) for (const signal of SIGNALS) process.on(signal, onSignal);
  return stop;
}
