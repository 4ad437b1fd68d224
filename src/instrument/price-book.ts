import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import type { ModelPrices, PriceTable } from "./price-table.js";
import { priceTableProvider } from "./provider.js";
import type { TokenUsage } from "./token-usage.js";

/** What one model call cost, in US dollars. The lines sum to the total. */
export interface Cost {
  readonly total: number;
  readonly lines: {
    /** Input that did not touch the prompt cache, with the flat fee for a request that a few providers take. */
    readonly input: number;
    readonly cache_read: number;
    readonly cache_write: number;
    /** Output without reasoning. */
    readonly output: number;
    readonly reasoning: number;
  };
}

/** A model call to be priced. */
export interface PricedCall {
  /** LangChain's `ls_provider` or the value of `gen_ai.provider.name`. */
  readonly provider?: string;
  /** The model that answered, else the one that was asked for. */
  readonly model: string;
  /** The model that was asked for (an alias, a deployment), looked up too when it differs from `model`. */
  readonly requestModel?: string;
  readonly usage: TokenUsage;
  /** When the call was made: prices change over the years, and for some providers over the day. */
  readonly at: Date;
}

/** US dollars per million tokens; the rate of the last tier whose start is below the call's input tokens holds. */
interface Rate {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

interface Rates {
  readonly input: Rate | undefined;
  readonly output: Rate | undefined;
  readonly cacheRead: Rate | undefined;
  readonly cacheWrite: Rate | undefined;
  readonly reasoning: Rate | undefined;
  /** US dollars. */
  readonly request: number;
}

interface Resolved {
  /** `undefined`: the model has no known price. */
  readonly rates: Rates | undefined;
  /** The minute the rates were read for; `undefined` when they never change. */
  readonly minute: number | undefined;
}

const MINUTE_MS = 60_000;
/** Model names come from the app, so what is remembered of them is bounded. */
const MOST_MODELS = 1_000;

/**
 * Prices model calls: the user's own table first, then the public one.
 *
 * The public table answers in about 30 µs, so its rates are read once a model. Where they depend on the date or the
 * time of day they are read again for each minute: the table's limits lie on whole minutes.
 */
export class PriceBook {
  readonly #overrides: readonly Override[];
  readonly #resolved = new Map<string, Resolved>();

  /** @param overrides A table that `parsePriceTable` accepted. */
  constructor(overrides: PriceTable = {}) {
    this.#overrides = Object.entries(overrides)
      .map(([pattern, prices]) => ({ matches: globMatcher(pattern), rank: rankOf(pattern), rates: ownRates(prices) }))
      .sort((left, right) => right.rank - left.rank);
  }

  /** @returns `undefined` when the model, or a kind of token that the call used, has no known price. Never throws. */
  price(call: PricedCall): Cost | undefined {
    const rates = this.#rates(call);
    return rates === undefined ? undefined : costOf(call.usage, rates);
  }

  #rates(call: PricedCall): Rates | undefined {
    const minute = Math.floor(call.at.getTime() / MINUTE_MS);
    const key = `${call.provider ?? ""}\n${call.model}\n${call.requestModel ?? ""}`;
    let resolved = this.#resolved.get(key);
    if (resolved === undefined || (resolved.minute !== undefined && resolved.minute !== minute)) {
      resolved = this.#resolve(call, minute);
      if (this.#resolved.size >= MOST_MODELS) this.#resolved.clear();
      // What an invalid date leads to says nothing about the next call.
      if (!Number.isNaN(minute)) this.#resolved.set(key, resolved);
    }
    return resolved.rates;
  }

  #resolve(call: PricedCall, minute: number): Resolved {
    const models = call.requestModel === undefined ? [call.model] : [call.model, call.requestModel];
    for (const override of this.#overrides) {
      if (models.some((model) => override.matches(model.toLowerCase()))) {
        return { rates: override.rates, minute: undefined };
      }
    }
    for (const model of models) {
      const listed = listedRates(call.provider, model, call.at, minute);
      if (listed !== undefined) return listed;
    }
    return { rates: undefined, minute: undefined };
  }
}

interface Override {
  readonly matches: (model: string) => boolean;
  readonly rank: number;
  readonly rates: Rates;
}

