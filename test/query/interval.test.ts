import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/demo/seeded-random.js";
import { meanDifference, meanInterval, shareDifference, shareInterval, toldApart } from "../../src/query/interval.js";

// Student's own data: hours of sleep gained with two drugs (Biometrika, 1908).
const FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe("a mean", () => {
  it("has Student's interval", () => {
    const { value, low, high } = meanInterval(FIRST_DRUG) ?? expect.fail();
    expect([value, low, high].map((x) => x.toFixed(4))).toEqual(["0.7500", "-0.5298", "2.0298"]);
  });

  it("differs by Welch's interval", () => {
    const difference = meanDifference(FIRST_DRUG, SECOND_DRUG) ?? expect.fail();
    const { value, low, high } = difference;
    expect([value, low, high].map((x) => x.toFixed(4))).toEqual(["1.5800", "-0.2055", "3.3655"]);
    expect(toldApart(difference)).toBe(false);
  });

  it("of fewer than ten values has none", () => {
    expect(meanInterval(FIRST_DRUG.slice(1))).toBeUndefined();
    expect(meanDifference(FIRST_DRUG.slice(1), SECOND_DRUG)).toBeUndefined();
    expect(meanDifference(FIRST_DRUG, SECOND_DRUG.slice(1))).toBeUndefined();
  });

  it("of values that do not vary is exact", () => {
    const [ones, twos] = [new Array<number>(12).fill(1), new Array<number>(12).fill(2)];
    expect(meanInterval(ones)).toEqual({ value: 1, low: 1, high: 1 });
    expect(meanDifference(ones, twos)).toEqual({ value: 1, low: 1, high: 1 });
    expect(toldApart(meanDifference(ones, ones) ?? expect.fail())).toBe(false);
  });
});

describe("a share", () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998): 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %d in %d has Wilson's interval", (matching, n, low, high) => {
    const interval = shareInterval(matching, n) ?? expect.fail();
    expect(interval.value).toBe(matching / n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  // R. G. Newcombe, Statistics in Medicine 17 (1998): 873–890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 10, -0.2775, 0.2775],
  ])("of %d in %d less one of %d in %d has Newcombe's interval", (b, nOfB, a, nOfA, low, high) => {
    const difference = shareDifference({ matching: a, n: nOfA }, { matching: b, n: nOfB }) ?? expect.fail();
    expect(difference.value).toBeCloseTo(b / nOfB - a / nOfA, 10);
    expect(difference.low).toBeCloseTo(low, 4);
    expect(difference.high).toBeCloseTo(high, 4);
    expect(toldApart(difference)).toBe(low > 0);
  });

  it("of nothing has none", () => {
    expect(shareInterval(0, 0)).toBeUndefined();
    expect(shareDifference({ matching: 0, n: 0 }, { matching: 1, n: 2 })).toBeUndefined();
    expect(shareDifference({ matching: 1, n: 2 }, { matching: 0, n: 0 })).toBeUndefined();
  });
});

// Simulated: of 2,000 samples whose true value is known, how many intervals hold it. By chance alone 1 % either way.
describe("intervals hold the true value in 95 of 100 samples", () => {
  const ROUNDS = 2_000;
  const random = seededRandom(1908);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sample = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
  const happened = (n: number, chance: number) => ({ matching: sample(n, random).filter((x) => x < chance).length, n });
  const coverage = (holds: () => boolean): number => {
    let held = 0;
    for (let round = 0; round < ROUNDS; round++) if (holds()) held += 1;
    return held / ROUNDS;
  };
  const inside = (interval: { low: number; high: number } | undefined, value: number): boolean =>
    interval !== undefined && interval.low <= value && value <= interval.high;

  it("means of ten", () => {
    const covered = coverage(() => inside(meanInterval(sample(10, () => 5 + 2 * normal())), 5));
    expect(covered).toBeGreaterThan(0.935);
    expect(covered).toBeLessThan(0.965);
  });

  it("means of a hundred response times, which are skewed", () => {
    const responseTime = () => Math.exp(0.5 * normal());
    const covered = coverage(() => inside(meanInterval(sample(100, responseTime)), Math.exp(0.125)));
    expect(covered).toBeGreaterThan(0.925);
    expect(covered).toBeLessThan(0.965);
  });

  it("differences of means, with other variances and other sizes", () => {
    const covered = coverage(() =>
      inside(
        meanDifference(
          sample(12, () => 1 + normal()),
          sample(60, () => 3 + 4 * normal()),
        ),
        2,
      ),
    );
    expect(covered).toBeGreaterThan(0.935);
    expect(covered).toBeLessThan(0.965);
  });

  it("shares, rare ones too", () => {
    for (const chance of [0.02, 0.3]) {
      const covered = coverage(() => {
        const { matching, n } = happened(200, chance);
        return inside(shareInterval(matching, n), chance);
      });
      expect(covered).toBeGreaterThan(0.93);
      expect(covered).toBeLessThan(0.98);
    }
  });

  it("differences of shares", () => {
    const covered = coverage(() => inside(shareDifference(happened(150, 0.05), happened(80, 0.15)), 0.1));
    expect(covered).toBeGreaterThan(0.935);
    expect(covered).toBeLessThan(0.97);
  });

  it("so equals are told apart in one comparison of twenty", () => {
    const draw = () => Math.exp(0.5 * normal());
    const apart = coverage(() => toldApart(meanDifference(sample(80, draw), sample(80, draw)) ?? expect.fail()));
    expect(apart).toBeGreaterThan(0.035);
    expect(apart).toBeLessThan(0.065);
  });
});
