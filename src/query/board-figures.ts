import { CATALOGUE } from "../indicators/catalogue.js";
import type { Indicator } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { IndicatorQuery, MetricSource } from "./metric-source.js";
import { QueryError } from "./query-error.js";

/** One figure of the board. */
export interface BoardFigure {
  id: string;
  name: BilingualText;
  unit: Indicator["unit"];
  group: Indicator["group"];
  /** Absent: no data, which is not zero. */
  value?: number;
  /** How many events the value rests on. */
  count: number;
  /** The value over the window that ended an hour earlier; absent: no data then, or nobody asked. */
  before?: number;
  /** Why this figure cannot be had over this window, e.g. too many requests to read. */
  error?: string;
}

/** Every indicator that is one figure, over one window: the answer of `/api/indicators`. */
export interface BoardFigures {
  window_s: number;
  /** End of the window, ISO 8601 in UTC. */
  at: string;
  indicators: BoardFigure[];
}

export interface BoardQuestion {
  windowS: number;
  /** End of the window, Unix time in milliseconds. */
  atMs: number;
  /** Each figure with its value an hour earlier. */
  compare?: "hour" | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * Asks for everything a board shows. The questions leave in one go, so a source that shares equal calls reads each
 * instrument once.
 *
 * @throws {QueryError} when the source fails: a board full of holes would look like no data
 */
export async function boardFigures(
  source: MetricSource,
  { windowS, atMs, compare }: BoardQuestion,
  signal?: AbortSignal,
): Promise<BoardFigures> {
  const ask = async (question: IndicatorQuery): Promise<Pick<BoardFigure, "value" | "count" | "error">> => {
    try {
      const [sample] = await source.query(question, signal);
      return sample === undefined ? { count: 0 } : { value: sample.value, count: sample.count ?? 0 };
    } catch (error) {
      if (error instanceof QueryError && error.reason === "invalid_question") return { count: 0, error: error.message };
      throw error;
    }
  };
  const figures = CATALOGUE.filter(({ list }) => !list).map(async ({ id, name, unit, group }): Promise<BoardFigure> => {
    const question = { indicator: id, windowS };
    const [now, earlier] = await Promise.all([
      ask({ ...question, atMs }),
      compare === "hour" ? ask({ ...question, atMs: atMs - HOUR_MS, counts: false }) : undefined,
    ]);
    return { id, name, unit, group, ...now, ...(earlier?.value !== undefined && { before: earlier.value }) };
  });
  return { window_s: windowS, at: new Date(atMs).toISOString(), indicators: await Promise.all(figures) };
}
