import { whenAborted } from "./when-aborted.js";

interface Shared<Output> {
  answer: Promise<Output>;
  waiters: number;
  stop: AbortController;
}

/**
 * Answers equal calls that are under way at the same time with one. A board or a rules file asks many indicators of
 * the same instrument and window in one go; the store is asked once. Nothing outlives its call, so no answer is old.
 * The one call is aborted when everybody who waits for it has aborted.
 */
export function shareCalls<Input, Output>(
  call: (input: Input, signal: AbortSignal) => Promise<Output>,
): (input: Input, signal?: AbortSignal) => Promise<Output> {
  const underWay = new Map<string, Shared<Output>>();
  const begin = (key: string, input: Input): Shared<Output> => {
    const stop = new AbortController();
    const answer = call(input, stop.signal).finally(() => {
      if (underWay.get(key) === shared) underWay.delete(key);
    });
    const shared: Shared<Output> = { answer, waiters: 0, stop };
    underWay.set(key, shared);
    return shared;
  };
  return (input, signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const key = JSON.stringify(input);
    const shared = underWay.get(key) ?? begin(key, input);
    shared.waiters += 1;
    if (signal === undefined) return shared.answer;
    const stay = whenAborted(signal, () => {
      shared.waiters -= 1;
      if (shared.waiters > 0) return;
      // Who asks next wants an answer.
      if (underWay.get(key) === shared) underWay.delete(key);
      shared.stop.abort(signal.reason);
    });
    return shared.answer.finally(stay);
  };
}
