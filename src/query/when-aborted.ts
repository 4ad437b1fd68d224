import { setMaxListeners } from "node:events";

/**
 * Calls once, when the signal aborts.
 *
 * @returns takes the call back
 */
export function whenAborted(signal: AbortSignal, call: () => void): () => void {
  // All times of a chart share one signal; Node warns of a leak from 11 listeners on.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", call, { once: true });
  return () => signal.removeEventListener("abort", call);
}
