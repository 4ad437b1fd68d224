import type { Retention, TelemetryDatabase } from "./telemetry-database.js";
import type { UserDeletionError } from "./user-deletion-error.js";

/** What the worker thread is started with. */
export interface WorkerStart {
  dataDir: string;
  retention: Retention;
  /** Unix time, milliseconds. */
  nowMs: number;
}

/** The database's methods that can be called through the worker. All take the time last. */
export type DatabaseMethod =
  | "ingest"
  | "traces"
  | "trace"
  | "requests"
  | "requestPage"
  | "requestDays"
  | "deleteUser"
  | "senders"
  | "versions"
  | "compared"
  | "errors"
  | "requestTotals"
  | "activeUsers"
  | "valueCounts"
  | "requestsSince"
  | "growth"
  | "points"
  | "status"
  | "retain"
  | "close";

/** One call. Calls are answered in the order in which they are sent. */
export interface WorkerCall<M extends DatabaseMethod = DatabaseMethod> {
  id: number;
  method: M;
  parameters: Parameters<TelemetryDatabase[M]>;
}

/** The answer to a call; call 0 is the opening of the database. */
export type WorkerReply =
  | { id: number; result: unknown }
  /** An error loses its class between threads; `deletion` is there when it was a {@link UserDeletionError}. */
  | { id: number; error: string; deletion?: UserDeletionError["reason"] };
