import type { UserDeletion } from "../../store/telemetry-store.js";

/**
 * The answer of `DELETE /api/users?id=…`; 409 while another deletion is under way, 507 and 503 when the files cannot be
 * written, with the reason. Not touched are the history of alerts, and whatever the app or a Collector
 * sent elsewhere: Jaeger, a metrics backend, the Collector's own files.
 */
export interface DeletedUserView {
  user_id: string;
  deleted: {
    requests: number;
    /** As a whole; of one that other users have a part in, only spans went. */
    traces: number;
    spans: number;
    errors: number;
    /** In the daily files. */
    json_lines: number;
    /** Rows of the user in the totals by hour and day. */
    totals: number;
    /** Points of metrics that carry the user's id, which those of Chainwatch never do. */
    points: number;
  };
  /** All files of damaged databases that were set aside: nobody can tell what is in them, so they are for the reader to delete. */
  set_aside: string[];
}

export function deletedUserView(user: string, { jsonLines, setAside, ...counts }: UserDeletion): DeletedUserView {
  return { user_id: user, deleted: { ...counts, json_lines: jsonLines }, set_aside: setAside };
}
