import type { AppScript, ScriptedCall, ScriptedRequest } from "./app-script.js";
import { costOf } from "./exact-answers.js";

/** Requests that ended in a window, and its length in seconds. */
type RecordAnswer = (
  requests: readonly ScriptedRequest[],
  windowS: number,
) => number | Record<string, number> | undefined;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const chats = ({ calls }: ScriptedRequest): ScriptedCall[] => calls.filter(({ kind }) => kind === "chat");
const seconds = ({ durationMs }: { durationMs: number }): number => durationMs / 1000;
const isRated = ({ outcome }: ScriptedRequest): boolean => ["success", "error", "timeout"].includes(outcome);

function share(outcome: ScriptedRequest["outcome"]): RecordAnswer {
  return (requests) => {
    const rated = requests.filter(isRated);
    return (100 * rated.filter((request) => request.outcome === outcome).length) / rated.length;
  };
}

function nearestRank(q: number): RecordAnswer {
  return (requests) => {
    const ordered = requests
      .filter(isRated)
      .map(seconds)
      .sort((a, b) => a - b);
    return ordered[Math.ceil(q * ordered.length) - 1];
  };
}

function tokens(take: (tokens: NonNullable<ScriptedCall["tokens"]>) => number): RecordAnswer {
  return (requests) => sum(requests.flatMap(({ calls }) => calls.map((call) => (call.tokens ? take(call.tokens) : 0))));
}

function costs(requests: readonly ScriptedRequest[]): number[] {
  return requests
    .map(({ calls }) => calls.map(costOf).filter((cost) => cost !== undefined))
    .filter((priced) => priced.length > 0)
    .map(sum);
}

function frequencies(
  requests: readonly ScriptedRequest[],
  field: "type" | "query",
  most: number,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { [field]: value } of requests) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Of equal counts, in the order of the text.
  const ordered = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return Object.fromEntries(ordered.slice(0, most));
}

/** What request records must answer, by indicator: a request belongs, with all its calls, to the window it ended in. */
export const EXACT_RECORD_ANSWERS: Readonly<Record<string, RecordAnswer>> = {
  "response_time.avg": (requests) => mean(requests.filter(isRated).map(seconds)),
  "response_time.p50": nearestRank(0.5),
  "response_time.p95": nearestRank(0.95),
  "response_time.p99": nearestRank(0.99),
  "requests.count": (requests) => requests.length,
  "requests.rate": (requests, windowS) => requests.length / windowS,
  "requests.rate_peak": (requests) => {
    const counts = new Map<number, number>();
    for (const { startMs, durationMs } of requests) {
      const second = Math.ceil((startMs + durationMs) / 1000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    return Math.max(...counts.values());
  },
  success_rate: share("success"),
  error_rate: share("error"),
  timeout_rate: share("timeout"),
  "llm.calls": (requests) => requests.flatMap(chats).length,
  "llm.time": (requests) => sum(requests.flatMap(chats).map(seconds)),
  "tokens.input": tokens(({ input }) => input),
  "tokens.output": tokens(({ output }) => output),
  "tokens.total": tokens(({ input, output }) => input + output),
  "tokens.cached": tokens(({ cacheRead }) => cacheRead),
  "tokens.reasoning": tokens(({ reasoning }) => reasoning),
  "tokens.per_request": (requests) =>
    mean(requests.map(({ calls }) => sum(calls.map(({ tokens }) => (tokens ? tokens.input + tokens.output : 0))))),
  "cost.total": (requests) => sum(costs(requests)),
  "cost.per_request": (requests) => mean(costs(requests)),
  "users.active": (requests) => new Set(requests.map(({ user }) => user)).size,
  "requests.by_type": (requests) => frequencies(requests, "type", Number.POSITIVE_INFINITY),
  "queries.top": (requests) => frequencies(requests, "query", 10),
};

export function endedIn(scripts: readonly AppScript[], windowS: number, atMs: number): ScriptedRequest[] {
  const fromMs = atMs - windowS * 1000;
  const endMs = ({ startMs, durationMs }: ScriptedRequest): number => startMs + durationMs;
  return scripts.flatMap(({ requests, collectionsMs }) => {
    // What ends after the app's last report is not told any more.
    const untilMs = Math.min(atMs, collectionsMs.at(-1) ?? 0);
    return requests.filter((request) => fromMs < endMs(request) && endMs(request) <= untilMs);
  });
}
