import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundedJson, Content } from "../../src/instrument/bounded-json.js";
import { hostileValues } from "./hostile-value.js";

describe("bounded JSON", () => {
  test("of what fits is what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(boundedJson(value, 1_000_000)).toBe(JSON.stringify(value));
      }),
    );
  });

  test("of anything is valid and within its limit", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      maxDepth: 6,
    });
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 300 }), (value, limit) => {
        const json = boundedJson(value, limit);
        expect(json.length).toBeLessThanOrEqual(limit);
        JSON.parse(json);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of long text with quotes, control and surrogate characters is valid and within its limit", () => {
    const text = fc.string({ unit: "binary", minLength: 0, maxLength: 400 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ role: text, content: text })),
        fc.integer({ min: 2, max: 500 }),
        (list, limit) => {
          const json = boundedJson(list, limit);
          expect(json.length).toBeLessThanOrEqual(limit);
          JSON.parse(json);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each(hostileValues())("of %s, alone and inside, is valid", (_, value) => {
    for (const subject of [value, { value }, [value, value], new Content(value), { a: new Content([value]) }]) {
      const json = boundedJson(subject, 400, (text) => text);
      expect(json.length).toBeLessThanOrEqual(400);
      JSON.parse(json);
    }
  });

  test("cuts long text and says how much is missing, and keeps short text whole", () => {
    const value = JSON.parse(boundedJson({ role: "user", content: "x".repeat(10_000) }, 1_000));
    expect(value.role).toBe("user");
    expect(value.content).toMatch(/^x+…\[\d+ more\]$/);
    const kept = value.content.indexOf("…");
    expect(value.content).toContain(`[${10_000 - kept} more]`);
  });

  test("keeps the beginning and the end of a long list", () => {
    const list = Array.from({ length: 1_000 }, (_, index) => ({ index }));
    const kept = JSON.parse(boundedJson(list, 1_500)) as { index?: number; left_out?: number }[];
    expect(kept[0]).toEqual({ index: 0 });
    expect(kept.at(-1)).toEqual({ index: 999 });
    const gap = kept.find((item) => item.left_out !== undefined);
    expect(gap).toEqual({ type: "truncated", left_out: 1_000 - (kept.length - 1) });
  });

  test("does not cut a character in two", () => {
    const value = JSON.parse(boundedJson(`a${"😀".repeat(1_000)}`, 101)) as string;
    expect(value).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  test("notes cycles, bytes, big integers and what cannot be read", () => {
    const cycle: Record<string, unknown> = {
      bytes: new Uint8Array(3),
      big: 12n,
      skipped: undefined,
      date: new Date(0),
    };
    cycle.self = cycle;
    Object.defineProperty(cycle, "broken", {
      enumerable: true,
      get() {
        throw new Error("getter");
      },
    });
    expect(JSON.parse(boundedJson(cycle, 1_000))).toEqual({
      bytes: "[3 bytes]",
      big: "12",
      date: "1970-01-01T00:00:00.000Z",
      self: "[circular]",
      broken: "[unreadable]",
    });
  });

  test("gives up on a value with more entries than it is worth reading", () => {
    const huge = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`f${index}`, () => undefined]));
    expect(boundedJson(huge, 100)).toBe('"[truncated]"');
  });

  test("writes the same object twice when it is no cycle", () => {
    const shared = { a: 1 };
    expect(boundedJson([shared, shared], 100)).toBe('[{"a":1},{"a":1}]');
  });

  test("leaves a __proto__ key a plain key", () => {
    const value = JSON.parse('{"__proto__":{"polluted":true}}');
    expect(boundedJson(value, 100)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("the text filter", () => {
  const hide = (text: string) => text.replaceAll("Bob", "[name]");

  test("sees every string and key inside a content mark, and nothing outside", () => {
    const value = { Bob: "Bob", part: new Content({ Bob: ["Bob", { deep: "hi Bob" }], n: 1 }) };
    expect(JSON.parse(boundedJson(value, 1_000, hide))).toEqual({
      Bob: "Bob",
      part: { "[name]": ["[name]", { deep: "hi [name]" }], n: 1 },
    });
  });

  test("sees the whole text before it is cut, so that nothing slips through at the limit", () => {
    const json = boundedJson(new Content(`${"x".repeat(95)}Bob${"x".repeat(500)}`), 100, hide);
    expect(json).not.toMatch(/B(ob?)?…/);
  });

  test("is asked once for one text, however often it has to be shortened", () => {
    let asked = 0;
    const list = Array.from({ length: 50 }, () => new Content("y".repeat(200)));
    boundedJson(list, 500, (text) => {
      asked++;
      return text;
    });
    expect(asked).toBe(1);
  });
});

test("a message of 2,000 characters takes well under 0.1 ms", () => {
  const messages = [{ role: "user", parts: [{ type: "text", content: new Content("word ".repeat(400)) }] }];
  for (let index = 0; index < 2_000; index++) boundedJson(messages, 10_000);
  const started = performance.now();
  for (let index = 0; index < 2_000; index++) boundedJson(messages, 10_000);
  expect((performance.now() - started) / 2_000).toBeLessThan(0.1);
});
