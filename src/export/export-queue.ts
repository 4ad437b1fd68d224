import type { DropReason, Send, SendResult } from "./send-result.js";
import { withTimeLimit } from "./time-limit.js";

export interface ExportQueueOptions<T> {
  send: Send<T[]>;
  /** Most items kept while the receiver is slow or down; more are dropped and counted. */
  maxItems: number;
  /** Most text kept, characters: captured content makes an item a hundred times as large as another. */
  maxText: number;
  /** Most items in one request. */
  maxBatch: number;
  /** Most text in one request, characters; an item with more goes alone. */
  maxBatchText: number;
  /** Text of an item, characters. */
  textOf: (item: T) => number;
  /** An item leaves at the latest so long after it came, milliseconds. */
  delayMs: number;
  onDrop: (items: number, reason: DropReason) => void;
  onAttempt: (result: SendResult) => void;
}

interface Entry<T> {
  item: T;
  text: number;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Items on their way to one receiver: kept in order and sent one batch at a time. While the receiver is down they
 * wait, up to `maxItems` and `maxText`; every item is either sent or counted as dropped. The SDK's own batch processors
 * lose items without a word when many end at once, when a flush outgrows their concurrency, and after ten seconds of
 * outage.
 *
 * ```
 * add → [oldest … newest] → send(maxBatch) → ok: next batch
 *            ▲ stays at the head ◄── retry after 0.5 s, 1 s, … 30 s
 * ```
 */
export class ExportQueue<T> {
  #entries: Entry<T>[] = [];
  #text = 0;
  /** Items that came in so far, and how many of them were sent or dropped since. */
  #taken = 0;
  #settled = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = 0;
  #sending: Promise<boolean> | undefined;
  #backoffMs = 0;
  #batchLimit: number;
  #state: "open" | "closing" | "closed" = "open";

  constructor(private readonly options: ExportQueueOptions<T>) {
    this.#batchLimit = options.maxBatch;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(item: T): void {
    const { maxItems, maxText, textOf, onDrop, delayMs } = this.options;
    if (this.#state !== "open") {
      onDrop(1, "shutdown");
      return;
    }
    const text = textOf(item);
    if (this.#entries.length >= maxItems || (this.#text + text > maxText && this.#entries.length > 0)) {
      onDrop(1, "queue_full");
      return;
    }
    this.#entries.push({ item, text });
    this.#text += text;
    this.#taken += 1;
    if (this.#sending !== undefined || this.#backoffMs > 0) return;
    if (this.#hasFullBatch()) {
      if (this.#timer === undefined || this.#timerMs > 0) this.#schedule(0);
    } else if (this.#timer === undefined) this.#schedule(delayMs);
  }

  /** Sends what is there now, and no more; resolves with false when something could not be sent and stays. */
  async flush(): Promise<boolean> {
    const goal = this.#taken;
    while (this.#settled < goal) {
      if (!(await this.#sendBatch())) return false;
    }
    return true;
  }

  /**
   * Sends what is there within the time given, milliseconds. What is left, or is still on its way then, is dropped and
   * counted.
   */
  async close(timeoutMs: number): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closing";
    await withTimeLimit(this.flush(), timeoutMs);
    this.#state = "closed";
    this.#schedule(undefined);
    const left = this.#entries.length;
    this.#settle(left);
    if (left > 0) this.options.onDrop(left, "shutdown");
  }

  #hasFullBatch(): boolean {
    return this.#entries.length >= this.options.maxBatch || this.#text >= this.options.maxBatchText;
  }

  #schedule(delayMs: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (delayMs === undefined) return;
    this.#timerMs = delayMs;
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
      if (this.#state !== "open" || this.#entries.length === 0) return;
      this.#schedule(this.#backoffMs > 0 ? this.#backoffMs : this.#hasFullBatch() ? 0 : this.options.delayMs);
    });
    return this.#sending;
  }

  /** The oldest items that fit into one request. */
  #nextBatch(): T[] {
    const batch: T[] = [];
    let text = 0;
    for (const entry of this.#entries) {
      text += entry.text;
      if (batch.length >= this.#batchLimit || (batch.length > 0 && text > this.options.maxBatchText)) break;
      batch.push(entry.item);
    }
    return batch;
  }

  /** @returns false when the batch stays and has to wait. */
  async #attempt(): Promise<boolean> {
    this.#schedule(undefined);
    const batch = this.#nextBatch();
    const { onAttempt, onDrop, maxBatch, send } = this.options;
    const result = await send(batch);
    // Closed meanwhile: the batch has been counted as dropped.
    if (this.#state === "closed") return false;
    if (!result.sent && result.next === "split" && batch.length > 1) {
      this.#batchLimit = Math.ceil(batch.length / 2);
      return true;
    }
    onAttempt(result);
    if (!result.sent && result.next === "retry") {
      const backoff = Math.max(this.#backoffMs * 2, FIRST_BACKOFF_MS, result.retryAfterMs ?? 0);
      this.#backoffMs = Math.min(backoff, LONGEST_BACKOFF_MS);
      // Too much at once may be why: a proxy that closes the connection, a receiver that takes too long.
      this.#batchLimit = Math.ceil(batch.length / 2);
      return false;
    }
    this.#backoffMs = 0;
    this.#batchLimit = Math.min(this.#batchLimit * 2, maxBatch);
    this.#settle(batch.length);
    const lost = result.sent ? Math.min(result.rejected ?? 0, batch.length) : batch.length;
    if (lost > 0) onDrop(lost, "rejected");
    return true;
  }

  /** Takes the oldest items out. */
  #settle(items: number): void {
    for (const { text } of this.#entries.splice(0, items)) this.#text -= text;
    this.#settled += items;
  }
}
