import { ConfigError } from "./config-error.js";
import { nearestName } from "./nearest-name.js";

/** US dollars per million tokens. */
export interface ModelPrices {
  readonly input: number;
  readonly output: number;
  /** Without it, tokens read from the prompt cache cost as much as others. */
  readonly cacheRead?: number;
  /** Without it, tokens written into the prompt cache cost as much as others. */
  readonly cacheWrite?: number;
  /** Without it, reasoning tokens cost as much as other output. */
  readonly reasoning?: number;
}

/**
 * Prices by model name, in US dollars per million tokens. `*` in a name stands for any letters; case does not matter.
 *
 * @example { "gpt-4o*": { input: 2.5, output: 10, cacheRead: 1.25 }, "my-deployment": { input: 0, output: 0 } }
 */
export type PriceTable = Readonly<Record<string, ModelPrices>>;

const REQUIRED = ["input", "output"] as const;
const PRICE_NAMES = [...REQUIRED, "cacheRead", "cacheWrite", "reasoning"] as const;
/** No model costs so little per million tokens; a price per token does. */
const LEAST_PRICE = 0.0001;

/**
 * Checks the `prices` option.
 *
 * @throws ConfigError at the first entry that cannot be a price.
 */
export function parsePriceTable(value: unknown): PriceTable {
  if (value === undefined) return {};
  if (!isRecord(value)) {
    throw new ConfigError({
      option: "prices",
      expected: "an object with a model name or pattern for each key",
      found: value,
      cure: 'write prices: { "gpt-4o*": { input: 2.5, output: 10 } }, in US dollars per million tokens',
    });
  }
  for (const [model, prices] of Object.entries(value)) checkEntry(model, prices);
  return value as PriceTable;
}

function checkEntry(model: string, prices: unknown): void {
  if (model.trim() === "") {
    throw new ConfigError({
      option: "prices",
      expected: "a model name or pattern",
      found: model,
      cure: 'name the model, or write "*" for every model',
    });
  }
  const at = JSON.stringify(model);
  if (!isRecord(prices)) {
    throw new ConfigError({
      option: "prices",
      expected: "an object with input and output",
      found: prices,
      at,
      cure: "write { input: 2.5, output: 10 }, in US dollars per million tokens",
    });
  }
  for (const name of Object.keys(prices)) {
    if (PRICE_NAMES.some((known) => known === name)) continue;
    const meant = nearestName(name, PRICE_NAMES);
    throw new ConfigError({
      option: "prices",
      expected: `one of ${PRICE_NAMES.join(", ")}`,
      found: name,
      at,
      cure: meant === undefined ? "remove it" : `write ${meant}`,
    });
  }
  for (const name of REQUIRED) {
    if (prices[name] !== undefined) continue;
    throw new ConfigError({
      option: "prices",
      expected: "a number",
      found: undefined,
      at: `${at}.${name}`,
      cure: "give the price in US dollars per million tokens; 0 when it costs nothing",
    });
  }
  for (const name of PRICE_NAMES) {
    if (prices[name] !== undefined) checkPrice(`${at}.${name}`, prices[name]);
  }
}

function checkPrice(at: string, price: unknown): void {
  if (typeof price !== "number" || !Number.isFinite(price) || price < 0) {
    throw new ConfigError({
      option: "prices",
      expected: "a number that is 0 or more",
      found: price,
      at,
      cure: "give the price in US dollars per million tokens as a plain number, without currency",
    });
  }
  if (price > 0 && price < LEAST_PRICE) {
    throw new ConfigError({
      option: "prices",
      expected: "US dollars per million tokens",
      found: price,
      at,
      cure: `this looks like a price per token: multiply it by 1,000,000, which is ${Number((price * 1e6).toPrecision(12))}`,
    });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
