import type { IngestResult } from "../store/telemetry-store.js";

/** What the server did since it started, for `/metrics`. */
export class ServerCounters {
  readonly stored: IngestResult = { spans: 0, points: 0, logs: 0, duplicates: 0, ignoredLogs: 0 };
  /** Answered OTLP requests by path and status, e.g. `/v1/traces 200`. */
  readonly otlpAnswers = new Map<string, number>();

  addStored(result: IngestResult): void {
    for (const key of ["spans", "points", "logs", "duplicates", "ignoredLogs"] as const)
      this.stored[key] += result[key];
  }

  addOtlpAnswer(path: string, status: number): void {
    const key = `${path} ${status}`;
    this.otlpAnswers.set(key, (this.otlpAnswers.get(key) ?? 0) + 1);
  }
}
