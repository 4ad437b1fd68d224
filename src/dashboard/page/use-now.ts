import { useEffect, useState } from "preact/hooks";

/** Unix time in milliseconds, as of the last `everyMs`. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const clock = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(clock);
  }, [everyMs]);
  return nowMs;
}
