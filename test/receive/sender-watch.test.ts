import { describe, expect, it } from "vitest";
import { SenderWatch } from "../../src/receive/sender-watch.js";
import { batch, NOON_MS, NOON_US, point, RESOURCE, SECOND_US, span } from "../store/rows.js";

const points = (secondsAfterNoon: number) =>
  batch({ points: [point({ timeUs: NOON_US + secondsAfterNoon * SECOND_US })] });
const modelCall = (attributes: Record<string, string> = {}) =>
  batch({ spans: [span({ attributes: { "gen_ai.operation.name": "chat", ...attributes } })] });

describe("a sender's clock", () => {
  it("is ahead by how much later than now its newest time is", () => {
    const watch = new SenderWatch();
    watch.note(points(90), NOON_MS);
    expect(watch.sight("bot", "i-1").clockAheadS).toBeCloseTo(90, 6);
  });

  it("is judged by the batch that was on its way for the least time", () => {
    const watch = new SenderWatch();
    watch.note(points(0), NOON_MS + 30_000);
    watch.note(points(10), NOON_MS + 10_200);
    watch.note(points(20), NOON_MS + 26_000);
    expect(watch.sight("bot", "i-1").clockAheadS).toBeCloseTo(-0.2, 6);
  });

  it("that was set right is right some batches later", () => {
    const watch = new SenderWatch();
    watch.note(points(3600), NOON_MS);
    for (let second = 1; second <= 20; second++) watch.note(points(second), NOON_MS + second * 1000);
    expect(watch.sight("bot", "i-1").clockAheadS).toBeCloseTo(0, 6);
  });

  it("is told by the end of its newest span too", () => {
    const watch = new SenderWatch();
    watch.note(batch({ spans: [span({ endTimeUs: NOON_US + 5 * SECOND_US }), span()] }), NOON_MS);
    expect(watch.sight("bot", "i-1").clockAheadS).toBeCloseTo(5, 6);
  });
});

describe("content of a sender", () => {
  it("is told by its newest model calls", () => {
    const watch = new SenderWatch();
    watch.note(batch({ spans: [span()] }), NOON_MS);
    expect(watch.sight("bot", "i-1")).not.toHaveProperty("content");
    watch.note(modelCall(), NOON_MS);
    expect(watch.sight("bot", "i-1").content).toBe(false);
    watch.note(modelCall({ "gen_ai.input.messages": "[]" }), NOON_MS);
    expect(watch.sight("bot", "i-1").content).toBe(true);
  });
});

it("a sender that was never heard of has no sight", () => {
  expect(new SenderWatch().sight("bot", "i-1")).toEqual({});
});

it("of more than a thousand senders, those heard of last are known", () => {
  const watch = new SenderWatch();
  const from = (instance: string) =>
    watch.note(batch({ points: [point({ resource: { ...RESOURCE, "service.instance.id": instance } })] }), NOON_MS);
  from("first");
  from("kept");
  for (let i = 0; i < 998; i++) from(`i-${i}`);
  from("kept");
  from("one more");
  expect(watch.sight("bot", "first")).toEqual({});
  expect(watch.sight("bot", "kept")).toHaveProperty("clockAheadS");
  expect(watch.sight("bot", "one more")).toHaveProperty("clockAheadS");
});
