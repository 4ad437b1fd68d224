import { useEffect, useState } from "preact/hooks";
import type { Change } from "../api/change.js";
import { ask, connection, onChange } from "./connection.js";

/** Newer data under load must not turn into a request for each event. */
const LEAST_GAP_MS = 1000;
/** What takes long to answer is asked less often, so that the server has most of its time for others. */
const LEAST_GAP_ANSWERS = 3;
/** Trouble of the server may be over by then; each time that it is not, twice as long. */
const RETRY_MS = 5000;
/** A computer that slept while it waited for an answer must not wait for hours more. */
const MOST_GAP_MS = 30_000;

export interface Live<T> {
  /** The newest answer, kept while a newer one is asked for and while the server is away. */
  data?: T;
  /** Why the newest question got no answer. */
  failure?: string;
  /** HTTP status of the failure. */
  status?: number;
}

/**
 * Data of the API that follows the server: asked again when one of `changes` is told, and every `everyMs` when given,
 * since the window of a figure moves on without news. Data that `isFinal` is not asked for again. A question without
 * an answer is asked again when the server is back, and after trouble of the server in a few seconds.
 *
 * @param path of what is asked; a function where its times move on with each question. Whoever gives a function has
 *   what else it asks in the component's key
 */
export function useLive<T>(
  path: string | (() => string),
  changes: readonly Change[],
  everyMs?: number,
  isFinal?: (data: T) => boolean,
): Live<T> {
  const [live, setLive] = useState<Live<T>>({});
  useEffect(() => {
    const leaving = new AbortController();
    let busy = false;
    let again = false;
    let final = false;
    let failed = false;
    let askedMs = 0;
    let gapMs = LEAST_GAP_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function refresh(): Promise<void> {
      busy = true;
      again = false;
      askedMs = performance.now();
      const answer = await ask<T>(typeof path === "string" ? path : path(), leaving.signal);
      if (leaving.signal.aborted) return;
      const tookMs = performance.now() - askedMs;
      failed = !("data" in answer);
      const isTrouble = !("data" in answer) && (answer.status ?? 0) >= 500;
      const leastMs = isTrouble ? Math.max(RETRY_MS, 2 * gapMs) : LEAST_GAP_MS;
      gapMs = Math.min(MOST_GAP_MS, Math.max(leastMs, LEAST_GAP_ANSWERS * tookMs));
      final = "data" in answer && isFinal?.(answer.data) === true;
      if ("data" in answer) setLive(answer);
      // Without a status the server was not reached: what it said last stays as it is.
      else if (answer.status !== undefined) setLive(({ data }) => ({ ...(data !== undefined && { data }), ...answer }));
      busy = false;
      if (again || (isTrouble && !document.hidden)) wish();
    }

    function wish(): void {
      if (final) return;
      again = true;
      if (busy) return;
      clearTimeout(timer);
      timer = setTimeout(refresh, Math.max(0, askedMs + gapMs - performance.now()));
    }

    askedMs = -LEAST_GAP_MS;
    void refresh();
    const forget = onChange((told) => {
      if (changes.some((change) => told.has(change))) wish();
    });
    const forgetConnection = connection.subscribe((state) => {
      if (failed && state === "live") wish();
    });
    // Nobody sees a hidden page, so it does not poll; it catches up when it is looked at.
    const poll = (): void => {
      if (!document.hidden) wish();
    };
    const clock = everyMs === undefined ? undefined : setInterval(poll, everyMs);
    document.addEventListener("visibilitychange", poll);
    return () => {
      leaving.abort();
      forget();
      forgetConnection();
      document.removeEventListener("visibilitychange", poll);
      clearTimeout(timer);
      clearInterval(clock);
    };
  }, [typeof path === "string" ? path : undefined, changes.join(), everyMs]);
  return live;
}
