import { expect, test } from "vitest";
import { seededRandom } from "../../src/demo/seeded-random.js";
import { cutWindows, piecesIn } from "../../src/store/reading-plan.js";
import type { TimeWindow } from "../../src/store/telemetry-store.js";

const window = (fromUs: number, toUs: number): TimeWindow => ({ fromUs, toUs });

test("windows are cut where any of them begins or ends; a gap between them is no piece", () => {
  expect(cutWindows([window(0, 10), window(5, 15), window(20, 30), window(30, 40), window(0, 10)])).toEqual([
    window(0, 5),
    window(5, 10),
    window(10, 15),
    window(20, 30),
    window(30, 40),
  ]);
  expect(cutWindows([])).toEqual([]);
});

test("the pieces of a window fill it, whatever other windows there are", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 200; round += 1) {
    const windows = Array.from({ length: 8 }, () => {
      const fromUs = Math.floor(random() * 40);
      return window(fromUs, fromUs + 1 + Math.floor(random() * 20));
    });
    const pieces = cutWindows(windows);
    for (const one of windows) {
      const inside = piecesIn(one, pieces);
      expect([inside[0]?.fromUs, inside.at(-1)?.toUs]).toEqual([one.fromUs, one.toUs]);
      expect(inside.slice(1).every((piece, index) => piece.fromUs === inside[index]?.toUs)).toBe(true);
    }
    expect(new Set(windows.flatMap((one) => piecesIn(one, pieces)))).toEqual(new Set(pieces));
  }
});

test("ten thousand windows side by side, as a peak of a week has them, are cut and found at once", () => {
  const windows = Array.from({ length: 10_000 }, (_, index) => window(index, index + 1));
  const began = performance.now();
  const pieces = cutWindows(windows);
  expect(windows.every((one) => piecesIn(one, pieces).length === 1)).toBe(true);
  expect(performance.now() - began).toBeLessThan(500);
});
