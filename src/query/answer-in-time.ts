import { QueryError } from "./query-error.js";
import { whenAborted } from "./when-aborted.js";

/**
 * The answer, unless the signal aborts first. What goes wrong on the way becomes a `QueryError`: `timeout` for the
 * signal, `source_failed` for everything else.
 */
export async function answerInTime<Answer>(
  indicator: string,
  answer: Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  let stay: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void =>
      reject(new QueryError("timeout", `${indicator}: no answer in time`, { cause: signal?.reason }));
    if (signal?.aborted) onAbort();
    else stay = signal && whenAborted(signal, onAbort);
  });
  try {
    return await Promise.race([answer, aborted]);
  } catch (error) {
    if (error instanceof QueryError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new QueryError("source_failed", `${indicator}: the source could not answer: ${message}`, { cause: error });
  } finally {
    stay?.();
  }
}
