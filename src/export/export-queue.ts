import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";

/** How one attempt to send a batch went. */
export type SendResult =
  | { sent: true }
  /** `retry`: later may work. `split`: the batch is too large. `reject`: the receiver will never take it. */
  | { sent: false; next: "retry" | "split" | "reject"; error: Error };

export type DropReason = "queue_full" | "rejected" | "shutdown";

export interface ExportQueueOptions<T> {
  send: (batch: T[]) => Promise<SendResult>;
  /** Most items kept while the receiver is slow or down; more are dropped and counted. */
  maxItems: number;
  /** Most items in one request. */
  maxBatch: number;
  /** An item leaves at the latest so long after it came, milliseconds. */
  delayMs: number;
  onDrop: (items: number, reason: DropReason) => void;
  /** Told of every failed attempt, and of the first that works again with undefined. */
  onAttempt: (error: Error | undefined) => void;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Items on their way to one receiver: kept in order and sent one batch at a time. While the receiver is down they
 * wait, up to `maxItems`; every item is either sent or counted as dropped. The SDK's own batch processors lose items
 * without a word when many end at once, when a flush outgrows their concurrency, and after ten seconds of outage.
 *
 * ```
 * add → [oldest … newest] → send(maxBatch) → ok: next batch
 *            ▲ stays at the head ◄── retry after 0.5 s, 1 s, … 30 s
 * ```
 */
export class ExportQueue<T> {
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<boolean> | undefined;
  #backoffMs = 0;
  #batchLimit: number;
  #closed = false;

  constructor(private readonly options: ExportQueueOptions<T>) {
    this.#batchLimit = options.maxBatch;
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#closed) {
      this.options.onDrop(1, "shutdown");
      return;
    }
    if (this.#items.length >= this.options.maxItems) {
      this.options.onDrop(1, "queue_full");
      return;
    }
    this.#items.push(item);
    if (this.#sending !== undefined || this.#backoffMs > 0) return;
    if (this.#items.length >= this.options.maxBatch) this.#schedule(0);
    else if (this.#timer === undefined) this.#schedule(this.options.delayMs);
  }

  /** Sends what is there now; resolves with false when something could not be sent and stays. */
  async flush(): Promise<boolean> {
    while (this.#items.length > 0) {
      if (!(await this.#sendBatch())) return false;
    }
    return true;
  }

  /** Sends what is there within the time given, milliseconds; what is left is dropped and counted. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.flush().catch(() => false), timeout]);
    clearTimeout(timer);
    this.#schedule(undefined);
    if (this.#items.length > 0) this.options.onDrop(this.#items.length, "shutdown");
    this.#items = [];
  }

  #schedule(delayMs: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (delayMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#sendBatch();
    }, delayMs);
    // The watched app ends when it is done, not when our timer is.
    this.#timer.unref();
  }

  #sendBatch(): Promise<boolean> {
    this.#sending ??= this.#attempt().finally(() => {
      this.#sending = undefined;
      if (this.#closed || this.#items.length === 0) return;
      const due = this.#items.length >= this.options.maxBatch ? 0 : this.options.delayMs;
      this.#schedule(this.#backoffMs > 0 ? this.#backoffMs : due);
    });
    return this.#sending;
  }

  async #attempt(): Promise<boolean> {
    this.#schedule(undefined);
    const batch = this.#items.slice(0, this.#batchLimit);
    const { onAttempt, onDrop, maxBatch, send } = this.options;
    let result: SendResult;
    try {
      result = await context.with(suppressTracing(ROOT_CONTEXT), () => send(batch));
    } catch (error) {
      result = { sent: false, next: "retry", error: error instanceof Error ? error : new Error(String(error)) };
    }
    if (result.sent) {
      this.#items.splice(0, batch.length);
      this.#backoffMs = 0;
      this.#batchLimit = maxBatch;
      onAttempt(undefined);
      return true;
    }
    if (result.next === "split" && batch.length > 1) {
      this.#batchLimit = Math.ceil(batch.length / 2);
      return true;
    }
    onAttempt(result.error);
    if (result.next !== "retry") {
      this.#items.splice(0, batch.length);
      onDrop(batch.length, "rejected");
      return true;
    }
    this.#backoffMs = Math.min(Math.max(this.#backoffMs * 2, FIRST_BACKOFF_MS), LONGEST_BACKOFF_MS);
    return false;
  }
}
