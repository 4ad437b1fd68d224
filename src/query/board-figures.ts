import { CATALOGUE } from "../indicators/catalogue.js";
import type { Indicator } from "../indicators/indicator.js";
import type { BilingualText } from "../indicators/language.js";
import type { MetricSource } from "./metric-source.js";
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

/**
 * Asks for everything a board shows. The questions leave in one go, so a source that shares equal calls reads each
 * instrument once.
 *
 * @throws {QueryError} when the source fails: a board full of holes would look like no data
 */
export async function boardFigures(
  source: MetricSource,
  { windowS, atMs }: { windowS: number; atMs: number },
  signal?: AbortSignal,
): Promise<BoardFigures> {
  const figures = CATALOGUE.filter(({ list }) => !list).map(async ({ id, name, unit, group }): Promise<BoardFigure> => {
    const figure = { id, name, unit, group, count: 0 };
    try {
      const [sample] = await source.query({ indicator: id, windowS, atMs }, signal);
      if (sample === undefined) return figure;
      const { value, count = 0 } = sample;
      return { ...figure, value, count };
    } catch (error) {
      if (error instanceof QueryError && error.reason === "invalid_question")
        return { ...figure, error: error.message };
      throw error;
    }
  });
  return { window_s: windowS, at: new Date(atMs).toISOString(), indicators: await Promise.all(figures) };
}
