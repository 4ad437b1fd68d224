/** What values beyond the cap are called. */
export const OTHER = "other";

/**
 * Keeps a metric attribute from growing without bound: the first `limit` different values pass, later new ones become
 * {@link OTHER}. It holds for the life of the process, unlike the SDK's limit, which starts anew at every collection.
 */
export class ValueCap {
  readonly #seen = new Set<string>();

  constructor(
    readonly limit: number,
    private readonly onOverflow: () => void,
  ) {}

  pass(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size < this.limit) {
      this.#seen.add(value);
      return value;
    }
    this.onOverflow();
    return OTHER;
  }
}
