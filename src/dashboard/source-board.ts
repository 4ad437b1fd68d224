import { setMaxListeners } from "node:events";
import { findIndicator } from "../indicators/catalogue.js";
import { boardFigures } from "../query/board-figures.js";
import { QueryError } from "../query/query-error.js";
import type { SeriesSource } from "../query/series-source.js";
import { failureText, SourceFailure } from "../query/source-failure.js";
import { askSamples, askSeries } from "./api/indicators-view.js";
import { CHART_INDICATORS, chartTimes } from "./board-questions.js";
import { type BoardDetails, type BoardNow, type BoardReader, NoBoard } from "./board-reader.js";

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
    private readonly source: SeriesSource,
    /** The one service that the figures are of; default all. */
    private readonly service?: string,
  ) {
    this.name = source.name;
  }

  async readNow(windowS: number, signal: AbortSignal): Promise<BoardNow> {
    return this.#answered(signal, async (source) => {
      const figures = await boardFigures(source, { windowS, atMs: Date.now(), compare: "hour" });
      return { ...figures, indicators: figures.indicators.filter(({ id }) => inMetrics(id)), source: this.name };
    });
  }

  async readDetails(windowS: number, signal: AbortSignal): Promise<BoardDetails> {
    return this.#answered(signal, async (source) => {
      const atMs = Date.now();
      const { stepS, points: count } = chartTimes(windowS);
      const times = { stepS, count, nowMs: atMs };
      const window = { windowS, atMs, counts: false };
      const [charts, cost_by_model, requests_by_type] = await Promise.all([
        Promise.all(CHART_INDICATORS.map((indicator) => askSeries(source, { indicator, windowS: times.stepS }, times))),
        askSamples(source, { ...window, indicator: "cost.total", by: ["model"] }),
        // As a list it is of request records; metrics have the same split.
        askSamples(source, { ...window, indicator: "requests.count", by: ["type"] }),
      ]);
      return { charts, lists: { cost_by_model, requests_by_type } };
    });
  }

  async #answered<Answer>(signal: AbortSignal, ask: (source: SeriesSource) => Promise<Answer>): Promise<Answer> {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    // Every question of the board listens to it, which is more than Node takes for a leak.
    setMaxListeners(0, stop);
    const where = this.service === undefined ? {} : { service: this.service };
    const source: SeriesSource = {
      name: this.name,
      query: async (question) => (inMetrics(question.indicator) ? this.source.query({ ...question, where }, stop) : []),
      querySeries: (question, times) => this.source.querySeries({ ...question, where }, times, stop),
    };
    try {
      return await ask(source);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof QueryError)) throw error;
      const { trouble } = error instanceof SourceFailure ? error : { trouble: undefined };
      throw new NoBoard(trouble ?? { what: failureText(error), cure: undefined }, error);
    }
  }
}

function inMetrics(id: string): boolean {
  return findIndicator(id)?.metricQuestion !== undefined;
}
