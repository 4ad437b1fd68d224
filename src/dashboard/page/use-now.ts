import { useEffect, useState } from "preact/hooks";

/** Unix time in milliseconds, as of the last `everyMs`; while nobody sees the page it stands, and catches up then. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    let shownMs = Date.now();
    const follow = (): void => {
      if (document.hidden) return;
      shownMs = Date.now();
      setNowMs(shownMs);
    };
    const catchUp = (): void => {
      if (Date.now() - shownMs >= everyMs) follow();
    };
    const clock = setInterval(follow, everyMs);
    document.addEventListener("visibilitychange", catchUp);
    return () => {
      clearInterval(clock);
      document.removeEventListener("visibilitychange", catchUp);
    };
  }, [everyMs]);
  return nowMs;
}
