import type { Growths } from "./growths.js";
import type { RollUpLevel } from "./roll-up-level.js";

/** Whole slots of a metric. */
export interface MetricSlot {
  level: RollUpLevel;
  metric: string;
  slot: number;
}

/** Some of them are histograms with 160 buckets: 30 MB then. */
const MOST_SUMS = 20_000;

/**
 * What slots of the roll-ups add up to, kept for the next question: pages ask the same every few seconds, and only the
 * newest slots change. A slot is forgotten when something is written to it, so no answer is old.
 */
export class SlotCache {
  /** By slot and by what is told of its series; the least recently asked for come first. */
  readonly #slots = new Map<string, Map<string, Growths>>();
  #sums = 0;

  get(slot: MetricSlot, told: string): Growths | undefined {
    const key = keyOf(slot);
    const known = this.#slots.get(key);
    if (known === undefined) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, known);
    return known.get(told);
  }

  set(slot: MetricSlot, told: string, growths: Growths): void {
    const key = keyOf(slot);
    const known = this.#slots.get(key) ?? new Map<string, Growths>();
    this.#slots.set(key, known.set(told, growths));
    this.#sums += sizeOf(growths);
    for (const oldest of this.#slots.keys()) {
      if (this.#sums <= MOST_SUMS) break;
      this.#delete(oldest);
    }
  }

  forget(slot: MetricSlot): void {
    this.#delete(keyOf(slot));
  }

  clear(): void {
    this.#slots.clear();
    this.#sums = 0;
  }

  #delete(key: string): void {
    for (const growths of this.#slots.get(key)?.values() ?? []) this.#sums -= sizeOf(growths);
    this.#slots.delete(key);
  }
}

const keyOf = ({ level, metric, slot }: MetricSlot): string => `${level.name} ${slot} ${metric}`;

/** A slot in which nothing happened takes room as well. */
const sizeOf = (growths: Growths): number => 1 + growths.size;
