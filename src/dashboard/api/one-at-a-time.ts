import { ApiError } from "./api-error.js";

/** Runs what takes long one after the other, so that short calls wait for one at most. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();
  #inside = 0;

  /**
   * @param what they are, for who is refused
   * @param mostWaiting beside the one that runs
   */
  constructor(
    private readonly what: string,
    private readonly mostWaiting: number,
  ) {}

  /** @throws {ApiError} 503 when as many wait as may */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside > this.mostWaiting) {
      throw new ApiError(503, `as many ${this.what} wait as this server allows: try again later`);
    }
    this.#inside++;
    const mine = this.#last.then(work).finally(() => {
      this.#inside--;
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}
