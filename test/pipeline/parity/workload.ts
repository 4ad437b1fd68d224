import { type RandomSource, seededRandom } from "../../../src/demo/seeded-random.js";
import type { TokenUsage } from "../../../src/instrument/token-usage.js";
import { type AppScript, every, type ScriptedCall, type ScriptedRequest, type ScriptedTool } from "./app-script.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long the streams last. */
export const STREAM_MS = 40 * MINUTE;
export const REPORT_INTERVAL_MS = 10 * SECOND;

/** Durations, seconds. */
type Durations = (random: RandomSource) => number;

/**
 * A smooth latency with a long tail (log-logistic), a fresh one at each call. The shares come in the order of a golden
 * ratio, so that they fill every window evenly: what differs then is the estimate and not the luck of the draw.
 */
export function smoothLatency(medianS: number): Durations {
  let drawn = 0;
  return () => {
    drawn += 1;
    const share = 0.001 + 0.998 * ((drawn * 0.6180339887498949) % 1);
    return medianS * (share / (1 - share)) ** (1 / 3.2);
  };
}

interface Kind {
  type: string;
  share: number;
  latency: Durations;
  body: (durationMs: number, random: RandomSource) => Pick<ScriptedRequest, "calls" | "tools">;
}

const pick = <T>(values: readonly T[], random: RandomSource): T => values[Math.floor(random() * values.length)] as T;
const whole = (from: number, to: number, random: RandomSource): number => Math.floor(from + random() * (to - from));

function tokens(random: RandomSource): TokenUsage {
  const input = whole(50, 3000, random);
  const output = whole(20, 800, random);
  return {
    input,
    output,
    cacheRead: random() < 0.3 ? whole(0, input, random) : 0,
    cacheWrite: 0,
    reasoning: random() < 0.2 ? whole(0, output, random) : 0,
  };
}

const MODELS: readonly Pick<ScriptedCall, "provider" | "model">[] = [
  { provider: "openai", model: "parity-small" },
  { provider: "openai", model: "parity-large" },
  { provider: "anthropic", model: "parity-unpriced" },
];

/** A streamed call that takes the time given; now and then its first attempt fails. */
function modelCalls(startMs: number, durationMs: number, random: RandomSource): ScriptedCall[] {
  const of = { kind: "chat" as const, ...pick(MODELS, random) };
  const answer = { ...of, tokens: tokens(random) };
  if (random() > 0.03) {
    return [{ ...answer, startMs, durationMs, firstChunkMs: Math.round(durationMs / 4) }];
  }
  const failedMs = Math.round(durationMs / 3);
  return [
    { ...of, startMs, durationMs: failedMs, fails: "error" },
    { ...answer, startMs: startMs + failedMs, durationMs: durationMs - failedMs, retry: true },
  ];
}

