import { expect, it } from "vitest";
import { limitCalls } from "../../src/query/limited-calls.js";

it("lets so many calls be under way at once, the others follow in order, also after a failure", async () => {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const call = limitCalls(2, async (input: number) => {
    started.push(input);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (input === 1) throw new Error("failed");
    return input;
  });
  const begin = (...inputs: number[]) => Promise.allSettled(inputs.map((input) => call(input)));
  const end = (input: number) => ends[started.indexOf(input)]?.();

  const first = begin(1, 2, 3);
  await expect.poll(() => started).toEqual([1, 2]);
  end(1);
  await expect.poll(() => started).toEqual([1, 2, 3]);
  end(2);
  end(3);
  expect((await first).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);

  // Every place is free again, and none is free twice.
  const second = begin(4, 5, 6);
  await expect.poll(() => started).toEqual([1, 2, 3, 4, 5]);
  end(4);
  await expect.poll(() => started).toEqual([1, 2, 3, 4, 5, 6]);
  end(5);
  end(6);
  await second;
});

it("never makes a call that aborts while it waits, nor one that was aborted before", async () => {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const call = limitCalls(1, async (input: number) => {
    started.push(input);
    await new Promise<void>((resolve) => ends.push(resolve));
    return input;
  });
  const stop = new AbortController();
  const first = call(1, stop.signal);
  const dropped = [call(2, stop.signal), call(3, stop.signal)];
  const last = call(4);
  stop.abort(new Error("too late"));
  dropped.push(call(5, stop.signal));
  expect((await Promise.allSettled(dropped)).map((result) => "reason" in result && result.reason.message)).toEqual([
    "too late",
    "too late",
    "too late",
  ]);
  ends[0]?.();
  expect(await first).toBe(1);
  await expect.poll(() => started).toEqual([1, 4]);
  ends[1]?.();
  expect(await last).toBe(4);
});
