const MINUTE_MS = 60_000;

/** So many messages in any 60 s: a robot that sends more is shut out for minutes, and then critical alerts wait too. */
export class SendLimit {
  /** Unix times in milliseconds, ascending. */
  readonly #taken: number[] = [];

  constructor(readonly perMinute: number) {}

  /**
   * Takes a place, or none when all are taken.
   *
   * @returns milliseconds until a place is free; 0 when it was taken
   */
  take(nowMs: number): number {
    // After a clock that was set back, places would be taken for as long as it was set back.
    const free = (takenMs: number): boolean => takenMs <= nowMs - MINUTE_MS || takenMs > nowMs;
    this.#taken.splice(0, this.#taken.length, ...this.#taken.filter((takenMs) => !free(takenMs)));
    const [oldest] = this.#taken;
    if (oldest !== undefined && this.#taken.length >= this.perMinute) return oldest + MINUTE_MS - nowMs;
    this.#taken.push(nowMs);
    return 0;
  }
}
