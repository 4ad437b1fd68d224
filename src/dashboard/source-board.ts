import { setMaxListeners } from "node:events";
import { findIndicator } from "../indicators/catalogue.js";
import { boardFigures } from "../query/board-figures.js";
import type { MetricSource } from "../query/metric-source.js";
import { QueryError } from "../query/query-error.js";
import { failureText, SourceFailure } from "../query/source-failure.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";

const TIMEOUT_MS = 10_000;

/**
 * The board straight from a metrics backend, without a Chainwatch server: no alerts, and none of the figures that only
 * request records have.
 */
export class SourceBoard implements BoardReader {
  readonly name: string;
  /** A backend gets new points every 10 s or so, and a board is some forty queries. */
  readonly everyMs = 5_000;

  constructor(
    private readonly source: MetricSource,
    private readonly windowS: number,
    /** The one service that the figures are of; default all. */
    private readonly service?: string,
  ) {
    this.name = source.name;
  }

  async read(signal: AbortSignal): Promise<Board> {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    // Every question of the board listens to it, which is more than Node takes for a leak.
    setMaxListeners(0, stop);
    const where = this.service === undefined ? {} : { service: this.service };
    const inMetrics = (id: string): boolean => findIndicator(id)?.metricQuestion !== undefined;
    const metrics: MetricSource = {
      name: this.name,
      query: async (question) => (inMetrics(question.indicator) ? this.source.query({ ...question, where }, stop) : []),
    };
    try {
      const figures = await boardFigures(metrics, { windowS: this.windowS, atMs: Date.now() });
      return { ...figures, indicators: figures.indicators.filter(({ id }) => inMetrics(id)), source: this.name };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof QueryError)) throw error;
      const { trouble } = error instanceof SourceFailure ? error : { trouble: undefined };
      throw new NoBoard(trouble ?? { what: failureText(error), cure: undefined }, error);
    }
  }
}
