import type { Growths } from "./growths.js";
import type { RollUpLevel } from "./roll-up-level.js";

/** A slot of a metric's series. */
export interface MetricSlot {
  level: RollUpLevel;
  metric: string;
  slot: number;
}

/** What series grew by in a slot. */
export interface GrownSlot {
  slot: number;
  growths: Growths;
}

const MOST_BYTES = 32 * 1024 * 1024;
/** Also of a slot in which nothing happened. */
const SLOT_BYTES = 500;

/**
 * What slots of the roll-ups add up to, kept for the next question: pages ask the same every few seconds, and only the
 * newest slots change. A slot is forgotten when something is written to it, so no answer is old.
 */
export class SlotCache {
  /** By slot and by what is told of its series; the least recently asked for come first. */
  readonly #slots = new Map<string, Map<string, Growths>>();
  #bytes = 0;

  get(slot: MetricSlot, told: string): Growths | undefined {
    const key = keyOf(slot);
    const known = this.#slots.get(key);
    if (known === undefined) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, known);
    return known.get(told);
  }

  /** Keeps slots of a metric that were not known. They change no more. */
  add(metric: string, level: RollUpLevel, told: string, slots: readonly GrownSlot[]): void {
    const bytes = slots.reduce((sum, { growths }) => sum + bytesOf(growths), 0);
    // Kept, one question would push out all others, and its own beginning.
    if (bytes > MOST_BYTES / 2) return;
    for (const { slot, growths } of slots) {
      const key = keyOf({ level, metric, slot });
      const known = this.#slots.get(key) ?? new Map<string, Growths>();
      this.#slots.set(key, known.set(told, growths));
    }
    this.#bytes += bytes;
    for (const oldest of this.#slots.keys()) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#delete(oldest);
    }
  }

  forget(slot: MetricSlot): void {
    this.#delete(keyOf(slot));
  }

  clear(): void {
    this.#slots.clear();
    this.#bytes = 0;
  }

  #delete(key: string): void {
    for (const growths of this.#slots.get(key)?.values() ?? []) this.#bytes -= bytesOf(growths);
    this.#slots.delete(key);
  }
}

const keyOf = ({ level, metric, slot }: MetricSlot): string => `${level.name} ${slot} ${metric}`;

const bytesOf = (growths: Growths): number => SLOT_BYTES + growths.bytes;