const KINDS: readonly Kind[] = [
  {
    type: "chat",
    share: 0.6,
    latency: smoothLatency(1.6),
    body: (durationMs, random) => ({ calls: modelCalls(0, durationMs, random), tools: [] }),
  },
  {
    type: "search",
    share: 0.25,
    latency: smoothLatency(2.2),
    body: (durationMs, random) => {
      const embedMs = Math.round(durationMs / 10);
      const embedding = { kind: "embeddings", provider: "openai", model: "parity-embed" } as const;
      const usage = { input: whole(5, 200, random), output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
      return {
        calls: [
          { ...embedding, startMs: 0, durationMs: embedMs, tokens: usage },
          ...modelCalls(embedMs, durationMs - embedMs, random),
        ],
        tools: [],
      };
    },
  },
  {
    type: "agent",
    share: 0.15,
    latency: smoothLatency(4),
    body: (durationMs, random) => {
      const third = Math.floor(durationMs / 3);
      const name = pick(["weather", "calculator"], random);
      const tool: ScriptedTool = { name, startMs: third, durationMs: third };
      if (random() < 0.1) tool.fails = pick(["error", "error", "cancelled"], random);
      return {
        calls: [...modelCalls(0, third, random), ...modelCalls(2 * third, durationMs - 2 * third, random)],
        tools: [tool],
      };
    },
  },
];

/** Thousands of requests of an app: types, models, outcomes, tools, retries, a model without a price. */
export function busyApp(service: string, release: string, fromMs: number, perSecond: number, seed: number): AppScript {
  const random = seededRandom(seed);
  const toMs = fromMs + STREAM_MS;
  const requests: ScriptedRequest[] = [];
  for (let startMs = fromMs + 500; startMs < toMs; startMs += Math.round((0.5 + random()) * (1000 / perSecond))) {
    const kind = kindFor(random());
    const durationMs = Math.round(kind.latency(random) * SECOND);
    const request: ScriptedRequest = {
      startMs,
      durationMs,
      type: kind.type,
      outcome: "success",
      user: `user_${whole(1, 80, random)}`,
      query: `question ${whole(1, 30, random)}`,
      ...kind.body(durationMs, random),
    };
    fail(request, random());
    lose(request, random());
    requests.push(request);
  }
  return { service, release, requests, collectionsMs: every(REPORT_INTERVAL_MS, fromMs + REPORT_INTERVAL_MS, toMs) };
}

function kindFor(share: number): Kind {
  let passed = 0;
  for (const kind of KINDS) {
    passed += kind.share;
    if (share < passed) return kind;
  }
  return KINDS[0] as Kind;
}

/** Lets some telemetry be given up, and some faults happen. */
function lose(request: ScriptedRequest, luck: number): void {
  if (luck < 0.01) request.dropped = { what: "span", reason: "queue_full", items: 1 + Math.floor(luck * 2000) };
  else if (luck < 0.015) request.dropped = { what: "record", reason: "backend_gone", items: 1 };
  else if (luck < 0.02) request.fault = "handleLLMEnd";
}

/** Lets some requests end in another way; the last model call with them. */
function fail(request: ScriptedRequest, luck: number): void {
  const outcomes = [
    ["error", 0.04],
    ["timeout", 0.06],
    ["cancelled", 0.075],
    ["interrupted", 0.08],
    ["abandoned", 0.085],
  ] as const;
  const outcome = outcomes.find(([, upTo]) => luck < upTo)?.[0];
  if (outcome === undefined) return;
  request.outcome = outcome;
  const last = request.calls.at(-1);
  if (last === undefined || outcome === "interrupted" || outcome === "abandoned") return;
  last.fails = outcome;
  delete last.tokens;
}

/** An app with one kind of request, whose latencies are what the case is about. */
export function latencyCase(
  service: string,
  fromMs: number,
  perSecond: number,
  latency: (atMs: number, random: RandomSource) => { seconds: number; cached?: boolean },
  explicitBuckets = false,
): AppScript {
  const random = seededRandom(service.length);
  const toMs = fromMs + STREAM_MS;
  const requests: ScriptedRequest[] = [];
  for (let startMs = fromMs + 500; startMs < toMs; startMs += Math.round(1000 / perSecond)) {
    const { seconds, cached = false } = latency(startMs - fromMs, random);
    const durationMs = Math.round(seconds * SECOND);
    const call: ScriptedCall = {
      startMs: 0,
      durationMs,
      kind: "chat",
      provider: "openai",
      model: "parity-small",
      ...(cached ? { cached } : { tokens: tokens(random), firstChunkMs: Math.round(durationMs / 4) }),
    };
    requests.push({ startMs, durationMs, type: "chat", outcome: "success", calls: [call], tools: [] });
  }
  return {
    service,
    release: "1.0",
    requests,
    collectionsMs: every(REPORT_INTERVAL_MS, fromMs + REPORT_INTERVAL_MS, toMs),
    explicitBuckets,
  };
}
