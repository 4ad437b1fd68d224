import type { LogRecordProcessor, ReadableLogRecord, SdkLogRecord } from "@opentelemetry/sdk-logs";
import type { ExportQueue } from "./export-queue.js";

/** Puts log records into an {@link ExportQueue} when they are emitted. */
export class QueuedLogProcessor implements LogRecordProcessor {
  constructor(private readonly queue: ExportQueue<ReadableLogRecord>) {}

  onEmit(record: SdkLogRecord): void {
    this.queue.add(record);
  }

  async forceFlush(): Promise<void> {
    await this.queue.flush();
  }

  async shutdown(): Promise<void> {
    await this.queue.flush();
  }
}
