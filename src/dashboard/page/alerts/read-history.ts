import type { AlertTransition } from "../../../alert/alert-view.js";
import type { HistoryView } from "../../api/history-view.js";
import { withNewest } from "./alert-history-list.js";

/** The history since some time, as far as it is read. */
export interface ReadHistory {
  /** Newest first. */
  transitions: readonly AlertTransition[];
  /** The cursor of those that are not read; absent: all are. */
  next?: string | undefined;
}

/** A year of alerts is a few thousands; what flaps all day must not make a page read on and on. */
const MOST_TRANSITIONS = 10_000;

/**
 * Reads on from the newest page, until all is read or it meets what was read before.
 *
 * @param known what was read before
 * @param older the page of a cursor; undefined when there was no answer
 */
export async function readHistory(
  newest: HistoryView,
  known: ReadHistory,
  older: (cursor: string) => Promise<HistoryView | undefined>,
): Promise<ReadHistory> {
  let { transitions, next_cursor: next } = newest;
  while (next !== undefined && transitions.length < MOST_TRANSITIONS) {
    const joined = withNewest(known.transitions, transitions);
    if (joined.length > transitions.length) {
      transitions = joined;
      next = known.next;
      continue;
    }
    const page = await older(next);
    if (page === undefined) break;
    transitions = [...transitions, ...page.transitions];
    next = page.next_cursor;
  }
  return { transitions, next };
}
