import { HttpRefusal } from "./http-refusal.js";

/** Bounds what all requests together hold in memory, so that a burst is refused instead of ending the process. */
export class MemoryBudget {
  #bytes = 0;
  #requests = 0;

  constructor(private readonly limits: { bytes: number; requests: number }) {}

  /**
   * Runs `work`, which reports the bytes it holds through `hold`; they are free again when it ends.
   *
   * @throws {HttpRefusal} 429, from here or from `hold`, when the limits are reached.
   */
  async run<T>(work: (hold: (bytes: number) => void) => Promise<T>): Promise<T> {
    if (this.#requests >= this.limits.requests) {
      throw new HttpRefusal(429, `${this.limits.requests} requests are being received already; try again`);
    }
    let held = 0;
    this.#requests += 1;
    try {
      return await work((bytes) => {
        if (this.#bytes + bytes > this.limits.bytes) {
          throw new HttpRefusal(429, `requests being received hold ${this.limits.bytes} bytes already; try again`);
        }
        this.#bytes += bytes;
        held += bytes;
      });
    } finally {
      this.#requests -= 1;
      this.#bytes -= held;
    }
  }
}
