import type { Outcome } from "../../../src/instrument/request.js";
import type { TokenUsage } from "../../../src/instrument/token-usage.js";

/** A model call of a script. Times are milliseconds, the start counted from that of its request. */
export interface ScriptedCall {
  startMs: number;
  durationMs: number;
  kind: "chat" | "embeddings";
  provider: string;
  model: string;
  /** From the call's start, milliseconds: the call streams. */
  firstChunkMs?: number;
  /** Answered by LangChain's cache. */
  cached?: boolean;
  /** None when it fails or is cached. */
  tokens?: TokenUsage;
  fails?: ScriptedFailure;
  /** A further attempt after a failed one. */
  retry?: boolean;
}

export interface ScriptedTool {
  startMs: number;
  durationMs: number;
  name: string;
  fails?: ScriptedFailure;
}

/** How a run that throws ends. */
export type ScriptedFailure = "error" | "timeout" | "cancelled" | "interrupted";

/** A request of a script. What it must come to can be read off it: nothing depends on how fast anything runs. */
export interface ScriptedRequest {
  /** Unix time, milliseconds. */
  startMs: number;
  durationMs: number;
  type: string;
  outcome: Outcome;
  user?: string;
  query?: string;
  calls: ScriptedCall[];
  tools: ScriptedTool[];
  /** Telemetry that is given up at its end. */
  dropped?: { what: string; reason: string; items: number };
  /** Where a fault of Chainwatch's happens at its end. */
  fault?: string;
}

/** One process: what happens in it, and when it reports. Times are Unix milliseconds. */
export interface AppScript {
  service: string;
  release: string;
  requests: ScriptedRequest[];
  /** When it collects its metrics. */
  collectionsMs: number[];
  /** Collections that do not arrive: nobody is there to take them. */
  lostMs?: { fromMs: number; toMs: number };
  /** `histogramBuckets: "explicit"`. */
  explicitBuckets?: boolean;
}

/** US dollars per million tokens, given to every app; the models of other names have no price. */
export const PRICES = {
  "parity-small": { input: 0.15, output: 0.6, cacheRead: 0.075 },
  "parity-large": { input: 2.5, output: 10, cacheRead: 1.25, reasoning: 12 },
  "parity-embed": { input: 0.02, output: 0 },
} as const;

/** Collections from the first to the last time, both included. */
export function every(intervalMs: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / intervalMs) + 1 }, (_, i) => fromMs + i * intervalMs);
}

/** The collections that arrive. */
export function reportsMs({ collectionsMs, lostMs }: AppScript): number[] {
  return collectionsMs.filter((at) => lostMs === undefined || at < lostMs.fromMs || at > lostMs.toMs);
}
