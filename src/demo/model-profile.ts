/** How one of the demo's models behaves. */
export interface ModelProfile {
  /** Seconds from the request to the whole answer: drawn evenly from this range. */
  latencyS: readonly [min: number, max: number];
  /** Tokens a prompt may have; a longer one is refused as OpenAI refuses it. */
  contextTokens: number;
  /** A reasoning model thinks in tokens that are counted and not shown. */
  reasons?: true;
}

const PROFILES: Readonly<Record<string, ModelProfile>> = {
  "gpt-4o-mini": { latencyS: [0.3, 0.8], contextTokens: 128_000 },
  "gpt-4o": { latencyS: [0.5, 1.4], contextTokens: 128_000 },
  "o4-mini": { latencyS: [1.2, 2.8], contextTokens: 200_000, reasons: true },
  "demo-small": { latencyS: [0.2, 0.5], contextTokens: 1_024 },
  "demo-large": { latencyS: [0.6, 1.6], contextTokens: 32_000 },
};

const ANY_OTHER: ModelProfile = { latencyS: [0.3, 0.8], contextTokens: 128_000 };

export function modelProfile(model: string): ModelProfile {
  return PROFILES[model] ?? ANY_OTHER;
}
