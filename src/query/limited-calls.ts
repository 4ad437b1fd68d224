import { whenAborted } from "./when-aborted.js";

/** Lets at most so many calls be under way; the others wait in order. One that aborts while it waits is never made. */
export function limitCalls<Input, Output>(
  most: number,
  call: (input: Input, signal?: AbortSignal) => Promise<Output>,
): (input: Input, signal?: AbortSignal) => Promise<Output> {
  const waiting = new Set<() => void>();
  let underWay = 0;
  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        stay?.();
        resolve();
      };
      const stay =
        signal &&
        whenAborted(signal, () => {
          waiting.delete(begin);
          reject(signal.reason);
        });
      waiting.add(begin);
    });
  return async (input, signal) => {
    signal?.throwIfAborted();
    if (underWay < most) underWay += 1;
    else await turn(signal);
    try {
      return await call(input, signal);
    } finally {
      const [next] = waiting;
      // The place passes on, so nobody can take it in between.
      if (next === undefined) {
        underWay -= 1;
      } else {
        waiting.delete(next);
        next();
      }
    }
  };
}
