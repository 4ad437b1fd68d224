import type { Clock } from "../../src/alert/clock.js";

/** Time that a test moves. Timers run by the monotonic clock, as Node's do. */
export class FakeClock implements Clock {
  private passedMs = 0;
  private timers: { dueMs: number; run: () => void }[] = [];

  constructor(private startMs: number) {}

  now = (): number => this.startMs + this.passedMs;
  monotonic = (): number => this.passedMs;

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.passedMs + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass; what becomes due runs on its time, with what follows from it. */
  async pass(seconds: number): Promise<void> {
    const endMs = this.passedMs + seconds * 1000;
    for (;;) {
      await settled();
      const next = this.timers.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.passedMs = Math.max(this.passedMs, next.dueMs);
      next.run();
    }
    this.passedMs = endMs;
    await settled();
  }

  /** The event loop is blocked: time passes, and no timer runs until the next `pass`. */
  block(seconds: number): void {
    this.passedMs += seconds * 1000;
  }

  /** The wall clock is set, or the machine slept: no time passes by the monotonic clock. */
  jump(seconds: number): void {
    this.startMs += seconds * 1000;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
