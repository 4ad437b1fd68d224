import type { Histogram } from "../receive/telemetry-batch.js";
import { GrowthSum } from "./growth-sum.js";
import type { SeriesIdentity } from "./series-table.js";
import type { SeriesGrowth } from "./telemetry-store.js";

/** What is told of some series; those that are told alike are added up. */
export interface Told extends SeriesIdentity {
  /** Equal for series that are told alike. */
  text: string;
}

const SUM_BYTES = 500;
const BUCKET_BYTES = 8;

interface Grown {
  told: Told;
  sum: GrowthSum;
}

/** What series grew by in a time, added up by what is told of them. */
export class Growths {
  /** A series whose histograms change their type has a growth of each. */
  readonly #grown = {
    number: new Map<string, Grown>(),
    exponential: new Map<string, Grown>(),
    explicit: new Map<string, Grown>(),
  };

  add(told: Told, growth: number | Histogram): void {
    const grown = this.#grown[typeof growth === "number" ? "number" : growth.type];
    const known = grown.get(told.text);
    if (known === undefined) grown.set(told.text, { told, sum: new GrowthSum(growth) });
    else known.sum.add(growth);
  }

  addAll(more: Growths): void {
    for (const grown of Object.values(more.#grown)) {
      for (const { told, sum } of grown.values()) this.add(told, sum.value);
    }
  }

  /** About how many bytes it takes in memory. */
  get bytes(): number {
    let bytes = 0;
    for (const grown of Object.values(this.#grown)) {
      for (const { sum } of grown.values()) bytes += SUM_BYTES + BUCKET_BYTES * bucketsOf(sum.value);
    }
    return bytes;
  }

  /** The next `add` may change them. */
  list(): SeriesGrowth[] {
    return Object.values(this.#grown).flatMap((grown) =>
      [...grown.values()].map(({ told: { kind, attributes, resource }, sum }) => {
        return { kind, attributes, resource, growth: sum.value };
      }),
    );
  }
}

function bucketsOf(growth: number | Histogram): number {
  if (typeof growth === "number") return 0;
  return growth.type === "explicit"
    ? growth.counts.length
    : growth.positive.counts.length + growth.negative.counts.length;
}
