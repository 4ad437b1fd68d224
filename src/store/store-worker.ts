import { parentPort, workerData } from "node:worker_threads";
import { TelemetryDatabase } from "./telemetry-database.js";
import { UserDeletionError } from "./user-deletion-error.js";
import type { WorkerCall, WorkerReply, WorkerStart } from "./worker-message.js";

/** The thread that has the database: SQLite's calls are synchronous and must not hold up the server's thread. */
const port = parentPort;
if (port === null) throw new Error("store-worker.js runs as a worker thread of openTelemetryStore() only");

const reply = (message: WorkerReply): void => port.postMessage(message);

function answer(id: number, work: () => unknown): void {
  try {
    reply({ id, result: work() });
  } catch (error) {
    const deletion = error instanceof UserDeletionError ? { deletion: error.reason } : {};
    reply({ id, error: (error as Error).message, ...deletion });
  }
}

let database: TelemetryDatabase | undefined;

answer(0, () => {
  const { nowMs, ...options } = workerData as WorkerStart;
  database = new TelemetryDatabase(options, nowMs);
});

// Without a database there is nothing to wait for, and the thread ends.
if (database !== undefined) {
  const open = database;
  port.on("message", ({ id, method, parameters }: WorkerCall) => {
    answer(id, () => (open[method] as (...parameters: unknown[]) => unknown).apply(open, parameters));
    if (method === "close") port.close();
  });
}
