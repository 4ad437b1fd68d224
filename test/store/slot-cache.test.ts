import { expect, it } from "vitest";
import { Growths } from "../../src/store/growths.js";
import { ROLL_UP_LEVELS } from "../../src/store/roll-up-level.js";
import { type GrownSlot, SlotCache } from "../../src/store/slot-cache.js";

const METRIC = "chainwatch.llm.tokens";
const LEVEL = ROLL_UP_LEVELS[0];
const at = (slot: number) => ({ level: LEVEL, metric: METRIC, slot });

/** About 50 kB: some histograms with many buckets. */
function large(slot: number): GrownSlot {
  const growths = new Growths();
  for (let i = 0; i < 10; i += 1) {
    growths.add(
      { text: String(i), kind: "histogram", attributes: { i }, resource: {} },
      {
        ...{ type: "exponential", count: 600, sum: 1, min: undefined, max: undefined, scale: 3, zeroCount: 0 },
        ...{ zeroThreshold: 0, positive: { offset: 0, counts: new Array<number>(600).fill(1) } },
        negative: { offset: 0, counts: [] },
      },
    );
  }
  return { slot, growths };
}

it("keeps a bounded number of bytes: those that were asked for last", () => {
  const cache = new SlotCache();
  const first = large(0);
  cache.add(METRIC, LEVEL, "all", [first]);
  for (let slot = 1; slot < 1_200; slot += 1) {
    cache.add(METRIC, LEVEL, "all", [large(slot)]);
    if (slot % 100 === 0) expect(cache.get(at(0), "all")).toBe(first.growths);
  }
  const kept = Array.from({ length: 1_200 }, (_, slot) => slot).filter((slot) => cache.get(at(slot), "all"));
  expect(kept).toContain(0);
  expect(kept).toContain(1_199);
  expect(kept).not.toContain(1);
  expect(kept.length).toBeLessThan(1_000);
});

it("slots in which nothing happened are bounded as well", () => {
  const cache = new SlotCache();
  for (let slot = 0; slot < 80_000; slot += 1) cache.add(METRIC, LEVEL, "all", [{ slot, growths: new Growths() }]);
  expect(cache.get(at(0), "all")).toBeUndefined();
  expect(cache.get(at(79_999), "all")).toBeDefined();
});

it("one question that is too large does not push out what others asked", () => {
  const cache = new SlotCache();
  cache.add(METRIC, LEVEL, "all", [large(0)]);
  cache.add(
    METRIC,
    LEVEL,
    "by instance",
    Array.from({ length: 400 }, (_, slot) => large(slot)),
  );
  expect(cache.get(at(0), "all")).toBeDefined();
  expect(cache.get(at(399), "by instance")).toBeUndefined();
});

it("a slot that is written to is forgotten with all that was told of it, and makes room", () => {
  const cache = new SlotCache();
  for (let round = 0; round < 1_000; round += 1) {
    cache.add(METRIC, LEVEL, "by model", [large(1)]);
    cache.add(METRIC, LEVEL, "all", [large(1)]);
    cache.forget(at(1));
  }
  const other = large(2);
  cache.add(METRIC, LEVEL, "all", [other]);
  expect([cache.get(at(1), "by model"), cache.get(at(1), "all")]).toEqual([undefined, undefined]);
  expect(cache.get(at(2), "all")).toBe(other.growths);
});
