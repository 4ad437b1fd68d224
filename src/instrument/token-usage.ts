import { items, numberProperty, property } from "./property.js";

/** Tokens of a model call, whole numbers. */
export interface TokenUsage {
  /** Everything sent to the model, with what came from or went into the provider's prompt cache. */
  readonly input: number;
  /** Everything the model wrote, with its reasoning. */
  readonly output: number;
  /** Part of `input` that the provider read from its prompt cache. */
  readonly cacheRead: number;
  /** Part of `input` that the provider wrote into its prompt cache. */
  readonly cacheWrite: number;
  /** Part of `output` that is reasoning. */
  readonly reasoning: number;
}

/**
 * The token counts of a finished model call.
 *
 * @param result LangChain's `LLMResult`, as `handleLLMEnd` gets it.
 * @returns `undefined` when the provider reported none. All zeros count as none: no call takes no token, and clients
 * fill in zeros for what was not reported. Estimates that LangChain makes itself (`estimatedTokenUsage`) are no counts.
 */
export function tokenUsageOf(result: unknown): TokenUsage | undefined {
  let total: TokenUsage | undefined;
  for (const choices of items(property(result, "generations"))) {
    const usage = promptUsage(choices);
    if (usage !== undefined) total = total === undefined ? usage : addTokenUsage(total, usage);
  }
  return total ?? outputUsage(property(result, "llmOutput"));
}

/** The counts on one message or one streamed chunk. The chunks of a stream add up to the whole. */
export function messageTokenUsage(message: unknown): TokenUsage | undefined {
  const usage = property(message, "usage_metadata");
  if (usage === null || typeof usage !== "object") return undefined;
  const inputDetails = property(usage, "input_token_details");
  const outputDetails = property(usage, "output_token_details");
  return wholeUsage({
    input: count(usage, "input_tokens"),
    output: count(usage, "output_tokens"),
    cacheRead: count(inputDetails, "cache_read"),
    cacheWrite: count(inputDetails, "cache_creation"),
    reasoning: count(outputDetails, "reasoning"),
    total: count(usage, "total_tokens"),
    cachedApart: reportsCachedApart(message, count(usage, "input_tokens")),
  });
}

/** Sum of two counts, field by field. */
export function addTokenUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  return {
    input: left.input + right.input,
    output: left.output + right.output,
    cacheRead: left.cacheRead + right.cacheRead,
    cacheWrite: left.cacheWrite + right.cacheWrite,
    reasoning: left.reasoning + right.reasoning,
  };
}

/** Several choices (`n`) of one prompt repeat the prompt's one count; a stream has it on its first choice only. */
function promptUsage(choices: unknown): TokenUsage | undefined {
  let best: TokenUsage | undefined;
  for (const choice of items(choices)) {
    const usage = messageTokenUsage(property(choice, "message"));
    if (usage !== undefined && (best === undefined || usage.input + usage.output > best.input + best.output)) {
      best = usage;
    }
  }
  return best;
}

/** What older clients and text models put on `llmOutput`. */
function outputUsage(output: unknown): TokenUsage | undefined {
  const tokenUsage = property(output, "tokenUsage");
  const fromTokenUsage = wholeUsage({
    input: count(tokenUsage, "promptTokens"),
    output: count(tokenUsage, "completionTokens"),
    total: count(tokenUsage, "totalTokens"),
  });
  if (fromTokenUsage !== undefined) return fromTokenUsage;
  const usage = property(output, "usage");
  // Anthropic's `input_tokens` leaves the cached ones out; OpenAI's `prompt_tokens` has them in.
  return wholeUsage({
    input: count(usage, "input_tokens") || count(usage, "prompt_tokens"),
    output: count(usage, "output_tokens") || count(usage, "completion_tokens"),
    cacheRead:
      count(usage, "cache_read_input_tokens") || count(property(usage, "prompt_tokens_details"), "cached_tokens"),
    cacheWrite: count(usage, "cache_creation_input_tokens"),
    reasoning: count(property(usage, "completion_tokens_details"), "reasoning_tokens"),
    cachedApart: property(usage, "cache_read_input_tokens") !== undefined,
  });
}

interface Reported {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
  readonly total?: number;
  /** `input` is known to leave the cached tokens out. */
  readonly cachedApart?: boolean;
}

/**
 * Makes `input` hold the cached and `output` the reasoning tokens, whatever the client reports.
 *
 * Some clients (Bedrock Converse; Gemini for reasoning) report them beside `input` and `output`. It shows in the
 * total, which then is larger by exactly that number, and in parts larger than the whole.
 */
function wholeUsage(reported: Reported): TokenUsage | undefined {
  const { cacheRead = 0, cacheWrite = 0, reasoning = 0, total = 0 } = reported;
  const cached = cacheRead + cacheWrite;
  const missing = total - reported.input - reported.output;
  const addCached =
    reported.cachedApart === true ||
    cached > reported.input ||
    (cached > 0 && (missing === cached || missing === cached + reasoning));
  const addReasoning =
    reasoning > reported.output || (reasoning > 0 && missing - (addCached ? cached : 0) === reasoning);
  const input = reported.input + (addCached ? cached : 0);
  const output = reported.output + (addReasoning ? reasoning : 0);
  if (input === 0 && output === 0) return undefined;
  return { input, output, cacheRead, cacheWrite, reasoning };
}

/** Older `@langchain/anthropic` copied Anthropic's `input_tokens`, which leaves the cached ones out. */
function reportsCachedApart(message: unknown, input: number): boolean {
  const raw = property(property(message, "response_metadata"), "usage");
  return numberProperty(raw, "cache_read_input_tokens") !== undefined && numberProperty(raw, "input_tokens") === input;
}

function count(value: unknown, key: string): number {
  const found = numberProperty(value, key);
  return found === undefined || found < 0 ? 0 : Math.round(found);
}
