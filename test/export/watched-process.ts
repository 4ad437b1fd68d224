import { context, metrics, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { vi } from "vitest";
import { type InstrumentHandle, type InstrumentOptions, instrument } from "../../src/instrument.js";

/** This test process with `instrument()` called, what it tells its owner, and everything taken back afterwards. */
export class WatchedProcess {
  readonly #lines: string[] = [];
  readonly #stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    this.#lines.push(...String(text).trimEnd().split("\n"));
    return true;
  });
  readonly handle: InstrumentHandle;

  constructor(options: InstrumentOptions) {
    this.handle = instrument({ serviceName: "watched-process", ...options });
  }

  /** Ends so many spans in one turn of the event loop, as an instrumentation does. */
  endSpans(count: number, attributes = {}): void {
    const tracer = trace.getTracer("test");
    for (let left = count; left > 0; left--) tracer.startSpan("work", { attributes }).end();
  }

  /** What was said about sending; the start line is left out. */
  lines(): string[] {
    return this.#lines.filter((line) => line.startsWith("chainwatch: ") && !line.includes("watching"));
  }

  allLines(): string {
    return this.#lines.join("\n");
  }

  async stop(): Promise<void> {
    await this.handle.shutdown();
    this.#stderr.mockRestore();
    trace.disable();
    metrics.disable();
    logs.disable();
    context.disable();
  }
}
