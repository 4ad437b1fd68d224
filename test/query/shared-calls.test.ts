import { describe, expect, it } from "vitest";
import { shareCalls } from "../../src/query/shared-calls.js";

describe("shared calls", () => {
  it("answer equal calls under way with one, and ask again afterwards", async () => {
    let asked = 0;
    const call = shareCalls(async ({ n }: { n: number }) => {
      asked += 1;
      return n * 10 + asked;
    });
    expect(await Promise.all([call({ n: 1 }), call({ n: 1 }), call({ n: 2 })])).toEqual([11, 11, 22]);
    expect(await call({ n: 1 })).toBe(13);
  });

  it("fail all alike, and are asked again after a failure", async () => {
    let asked = 0;
    const call = shareCalls(async (_: string) => {
      asked += 1;
      if (asked === 1) throw new Error("locked");
      return "answer";
    });
    const both = await Promise.allSettled([call("x"), call("x")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await call("x")).toBe("answer");
  });
});
