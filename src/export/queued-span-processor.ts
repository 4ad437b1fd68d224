import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { ExportQueue } from "./export-queue.js";

/** Puts sampled spans into an {@link ExportQueue} when they end. */
export class QueuedSpanProcessor implements SpanProcessor {
  constructor(private readonly queue: ExportQueue<ReadableSpan>) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.queue.add(span);
  }

  async forceFlush(): Promise<void> {
    await this.queue.flush();
  }

  async shutdown(): Promise<void> {
    await this.queue.flush();
  }
}
