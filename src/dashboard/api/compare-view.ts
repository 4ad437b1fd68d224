import { LONGEST_WINDOW_S } from "../../query/query-window.js";
import { type ComparedFigure, compareRequests } from "../../query/record-comparison.js";
import type { RequestRecord } from "../../store/request-record.js";
import type {
  ComparedRequests,
  ComparedRequestsQuery,
  SeenVersion,
  TelemetryStore,
  VersionKind,
} from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";
import type { QueryParameters } from "./query-parameters.js";

/** One side of a comparison. */
export interface ComparedSide {
  /** A release, or a prompt as `name@version`. */
  version: string;
  /** Requests of it that ended in the time, whatever their outcome: those that the figures are of. */
  requests: number;
  /** How many more there are, all older: so many are not read. */
  left_out: number;
  /** The five worst of all: those that failed, then the others, the slowest first. */
  worst: RequestRecord[];
}

/** The answer of `/api/compare`. */
export interface CompareView {
  by: VersionKind;
  /** Requests that ended after `from`, up to `to`; ISO 8601 in UTC. */
  from: string;
  to: string;
  a: ComparedSide;
  b: ComparedSide;
  figures: ComparedFigure[];
}

/** The answer of `/api/compare/choices`: what can be compared, the newest first. */
export interface CompareChoicesView {
  by: VersionKind;
  choices: SeenVersion[];
}

/** The answer of `/api/releases`, the newest first. */
export interface ReleasesView {
  releases: { service: string; release: string; first_seen: string; last_seen: string; requests: number }[];
}

type Store = Pick<TelemetryStore, "compared" | "versions">;

const KINDS: readonly VersionKind[] = ["release", "prompt"];
const WORST = 5;
/** Of each side, the newest: the intervals of so many are narrow, and more would only take longer. */
const MOST_REQUESTS = 200_000;
const DAY_MS = 86_400_000;

/**
 * Two releases or prompt versions in figures, from request records. A request that used two prompts counts for both.
 * Without `from`, a day; without `to`, until now.
 *
 * @throws {ApiError} 400
 */
export async function compareView(store: Store, query: QueryParameters, nowMs: number): Promise<CompareView> {
  const by = required(query.oneOf("by", KINDS), "by", KINDS.join(" or "));
  const [a, b] = (["a", "b"] as const).map((name) => required(query.text(name), name, `a ${by}`)) as [string, string];
  const toMs = query.timeMs("to") ?? nowMs;
  const fromMs = query.timeMs("from") ?? toMs - DAY_MS;
  const where: Pick<ComparedRequestsQuery, "service" | "environment" | "type"> = {};
  for (const name of ["service", "environment", "type"] as const) {
    const value = query.text(`where.${name}`);
    if (value !== undefined) where[name] = value;
  }
  query.end();
  if (a === b) throw new ApiError(400, `expected two different ${by}s, found ${JSON.stringify(a)} twice`);
  if (fromMs >= toMs) throw new ApiError(400, "expected from before to");
  if (toMs - fromMs > LONGEST_WINDOW_S * 1000) {
    throw new ApiError(400, `expected at most ${LONGEST_WINDOW_S / 86_400} days from from to to`);
  }

  const ended = { fromUs: fromMs * 1000, toUs: toMs * 1000 };
  const asked = { by, ended, ...where, most: MOST_REQUESTS, worst: WORST };
  const [first, second] = await Promise.all([a, b].map((version) => store.compared({ ...asked, version })));
  if (first === undefined || second === undefined) throw new Error("two versions have two answers");
  return {
    by,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    a: side(a, first),
    b: side(b, second),
    figures: await compareRequests(first.outcomes, second.outcomes),
  };
}

/** @throws {ApiError} 400 */
export async function compareChoicesView(store: Store, query: QueryParameters): Promise<CompareChoicesView> {
  const by = required(query.oneOf("by", KINDS), "by", KINDS.join(" or "));
  const service = query.text("where.service");
  query.end();
  return { by, choices: await store.versions({ kind: by, ...(service !== undefined && { service }) }) };
}

/** The releases of which a request began in the time, with all that is kept of them. */
export async function releasesView(store: Store, query: QueryParameters): Promise<ReleasesView> {
  const fromMs = query.timeMs("from");
  const toMs = query.timeMs("to");
  const service = query.text("where.service");
  query.end();
  const seen = await store.versions({
    kind: "release",
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    ...(service !== undefined && { service }),
  });
  return { releases: seen.map(({ version, ...rest }) => ({ release: version, ...rest })) };
}

function required<T extends string>(value: T | undefined, name: string, expected: string): T {
  if (value !== undefined) return value;
  throw new ApiError(400, `parameter ${JSON.stringify(name)}: expected ${expected}, found nothing`, { expected });
}

const side = (version: string, { outcomes, leftOut, worst }: ComparedRequests): ComparedSide => ({
  version,
  requests: outcomes.reduce((sum, { requests }) => sum + requests, 0),
  left_out: leftOut,
  worst,
});
