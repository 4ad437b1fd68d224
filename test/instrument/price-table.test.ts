import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/instrument/config-error.js";
import { parsePriceTable } from "../../src/instrument/price-table.js";

function fault(value: unknown): ConfigError {
  try {
    parsePriceTable(value);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}

describe("a price table", () => {
  test("is accepted as it is, and may be left out", () => {
    const prices = { "gpt-4o*": { input: 2.5, output: 10, cacheRead: 1.25, cacheWrite: 3, reasoning: 12 } };
    expect(parsePriceTable(prices)).toEqual(prices);
    expect(parsePriceTable(undefined)).toEqual({});
    expect(parsePriceTable({ free: { input: 0, output: 0 } })).toEqual({ free: { input: 0, output: 0 } });
  });

  test("with a fault names option, place, value and cure", () => {
    const error = fault({ "gpt-4o": { input: "2.5", output: 10 } });
    expect(error.message).toBe(
      'chainwatch: option "prices": expected a number that is 0 or more, found "2.5" (at "gpt-4o".input). ' +
        "Cure: give the price in US dollars per million tokens as a plain number, without currency.",
    );
    expect(error).toMatchObject({
      name: "ConfigError",
      option: "prices",
      expected: "a number that is 0 or more",
      found: '"2.5"',
    });
  });

  test.each([
    ["a list", [], "an object with a model name"],
    ["text", "gpt-4o=2.5", "an object with a model name"],
    ["null", null, "an object with a model name"],
    ["an empty name", { " ": { input: 1, output: 1 } }, "a model name or pattern"],
    ["a bare number for a model", { "gpt-4o": 2.5 }, "an object with input and output"],
    ["a negative price", { m: { input: -1, output: 1 } }, "a number that is 0 or more"],
    ["NaN", { m: { input: 1, output: Number.NaN } }, "a number that is 0 or more"],
    ["infinity", { m: { input: 1, output: 1, reasoning: Number.POSITIVE_INFINITY } }, "a number that is 0 or more"],
    ["no output", { m: { input: 1 } }, "a number"],
  ])("refuses %s", (_, value, expected) => {
    expect(fault(value).expected).toContain(expected);
  });

  test.each([
    ["cache_read", "cacheRead"],
    ["cachedRead", "cacheRead"],
    ["inputs", "input"],
    ["ouput", "output"],
    ["resoning", "reasoning"],
  ])("unknown name %s: the cure is %s", (name, meant) => {
    expect(fault({ m: { input: 1, output: 1, [name]: 1 } }).cure).toBe(`write ${meant}`);
  });

  test("an unknown name that is near nothing is to be removed", () => {
    expect(fault({ m: { input: 1, output: 1, currency: "EUR" } }).cure).toBe("remove it");
  });

  test("a price per token is recognised, with the number to write", () => {
    expect(fault({ m: { input: 0.0000025, output: 0.00001 } }).cure).toContain(
      "multiply it by 1,000,000, which is 2.5",
    );
  });
});
