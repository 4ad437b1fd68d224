/**
 * Waits for work, but no longer than `limitMs` (milliseconds); the work itself goes on. Meanwhile the process stays
 * alive, which our own timers and connections never do by themselves.
 *
 * @returns what the work resolves to; undefined when the time is over or it rejects.
 */
export async function withTimeLimit<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([work.catch(() => undefined), limit]);
  } finally {
    clearTimeout(timer);
  }
}
