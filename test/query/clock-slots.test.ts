import { describe, expect, it } from "vitest";
import { clockSlots, slotLengthS } from "../../src/query/clock-slots.js";

const DAY_S = 86_400;

describe("the slots of a window", () => {
  it("are as long as asked for, or of a length that clocks have, and at most 120", () => {
    const lengths = [300, 7_200, 7_201, 6 * 3_600, DAY_S, 7 * DAY_S, 30 * DAY_S, 90 * DAY_S, 400 * DAY_S];
    expect(lengths.map((windowS) => slotLengthS(windowS, 60))).toEqual([
      ...[60, 60, 300, 300, 900, 7_200, 21_600, DAY_S, 4 * DAY_S],
    ]);
  });

  it("begin at multiples of their length; the first and the last are cut by the window", () => {
    expect(clockSlots({ fromUs: 30_000_000, toUs: 130_000_000 }, 60)).toEqual([
      { fromUs: 30_000_000, toUs: 60_000_000 },
      { fromUs: 60_000_000, toUs: 120_000_000 },
      { fromUs: 120_000_000, toUs: 130_000_000 },
    ]);
  });
});
