import { vi } from "vitest";
import { type AppScript, reportsMs } from "./app-script.js";
import { RecordedApp } from "./recorded-app.js";

/** What leaves all apps at a time: OTLP requests, protobuf. */
export interface Delivery {
  atMs: number;
  metrics: Uint8Array;
  records: Uint8Array | undefined;
}

export interface RecordedStream {
  apps: RecordedApp[];
  /** In the order of their times. */
  deliveries: Delivery[];
}

interface Moment {
  atMs: number;
  isCollection: boolean;
  pass(): void | Promise<void>;
}

/**
 * Plays the scripts in their own time, which `Date` pretends it is: an hour takes seconds. What several apps report
 * at a time leaves in one request, as from a Collector.
 */
export async function recordStream(scripts: readonly AppScript[]): Promise<RecordedStream> {
  const apps: RecordedApp[] = [];
  const reports = new Map<number, { metrics: Uint8Array[]; records: Uint8Array[] }>();
  const moments: Moment[] = [];
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    for (const script of scripts) {
      vi.setSystemTime(firstMs(script));
      const app = new RecordedApp(script);
      apps.push(app);
      for (const { atMs, take } of script.requests.flatMap((request) => app.steps(request))) {
        moments.push({ atMs, isCollection: false, pass: take });
      }
      const arriving = new Set(reportsMs(script));
      for (const atMs of script.collectionsMs) {
        const collect = async (): Promise<void> => {
          const { metrics, records } = await app.report();
          const together = reports.get(atMs) ?? { metrics: [], records: [] };
          // Records wait in the app's queue until somebody takes them; here they are taken at once.
          if (records !== undefined) together.records.push(records);
          if (metrics !== undefined && arriving.has(atMs)) together.metrics.push(metrics);
          reports.set(atMs, together);
        };
        moments.push({ atMs, isCollection: true, pass: collect });
      }
    }
    // Stable: steps of one time stay in the order of the script, and a collection sees them all.
    moments.sort((a, b) => a.atMs - b.atMs || Number(a.isCollection) - Number(b.isCollection));
    for (const { atMs, pass } of moments) {
      vi.setSystemTime(atMs);
      await pass();
    }
  } finally {
    vi.useRealTimers();
  }
  const deliveries = [...reports].map(([atMs, { metrics, records }]) => ({
    atMs,
    // Messages that are put one after the other are one message with the parts of all.
    metrics: Buffer.concat(metrics),
    records: records.length === 0 ? undefined : Buffer.concat(records),
  }));
  return { apps, deliveries };
}

const firstMs = ({ requests, collectionsMs }: AppScript): number =>
  Math.min(...requests.map(({ startMs }) => startMs), ...collectionsMs);
