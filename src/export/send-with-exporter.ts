import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { errorOf, type Send, type SendResult, sendFailure } from "./send-result.js";

interface Exporter<T> {
  export(payload: T, done: (result: ExportResult) => void): void;
}

/**
 * Sends through an OpenTelemetry exporter of the app's own. One that never answers counts as failed after `timeoutMs`
 * (milliseconds), so that it cannot hold the queue for ever.
 */
export function sendWithExporter<T>(exporter: Exporter<T>, timeoutMs: number): Send<T> {
  return (payload) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(sendFailure(new Error(`the exporter did not answer within ${timeoutMs / 1000} s`)));
      }, timeoutMs);
      timer.unref();
      const done = (result: SendResult): void => {
        clearTimeout(timer);
        resolve(result);
      };
      try {
        exporter.export(payload, ({ code, error }) => {
          if (code === ExportResultCode.SUCCESS) return done({ sent: true });
          done(sendFailure(error ?? new Error("the exporter failed without saying why")));
        });
      } catch (thrown) {
        done(sendFailure(errorOf(thrown)));
      }
    });
}
