import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExportQueue, type ExportQueueOptions } from "../../src/export/export-queue.js";
import type { DropReason, SendResult } from "../../src/export/send-result.js";

const SENT: SendResult = { sent: true };
const retry = (retryAfterMs?: number): SendResult => ({
  sent: false,
  next: "retry",
  error: new Error("down"),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const REJECT: SendResult = { sent: false, next: "reject", error: new Error("400") };
const SPLIT: SendResult = { sent: false, next: "split", error: new Error("413") };

/** A queue of numbers, with what came of them. */
function numbers(
  send: (batch: number[]) => SendResult | Promise<SendResult>,
  options: Partial<ExportQueueOptions<number>> = {},
) {
  const sent: number[] = [];
  const batches: number[][] = [];
  const drops = new Map<DropReason, number>();
  const attempts: SendResult[] = [];
  const queue = new ExportQueue<number>({
    send: async (batch) => {
      batches.push(batch);
      const result = await send(batch);
      if (result.sent) sent.push(...batch.slice(result.rejected ?? 0));
      return result;
    },
    maxItems: 1_000,
    maxText: Number.POSITIVE_INFINITY,
    maxBatch: 10,
    maxBatchText: Number.POSITIVE_INFINITY,
    textOf: () => 0,
    delayMs: 500,
    onDrop: (items, reason) => drops.set(reason, (drops.get(reason) ?? 0) + items),
    onAttempt: (result) => attempts.push(result),
    ...options,
  });
  const add = (count: number, from = 0): void => {
    for (let item = from; item < from + count; item++) queue.add(item);
  };
  const dropped = (): number => [...drops.values()].reduce((sum, items) => sum + items, 0);
  return { queue, add, sent, batches, drops, dropped, attempts };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("An export queue", () => {
  it("sends an item after the delay, and a full batch at once", async () => {
    const { add, batches } = numbers(() => SENT);
    add(1);
    await vi.advanceTimersByTimeAsync(499);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([[0]]);
    add(10, 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches[1]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("keeps 40,000 items for a flush and loses none", async () => {
    const { queue, add, sent, dropped } = numbers(() => SENT, { maxItems: 50_000, maxBatch: 512 });
    add(40_000);
    expect(await queue.flush()).toBe(true);
    expect(sent).toEqual(Array.from({ length: 40_000 }, (_, item) => item));
    expect(dropped()).toBe(0);
  });

  it("counts exactly what does not fit when 100,000 come at once", async () => {
    const { queue, add, sent, drops } = numbers(() => SENT, { maxItems: 50_000, maxBatch: 512 });
    add(100_000);
    await queue.flush();
    expect(sent).toHaveLength(50_000);
    expect([...drops]).toEqual([["queue_full", 50_000]]);
  });

  it("bounds the text it keeps, but takes one item however long", () => {
    const { queue, add, drops } = numbers(() => SENT, { maxText: 100, textOf: (item) => (item === 0 ? 500 : 40) });
    add(1);
    expect(queue.size).toBe(1);
    const small = numbers(() => SENT, { maxText: 100, textOf: () => 40 });
    small.add(3);
    expect(small.queue.size).toBe(2);
    expect(small.drops.get("queue_full")).toBe(1);
    expect(drops.size).toBe(0);
  });

  it("sends no more text in a request than the limit, a longer item alone", async () => {
    const { queue, add, batches } = numbers(() => SENT, {
      maxBatchText: 100,
      textOf: (item) => (item === 3 ? 500 : 40),
    });
    add(6);
    await queue.flush();
    expect(batches).toEqual([[0, 1], [2], [3], [4, 5]]);
  });

  it("flushes what was there when it was asked, however much comes meanwhile", async () => {
    let next = 1_000;
    const { queue, add, sent } = numbers((batch) => {
      for (const _ of batch) queue.add(next++);
      return SENT;
    });
    add(25);
    expect(await queue.flush()).toBe(true);
    expect(sent.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, item) => item));
    expect(sent.length).toBeLessThanOrEqual(30);
    expect(queue.size).toBeGreaterThanOrEqual(25);
  });

  it("waits longer after every failure and loses nothing when the receiver comes back", async () => {
    let up = false;
    const { add, sent, attempts, dropped } = numbers(() => (up ? SENT : retry()));
    add(3);
    await vi.advanceTimersByTimeAsync(500);
    expect(attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(attempts).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(999);
    expect(attempts).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    const tries = attempts.length;
    expect(tries).toBeLessThan(25);
    up = true;
    add(30, 3);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent).toEqual(Array.from({ length: 33 }, (_, item) => item));
    expect(dropped()).toBe(0);
  });

  it("waits as long as the receiver asks for", async () => {
    const { add, attempts } = numbers(() => retry(7_000));
    add(1);
    await vi.advanceTimersByTimeAsync(500 + 6_999);
    expect(attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(attempts).toHaveLength(2);
  });

  it("tries at once when flushed while it waits after a failure, and says what came of it", async () => {
    let up = false;
    const { queue, add, sent } = numbers(() => (up ? SENT : retry()));
    add(3);
    expect(await queue.flush()).toBe(false);
    expect(queue.size).toBe(3);
    up = true;
    expect(await queue.flush()).toBe(true);
    expect(sent).toEqual([0, 1, 2]);
  });

  it("halves a batch that is too large, and drops the one item that is too large alone", async () => {
    const { queue, add, sent, drops } = numbers((batch) => (batch.includes(7) ? SPLIT : SENT), { maxBatch: 16 });
    add(16);
    expect(await queue.flush()).toBe(true);
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect([...drops]).toEqual([["rejected", 1]]);
  });

  it("drops and counts a batch that is refused for good, and what is refused of a batch", async () => {
    const refused = numbers(() => REJECT);
    refused.add(10);
    await refused.queue.flush();
    expect([...refused.drops]).toEqual([["rejected", 10]]);
    const partly = numbers(() => ({ sent: true, rejected: 4 }));
    partly.add(10);
    await partly.queue.flush();
    expect([...partly.drops]).toEqual([["rejected", 4]]);
  });

  it("never has two requests under way", async () => {
    let underWay = 0;
    let most = 0;
    const { queue, add } = numbers(async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      return SENT;
    });
    add(100);
    await Promise.all([queue.flush(), queue.flush(), vi.advanceTimersByTimeAsync(2_000)]);
    expect(most).toBe(1);
  });

  it("closes in time though the receiver hangs, and counts once what was on its way", async () => {
    let answer: (result: SendResult) => void = () => undefined;
    const { queue, add, drops, dropped, attempts } = numbers(() => new Promise((resolve) => (answer = resolve)));
    add(15);
    const closed = queue.close(3_000);
    await vi.advanceTimersByTimeAsync(3_000);
    await closed;
    expect([...drops]).toEqual([["shutdown", 15]]);
    answer(REJECT);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(dropped()).toBe(15);
    expect(attempts).toEqual([]);
    queue.add(99);
    expect(drops.get("shutdown")).toBe(16);
  });

  it("sends the rest when it is closed during a request", async () => {
    let answer: (result: SendResult) => void = () => undefined;
    let first = true;
    const { queue, add, sent, dropped } = numbers(() => {
      if (!first) return SENT;
      first = false;
      return new Promise((resolve) => (answer = resolve));
    });
    add(25);
    await vi.advanceTimersByTimeAsync(1);
    const closed = queue.close(3_000);
    answer(SENT);
    await closed;
    expect(sent).toHaveLength(25);
    expect(dropped()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends or counts every item once, whatever the receiver does", async () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ wait: fc.integer({ min: 0, max: 40_000 }) }),
      fc.constant({ flush: true }),
    );
    const result = fc.constantFrom<SendResult>(SENT, SENT, retry(), retry(2_000), REJECT, SPLIT, {
      sent: true,
      rejected: 2,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(result, { maxLength: 60 }),
        async (steps, results) => {
          const { queue, add, sent, dropped } = numbers(() => results.shift() ?? SENT, {
            maxItems: 60,
            maxBatch: 8,
          });
          let ended = 0;
          for (const one of steps) {
            if ("add" in one) {
              add(one.add, ended);
              ended += one.add;
            } else if ("wait" in one) await vi.advanceTimersByTimeAsync(one.wait);
            else await queue.flush();
          }
          await queue.close(1_000);
          expect(sent).toEqual([...new Set(sent)].sort((left, right) => left - right));
          expect(sent.length + dropped()).toBe(ended);
          expect(queue.size).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
