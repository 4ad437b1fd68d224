import type { AlertTransition } from "../../alert/alert-view.js";

/** The answer of `/api/alerts/history`. */
export interface HistoryView {
  /** Newest first. */
  transitions: AlertTransition[];
  /** Asks for the next page, as `cursor`; absent on the last. */
  next_cursor?: string;
}
