import { useEffect, useState } from "preact/hooks";
import type { HistoryView } from "../../api/history-view.js";
import { apiPath } from "../api-path.js";
import { ask } from "../connection.js";
import { useLive } from "../use-live.js";
import { type ReadHistory, readHistory } from "./read-history.js";

const PAGE_SIZE = 1000;

/** The history since then, page by page; followed as it goes on. */
export function useAlertHistory(fromMs: number): ReadHistory {
  const question = { from: new Date(fromMs).toISOString(), limit: PAGE_SIZE };
  const newest = useLive<HistoryView>(apiPath("/api/alerts/history", question), ["alerts"]).data;
  const [read, setRead] = useState<ReadHistory>({ transitions: [] });
  useEffect(() => {
    if (newest === undefined) return;
    const leaving = new AbortController();
    const older = async (cursor: string): Promise<HistoryView | undefined> => {
      const answer = await ask<HistoryView>(apiPath("/api/alerts/history", { ...question, cursor }), leaving.signal);
      return "data" in answer ? answer.data : undefined;
    };
    void readHistory(newest, read, older).then((history) => {
      if (!leaving.signal.aborted) setRead(history);
    });
    return () => leaving.abort();
  }, [newest]);
  return read;
}
