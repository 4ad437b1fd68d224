import { RejectedItem } from "./rejected-item.js";

/** Counts the items of one request that cannot be kept, with the reasons in words. */
export class RejectionTally {
  rejected = 0;
  #reasons = new Map<string, number>();

  /** Runs `build`; when it finds that the item cannot be kept, counts that and gives undefined. */
  admit<T>(build: () => T): T | undefined {
    try {
      return build();
    } catch (error) {
      if (!(error instanceof RejectedItem)) throw error;
      this.reject(error.message);
      return undefined;
    }
  }

  reject(reason: string, items = 1): void {
    this.rejected += items;
    // A sender can make every reason different, so only the first few are kept.
    if (this.#reasons.size < 3 || this.#reasons.has(reason)) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + items);
    }
  }

  /** The reasons with their counts; "" when nothing was rejected. */
  describe(): string {
    const told = [...this.#reasons].map(([reason, count]) => `${count} × ${reason}`);
    const others = this.rejected - [...this.#reasons.values()].reduce((sum, count) => sum + count, 0);
    return [...told, ...(others > 0 ? [`${others} for other reasons`] : [])].join("; ");
  }
}