/** A name without `*` beats every pattern, a longer pattern a shorter one. */
function rankOf(pattern: string): number {
  return pattern.includes("*") ? pattern.replaceAll("*", "").length : Number.MAX_SAFE_INTEGER;
}

/** Compares piece by piece instead of by regular expression: no pattern can be slow. */
function globMatcher(pattern: string): (model: string) => boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  if (last === undefined) return (model) => model === first;
  return (model) => {
    if (!model.startsWith(first)) return false;
    let from = first.length;
    for (const piece of rest) {
      const found = model.indexOf(piece, from);
      if (found === -1) return false;
      from = found + piece.length;
    }
    return model.length - last.length >= from && model.endsWith(last);
  };
}

function ownRates(prices: ModelPrices): Rates {
  return {
    input: flat(prices.input),
    output: flat(prices.output),
    cacheRead: flat(prices.cacheRead),
    cacheWrite: flat(prices.cacheWrite),
    reasoning: flat(prices.reasoning),
    request: 0,
  };
}

function flat(price: number | undefined): Rate | undefined {
  return price === undefined ? undefined : { base: price, tiers: [] };
}

/** Google's full model names: `models/gemini-2.5-pro`, `publishers/google/models/gemini-2.5-pro`. */
const GOOGLE_FOLDER = /^(?:publishers\/[^/]+\/)?models\//;

function listedRates(provider: string | undefined, model: string, at: Date, minute: number): Resolved | undefined {
  const providerId = provider === undefined ? undefined : priceTableProvider(provider);
  // A provider that the table does not know (a model on the app's own machine) must not be charged as another's.
  if (provider !== undefined && providerId === undefined) return undefined;
  try {
    const found = calcPrice({}, model.replace(GOOGLE_FOLDER, ""), {
      timestamp: at,
      ...(providerId === undefined ? {} : { providerId }),
    });
    if (found === null) return undefined;
    const prices = found.model_price;
    if (prices.input_mtok === undefined && prices.output_mtok === undefined) return undefined;
    return {
      rates: {
        input: listedRate(prices.input_mtok),
        output: listedRate(prices.output_mtok),
        cacheRead: listedRate(prices.cache_read_mtok),
        cacheWrite: listedRate(prices.cache_write_mtok),
        reasoning: listedRate(prices.output_reasoning_mtok),
        request: (listedRate(prices.requests_kcount)?.base ?? 0) / 1_000,
      },
      minute: Array.isArray(found.model.prices) ? minute : undefined,
    };
  } catch {
    return undefined;
  }
}

function listedRate(price: ModelPrice[string]): Rate | undefined {
  if (price === undefined) return undefined;
  if (typeof price === "number") return { base: price, tiers: [] };
  return { base: price.base, tiers: [...price.tiers].sort((left, right) => left.start - right.start) };
}

function costOf(usage: TokenUsage, rates: Rates): Cost | undefined {
  const input = tokens(usage.input);
  const output = tokens(usage.output);
  if ((input > 0 && rates.input === undefined) || (output > 0 && rates.output === undefined)) return undefined;
  // Parts cannot be larger than the whole, whatever a provider reports.
  const cacheRead = Math.min(tokens(usage.cacheRead), input);
  const cacheWrite = Math.min(tokens(usage.cacheWrite), input - cacheRead);
  const reasoning = Math.min(tokens(usage.reasoning), output);
  const lines = {
    input: dollars(input - cacheRead - cacheWrite, rates.input, input) + rates.request,
    cache_read: dollars(cacheRead, rates.cacheRead ?? rates.input, input),
    cache_write: dollars(cacheWrite, rates.cacheWrite ?? rates.input, input),
    output: dollars(output - reasoning, rates.output, input),
    reasoning: dollars(reasoning, rates.reasoning ?? rates.output, input),
  };
  return { total: lines.input + lines.cache_read + lines.cache_write + lines.output + lines.reasoning, lines };
}

function dollars(count: number, rate: Rate | undefined, input: number): number {
  if (count === 0 || rate === undefined) return 0;
  let price = rate.base;
  for (const tier of rate.tiers) {
    if (input > tier.start) price = tier.price;
  }
  return (count * price) / 1_000_000;
}

function tokens(count: number): number {
  return Number.isFinite(count) && count > 0 ? count : 0;
}
