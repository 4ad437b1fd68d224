import { expect, it } from "vitest";
import { Growths } from "../../src/store/growths.js";
import { ROLL_UP_LEVELS } from "../../src/store/roll-up-level.js";
import { type MetricSlot, SlotCache } from "../../src/store/slot-cache.js";

const at = (slot: number): MetricSlot => ({ level: ROLL_UP_LEVELS[5], metric: "chainwatch.llm.tokens", slot });

function tenSums(): Growths {
  const growths = new Growths();
  for (let i = 0; i < 10; i += 1) {
    growths.add({ text: String(i), kind: "counter", attributes: { i }, resource: {} }, i);
  }
  return growths;
}

it("keeps a bounded number of sums: those that were asked for last", () => {
  const cache = new SlotCache();
  const first = tenSums();
  cache.set(at(0), "all", first);
  for (let slot = 1; slot < 10_000; slot += 1) {
    cache.set(at(slot), "all", tenSums());
    if (slot % 100 === 0) expect(cache.get(at(0), "all")).toBe(first);
  }
  const kept = Array.from({ length: 10_000 }, (_, slot) => slot).filter((slot) => cache.get(at(slot), "all"));
  expect(kept).toContain(0);
  expect(kept).toContain(9_999);
  expect(kept).not.toContain(1);
  expect(kept.length).toBeLessThan(2_000);
});

it("a slot that is written to is forgotten with all that was told of it, and makes room", () => {
  const cache = new SlotCache();
  for (let round = 0; round < 10_000; round += 1) {
    cache.set(at(1), "by model", tenSums());
    cache.set(at(1), "all", tenSums());
    cache.forget(at(1));
  }
  const other = tenSums();
  cache.set(at(2), "all", other);
  expect([cache.get(at(1), "by model"), cache.get(at(1), "all")]).toEqual([undefined, undefined]);
  expect(cache.get(at(2), "all")).toBe(other);
});
