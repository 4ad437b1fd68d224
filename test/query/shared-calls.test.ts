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

  it("are aborted when all who wait have aborted, and asked again by who comes then", async () => {
    const signals: AbortSignal[] = [];
    const call = shareCalls((_: string, signal) => {
      signals.push(signal);
      return new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        if (signals.length > 1) resolve("answer");
      });
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const both = Promise.allSettled([call("x", one.signal), call("x", other.signal)]);
    one.abort();
    expect(signals[0]?.aborted).toBe(false);
    other.abort();
    expect(signals[0]?.aborted).toBe(true);
    expect(await call("x", new AbortController().signal)).toBe("answer");
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(call("y", one.signal)).rejects.toThrow("aborted");
    expect(signals).toHaveLength(2);
  });

  it("go on while one waits who cannot abort", async () => {
    let signal: AbortSignal | undefined;
    let answer = (_: string): void => {};
    const call = shareCalls((_: string, given) => {
      signal = given;
      return new Promise<string>((resolve) => {
        answer = resolve;
      });
    });
    const stop = new AbortController();
    const patient = call("x");
    const hurried = call("x", stop.signal);
    stop.abort();
    expect(signal?.aborted).toBe(false);
    answer("late");
    expect(await Promise.all([patient, hurried])).toEqual(["late", "late"]);
  });
});
