import { isMainThread } from "node:worker_threads";
import { withTimeLimit } from "./time-limit.js";

export interface ExitFlushOptions {
  /** Resolves with false when not all could be sent. */
  flush: () => Promise<boolean>;
  /** Called before the last flush, when nothing of the app can go on any more. */
  beforeLast: () => void;
  /** Spans and records that wait to be sent. */
  pending: () => number;
  /** The process is kept alive for a flush no longer than this, milliseconds. */
  limitMs: number;
  /** The process ends although so many were not sent: the receiver was not to be had, or the app did not wait. */
  onLoss: (items: number, why: "gave up" | "process.exit" | "uncaught error") => void;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Flushes when the process is about to end: on SIGTERM and SIGINT, and when nothing is left to do.
 *
 * A listener keeps a signal from ending the process, so when ours is the only one the signal is sent again after the
 * flush, or at once when it comes a second time; an app with a listener of its own decides itself. Worker threads get
 * no signals.
 *
 * @returns stops listening.
 */
export function flushOnExit({ flush, beforeLast, pending, limitMs, onLoss }: ExitFlushOptions): () => void {
  let flushing = false;
  let atExit: "not yet" | "flushed" | "gave up" = "not yet";
  const flushInTime = async (): Promise<boolean> => {
    flushing = true;
    const done = (await withTimeLimit(flush(), limitMs)) === true;
    flushing = false;
    return done;
  };
  // Comes again after every flush, since that makes the event loop go on, and when another listener started work.
  const onBeforeExit = async (): Promise<void> => {
    if (flushing || atExit === "gave up" || (atExit === "flushed" && pending() === 0)) return;
    beforeLast();
    atExit = (await flushInTime()) ? "flushed" : "gave up";
    if (atExit === "gave up" && pending() > 0) onLoss(pending(), "gave up");
  };
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    const alone = process.listenerCount(signal) === 1;
    if (alone) beforeLast();
    if (!flushing && !(await flushInTime()) && alone && pending() > 0) onLoss(pending(), "gave up");
    if (!alone) return;
    stop();
    process.kill(process.pid, signal);
  };
  let crashed = false;
  const onUncaught = (): void => {
    // An app with a listener of its own goes on.
    crashed = process.listenerCount("uncaughtException") === 0;
  };
  // Nothing can be sent any more, only said.
  const onExit = (): void => {
    if (atExit !== "gave up" && pending() > 0) onLoss(pending(), crashed ? "uncaught error" : "process.exit");
  };
  const stop = (): void => {
    process.off("exit", onExit);
    process.off("uncaughtExceptionMonitor", onUncaught);
    process.off("beforeExit", onBeforeExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on("exit", onExit);
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("beforeExit", onBeforeExit);
  // In front of the app's own: one that listens once is gone from the count when it has been called.
  if (isMainThread) for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  return stop;
}
