import { Worker } from "node:worker_threads";
import type { Attributes, SpanRow } from "../receive/telemetry-batch.js";
import { readRequestLines } from "./request-log.js";
import type { Retention, TelemetryDatabase } from "./telemetry-database.js";
import type { IngestResult, TelemetryStore } from "./telemetry-store.js";
import { UserDeletionError } from "./user-deletion-error.js";
import { withoutPrototype } from "./without-prototype.js";
import type { DatabaseMethod, WorkerCall, WorkerReply, WorkerStart } from "./worker-message.js";

export interface TelemetryStoreOptions {
  /** Folder of `telemetry.db` and the daily JSON lines; made when missing. */
  dataDir: string;
  retention: Retention;
  /** Unix time, milliseconds. */
  clock: () => number;
  /** Batches waiting to be stored; the next is refused. Default 64. */
  maxWaitingBatches?: number;
}

/** More batches are waiting than the store takes on: the sender should try again. */
export class StoreBusyError extends Error {
  override readonly name = "StoreBusyError";
}

const RETENTION_INTERVAL_MS = 10_000;

/** Sources run from TypeScript (in tests) use the built worker: Node cannot load the source in a thread. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/esm/store/store-worker.js" : "./store-worker.js",
  import.meta.url,
);

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * Opens the local server's store in a worker thread of its own.
 *
 * Rejects with the reason and the cure when the data folder cannot be used. A damaged database is no such reason: it
 * is set aside, and `status().setAside` says so.
 */
export async function openTelemetryStore(options: TelemetryStoreOptions): Promise<TelemetryStore> {
  const { dataDir, retention, clock, maxWaitingBatches = 64 } = options;
  const start: WorkerStart = { dataDir, retention, nowMs: clock() };
  const worker = new Worker(WORKER_FILE, { workerData: start });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let waitingBatches = 0;
  let stopped: Error | undefined;

  const stop = (reason: Error): void => {
    stopped ??= reason;
    for (const { reject } of waiting.values()) reject(stopped);
    waiting.clear();
  };
  worker.on("message", (reply: WorkerReply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (!("error" in reply)) caller?.resolve(reply.result);
    else if (reply.deletion === undefined) caller?.reject(new Error(reply.error));
    else caller?.reject(new UserDeletionError(reply.error, reply.deletion));
  });
  worker.on("error", (error) => stop(new Error(`the store's thread failed: ${error.message}`, { cause: error })));
  worker.on("exit", () => stop(new Error("the store is closed")));

  const answerTo = <T>(id: number): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
  const call = async <M extends DatabaseMethod>(
    method: M,
    ...parameters: Parameters<TelemetryDatabase[M]>
  ): Promise<ReturnType<TelemetryDatabase[M]>> => {
    if (stopped !== undefined) throw stopped;
    lastId += 1;
    const answer = answerTo<ReturnType<TelemetryDatabase[M]>>(lastId);
    worker.postMessage({ id: lastId, method, parameters } satisfies WorkerCall<M>);
    return answer;
  };

  const exited = new Promise((resolve) => worker.once("exit", resolve));
  try {
    await answerTo(0);
  } catch (error) {
    await exited;
    throw error;
  }

  const retaining = setInterval(() => {
    // A failure shows in the next call; nobody waits for this one.
    call("retain", clock()).catch(() => undefined);
  }, RETENTION_INTERVAL_MS).unref();

  return {
    async ingest(batch): Promise<IngestResult> {
      if (waitingBatches >= maxWaitingBatches) {
        throw new StoreBusyError(`${waitingBatches} batches are waiting to be stored already; try again`);
      }
      waitingBatches += 1;
      try {
        return await call("ingest", batch, clock());
      } finally {
        waitingBatches -= 1;
      }
    },
    traces: (filter) => call("traces", filter, clock()),
    trace: async (traceId) => withBareAttributes(await call("trace", traceId, clock())),
    requests: (filter) => call("requests", filter, clock()),
    requestPage: (filter) => call("requestPage", filter, clock()),
    requestDays: () => call("requestDays", clock()),
    requestLines: (day) => readRequestLines(dataDir, day),
    deleteUser: (user) => call("deleteUser", user, clock()),
    senders: () => call("senders", clock()),
    compared: (query) => call("compared", query, clock()),
    versions: (filter) => call("versions", filter, clock()),
    errors: (filter) => call("errors", filter, clock()),
    requestTotals: (query) => call("requestTotals", query, clock()),
    activeUsers: (query) => call("activeUsers", query, clock()),
    valueCounts: (query) => call("valueCounts", query, clock()),
    requestsSince: () => call("requestsSince", clock()),
    growth: async (query) => withBareLabels(await call("growth", query, clock())),
    points: async (query) => withBareLabels(await call("points", query, clock())),
    status: () => call("status", clock()),
    async close(): Promise<void> {
      if (stopped !== undefined) return;
      clearInterval(retaining);
      const closed = call("close");
      stopped = new Error("the store is closed");
      await closed;
      await exited;
    },
  };
}

function withBareAttributes(spans: readonly SpanRow[]): SpanRow[] {
  const bare = barer();
  return spans.map((span) => ({
    ...span,
    attributes: withoutPrototype(span.attributes),
    resource: bare(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: withoutPrototype(event.attributes) })),
  }));
}

/** The series of some windows. */
function withBareLabels<T extends Pick<SpanRow, "attributes" | "resource">>(windows: readonly T[][]): T[][] {
  const bare = barer();
  return windows.map((series) =>
    series.map((each) => ({ ...each, attributes: bare(each.attributes), resource: bare(each.resource) })),
  );
}

/** What is shared is shared still: ten thousand copies of one take long to make and to send. */
function barer(): (attributes: Attributes) => Attributes {
  const known = new Map<Attributes, Attributes>();
  return (attributes) => {
    const bare = known.get(attributes) ?? withoutPrototype(attributes);
    known.set(attributes, bare);
    return bare;
  };
}
