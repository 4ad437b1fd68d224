import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { SendResult } from "./export-queue.js";

interface Exporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void;
}

/** HTTP statuses that later may turn into a success, besides all of 5xx. */
const PASSING_STATUSES = new Set([408, 429]);

function nextStep(error: Error): "retry" | "split" | "reject" {
  // OTLP exporters put the HTTP status on `code`; connection errors have a word there.
  const status = (error as { code?: unknown }).code;
  if (typeof status !== "number") return "retry";
  if (status === 413) return "split";
  return status >= 400 && status < 500 && !PASSING_STATUSES.has(status) ? "reject" : "retry";
}

/**
 * One attempt through an OpenTelemetry exporter. One that never answers counts as failed after `timeoutMs`
 * (milliseconds), so that it cannot hold the queue for ever.
 */
export function sendWithExporter<T>(exporter: Exporter<T>, items: T[], timeoutMs: number): Promise<SendResult> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ sent: false, next: "retry", error: new Error(`the exporter did not answer within ${timeoutMs} ms`) });
    }, timeoutMs);
    timer.unref();
    const done = (result: SendResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    try {
      exporter.export(items, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) return done({ sent: true });
        const failure = error ?? new Error("the exporter failed without saying why");
        done({ sent: false, next: nextStep(failure), error: failure });
      });
    } catch (error) {
      done({ sent: false, next: "retry", error: error instanceof Error ? error : new Error(String(error)) });
    }
  });
}
