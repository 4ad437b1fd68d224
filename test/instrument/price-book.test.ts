import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PriceBook } from "../../src/instrument/price-book.js";
import type { TokenUsage } from "../../src/instrument/token-usage.js";

const usage = (counts: Partial<TokenUsage>): TokenUsage => ({
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  ...counts,
});
const at = new Date("2026-06-01T12:00:00Z");
const million = usage({ input: 1_000_000, output: 1_000_000 });

describe("the public price table", () => {
  test("prices each kind of token on its own line, and the lines sum to the total", () => {
    const counts = usage({ input: 1_000, output: 500, cacheRead: 400, reasoning: 200 });
    const cost = new PriceBook().price({ provider: "openai", model: "gpt-4o-mini-2024-07-18", usage: counts, at });
    expect(cost?.lines.input).toBeCloseTo((600 * 0.15) / 1e6, 15);
    expect(cost?.lines.cache_read).toBeCloseTo((400 * 0.075) / 1e6, 15);
    expect(cost?.lines.cache_write).toBe(0);
    expect(cost?.lines.output).toBeCloseTo((300 * 0.6) / 1e6, 15);
    expect(cost?.lines.reasoning).toBeCloseTo((200 * 0.6) / 1e6, 15);
    const lines = Object.values(cost?.lines ?? {});
    expect(lines.reduce((sum, line) => sum + line, 0)).toBe(cost?.total);
  });

  test.each([
    ["openai", "openai", "gpt-4o"],
    ["azure", "azure", "gpt-4o"],
    ["anthropic", "anthropic", "claude-sonnet-4-5-20250929"],
    ["google_genai", "google", "gemini-2.5-pro"],
    ["google_vertexai", "google", "claude-sonnet-4-5@20250929"],
    ["amazon_bedrock", "aws", "us.anthropic.claude-3-5-sonnet-20241022-v2:0"],
    ["mistral", "mistral", "mistral-large-latest"],
    ["cohere", "cohere", "command-r-plus"],
    ["groq", "groq", "llama-3.3-70b-versatile"],
    ["deepseek", "deepseek", "deepseek-chat"],
    ["xai", "x-ai", "grok-3"],
    ["perplexity", "perplexity", "sonar"],
    ["openai", "openai", "ft:gpt-4o-mini-2024-07-18:acme::id"],
    ["openai", "openai", "text-embedding-3-small"],
  ])(
    "agrees with the table's own calculation for %s %s %s at any usage, date and time",
    (provider, providerId, model) => {
      const book = new PriceBook();
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 600_000 }),
          model.startsWith("text-embedding") ? fc.constant(0) : fc.integer({ min: 0, max: 50_000 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.date({ min: new Date("2024-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }),
          (input, output, read, write, reason, when) => {
            const cacheRead = Math.floor(input * read);
            const cacheWrite = Math.floor((input - cacheRead) * write);
            const reasoning = Math.floor(output * reason);
            const expected = calcPrice(
              {
                input_tokens: input,
                output_tokens: output,
                cache_read_tokens: cacheRead,
                cache_write_tokens: cacheWrite,
                output_reasoning_tokens: reasoning,
              },
              model,
              { providerId, timestamp: when },
            );
            const counts = { input, output, cacheRead, cacheWrite, reasoning };
            const cost = book.price({ provider, model, usage: counts, at: when });
            expect(cost?.total).toBeCloseTo(expected?.total_price ?? Number.NaN, 10);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  test("a call above a tier's start is priced at that tier, one at the start is not", () => {
    const price = (input: number) =>
      new PriceBook().price({ provider: "anthropic", model: "claude-sonnet-4-5", usage: usage({ input }), at })?.total;
    expect(price(200_000)).toBeCloseTo(0.6, 10);
    expect(price(200_001)).toBeCloseTo((200_001 * 6) / 1e6, 10);
  });

  test("one book follows prices that change with the time of day and with the date", () => {
    const book = new PriceBook();
    const price = (model: string, when: string, provider: string) =>
      book.price({ provider, model, usage: million, at: new Date(when) })?.total;
    const day = price("deepseek-chat", "2025-05-01T12:00:00Z", "deepseek");
    const night = price("deepseek-chat", "2025-05-01T20:00:00Z", "deepseek");
    expect(day).toBeGreaterThan(0);
    expect(night).toBeGreaterThan(0);
    expect(night).not.toBe(day);
    expect(price("deepseek-chat", "2025-05-02T12:00:00Z", "deepseek")).toBe(day);
    expect(price("o3", "2025-06-09T00:00:00Z", "openai")).toBeGreaterThan(
      price("o3", "2025-06-11T00:00:00Z", "openai") ?? Number.NaN,
    );
  });

  test("the time-of-day limits of the table lie on whole minutes, which the book relies on", () => {
    for (const [provider, model] of [
      ["deepseek", "deepseek-chat"],
      ["deepseek", "deepseek-reasoner"],
      ["deepseek", "deepseek-v4-flash"],
      ["deepseek", "deepseek-v4-pro"],
    ] as const) {
      const prices = calcPrice({}, model, { providerId: provider })?.model.prices;
      const limits = Array.isArray(prices)
        ? prices.flatMap(({ constraint }) =>
            constraint?.type === "time_of_date" ? [constraint.start_time, constraint.end_time] : [],
          )
        : [];
      expect(limits).not.toEqual([]);
      for (const limit of limits) expect(limit).toMatch(/^\d\d:\d\d:00/);
    }
  });

  test("an unknown model has no cost, and neither has a model on the app's own machine", () => {
    const book = new PriceBook();
    expect(book.price({ provider: "openai", model: "demo-large", usage: million, at })).toBeUndefined();
    expect(book.price({ provider: "ollama", model: "deepseek-chat", usage: million, at })).toBeUndefined();
    expect(book.price({ provider: "openai", model: "deepseek-chat", usage: million, at })).toBeUndefined();
  });

  test("a kind of token without a price makes the cost unknown instead of too small", () => {
    const call = { provider: "openai", model: "text-embedding-3-small", at };
    expect(new PriceBook().price({ ...call, usage: usage({ input: 1_000 }) })?.total).toBeCloseTo(0.00002, 12);
    expect(new PriceBook().price({ ...call, usage: usage({ input: 1_000, output: 1 }) })).toBeUndefined();
  });

  test("Google's full model names are understood", () => {
    for (const model of ["models/gemini-2.5-pro", "publishers/google/models/gemini-2.5-pro"]) {
      const cost = new PriceBook().price({ provider: "google_vertexai", model, usage: usage({ input: 1_000 }), at });
      expect(cost?.total).toBeCloseTo(0.00125, 12);
    }
  });

  test("an invalid date does not make a model unknown for later calls", () => {
    const book = new PriceBook();
    const call = { provider: "deepseek", model: "deepseek-chat", usage: million };
    book.price({ ...call, at: new Date(Number.NaN) });
    expect(book.price({ ...call, at })?.total).toBeGreaterThan(0);
  });

  test("without a provider the model's name decides", () => {
    expect(new PriceBook().price({ model: "gpt-4o", usage: million, at })?.total).toBeCloseTo(12.5, 10);
  });

  test("the model that was asked for is looked up when the one that answered has no price", () => {
    const call = { provider: "azure", model: "our-deployment", requestModel: "gpt-4o", usage: million, at };
    expect(new PriceBook().price(call)?.total).toBeCloseTo(12.5, 10);
  });

  test("parts larger than the whole, NaN and negative counts do not make a wrong or negative cost", () => {
    const odd = usage({ input: 10, output: Number.NaN, cacheRead: 50, cacheWrite: -3, reasoning: 9 });
    const cost = new PriceBook().price({ provider: "openai", model: "gpt-4o-mini", usage: odd, at });
    expect(cost?.total).toBeCloseTo((10 * 0.075) / 1e6, 15);
    expect(new PriceBook().price({ model: "gpt-4o", usage: million, at: new Date(Number.NaN) })?.total).toBe(12.5);
  });

  test("a priced model takes well under 10 µs", () => {
    const book = new PriceBook();
    const call = { provider: "openai", model: "gpt-4o-mini", usage: usage({ input: 1_000, output: 10 }), at };
    for (let index = 0; index < 10_000; index++) book.price(call);
    const started = performance.now();
    for (let index = 0; index < 10_000; index++) book.price(call);
    expect((performance.now() - started) / 10).toBeLessThan(10);
  });
});

describe("the user's own prices", () => {
  const total = (table: ConstructorParameters<typeof PriceBook>[0], model: string, provider = "openai") =>
    new PriceBook(table).price({ provider, model, usage: million, at })?.total;

  test("beat the table", () => expect(total({ "gpt-4o": { input: 1, output: 2 } }, "gpt-4o")).toBe(3));

  test("hold for any provider and any case", () =>
    expect(total({ "My-Model": { input: 1, output: 2 } }, "my-model", "ollama")).toBe(3));

  test("by an exact name beat a pattern, whatever the order", () => {
    const prices = { "gpt-4o*": { input: 5, output: 5 }, "gpt-4o": { input: 1, output: 1 } };
    expect(total(prices, "gpt-4o")).toBe(2);
    expect(total(prices, "gpt-4o-mini")).toBe(10);
  });

  test("by a longer pattern beat a shorter one", () =>
    expect(
      total(
        { "*": { input: 9, output: 9 }, "gpt-*": { input: 5, output: 5 }, "gpt-*-mini": { input: 1, output: 1 } },
        "gpt-4o-mini",
      ),
    ).toBe(2));

  test.each([
    ["*", "anything", true],
    ["gpt-*", "gpt-4", true],
    ["gpt-*", "my-gpt-4", false],
    ["*-mini", "gpt-4o-mini", true],
    ["*-mini", "gpt-4o-mini-2024", false],
    ["a*b*c", "a-x-b-y-c", true],
    ["a*b*c", "a-c-b", false],
    ["ab*ba", "aba", false],
    ["gpt.4*", "gpt-4", false],
  ])("pattern %s on %s: %s", (pattern, model, matches) => {
    expect(total({ [pattern]: { input: 1, output: 1 } }, model, "ollama")).toBe(matches ? 2 : undefined);
  });

  test("for cache and reasoning are used where given, else the price of input and output", () => {
    const counts = usage({ input: 100, output: 100, cacheRead: 50, cacheWrite: 10, reasoning: 40 });
    const price = (more: object) =>
      new PriceBook({ m: { input: 10, output: 20, ...more } }).price({ model: "m", usage: counts, at })?.lines;
    expect(price({ cacheRead: 1, cacheWrite: 12, reasoning: 30 })).toEqual({
      input: (40 * 10) / 1e6,
      cache_read: (50 * 1) / 1e6,
      cache_write: (10 * 12) / 1e6,
      output: (60 * 20) / 1e6,
      reasoning: (40 * 30) / 1e6,
    });
    expect(price({})?.cache_read).toBe((50 * 10) / 1e6);
    expect(price({})?.reasoning).toBe((40 * 20) / 1e6);
  });

  test("of 0 are a known price", () => expect(total({ local: { input: 0, output: 0 } }, "local")).toBe(0));

  test("for the model that was asked for hold when the answer names another", () => {
    const book = new PriceBook({ "our-deployment": { input: 1, output: 1 } });
    const call = { provider: "azure", model: "gpt-4o", requestModel: "our-deployment", usage: million, at };
    expect(book.price(call)?.total).toBe(2);
  });
});
