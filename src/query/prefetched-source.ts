import type { DimensionValues } from "../indicators/dimension.js";
import type { ExprQuery, ExprSample, ExprSeriesSource, ExprSource } from "./expr-source.js";
import type { IndicatorQuery, MetricSource, Sample } from "./metric-source.js";
import type { SeriesQuery, SeriesSource, SeriesTimes } from "./series-source.js";

type Question = Omit<IndicatorQuery, "atMs">;

export interface PrefetchOptions {
  source: SeriesSource;
  exprSource: ExprSeriesSource;
  /** Asked again and again, at whole multiples of `stepMs` or a fixed time before; others are passed on one by one. */
  question: Question | { expr: string };
  stepMs: number;
}

interface Point {
  atMs: number;
  value: number;
  count?: number;
}

/** The answers of a chunk, by their time. */
type Chunk<Labels> = Promise<Map<number, { labels: Labels; value: number; count?: number }[]>>;

/** Times that are asked in one go. Prometheus answers 11,000 at most; fewer keep the reply of a wide split small. */
const CHUNK_TIMES = 500;
/** A rule that compares asks at two times, and a few evaluations ahead may lie in the next chunk. */
const CHUNKS_KEPT = 4;

/** Answers a question at one time after the other from series that hold many times, so that few queries are sent. */
export class PrefetchedSource implements MetricSource, ExprSource {
  readonly name: string;
  readonly #key: string;
  readonly #samples = new Chunks<DimensionValues>();
  readonly #series = new Chunks<ExprSample["labels"]>();

  constructor(private readonly options: PrefetchOptions) {
    this.name = options.source.name;
    this.#key = keyOf(options.question);
  }

  async query({ atMs, ...question }: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    const { source, stepMs } = this.options;
    if (keyOf(question) !== this.#key) return source.query({ ...question, atMs }, signal);
    const asked: SeriesQuery = { ...question, counts: true };
    return this.#samples.at(atMs, stepMs, (times) => source.querySeries(asked, times, signal));
  }

  async queryExpr({ expr, atMs }: ExprQuery, signal?: AbortSignal): Promise<ExprSample[]> {
    const { exprSource, stepMs } = this.options;
    if (keyOf({ expr }) !== this.#key) return exprSource.queryExpr({ expr, atMs }, signal);
    return this.#series.at(atMs, stepMs, (times) => exprSource.queryExprSeries(expr, times, signal));
  }
}

class Chunks<Labels> {
  readonly #known = new Map<number, Chunk<Labels>>();

  async at(
    atMs: number,
    stepMs: number,
    fetch: (times: SeriesTimes) => Promise<{ labels: Labels; points: Point[] }[]>,
  ): Promise<{ labels: Labels; value: number; count?: number }[]> {
    const chunkMs = CHUNK_TIMES * stepMs;
    // A time that lies between the steps is in a chunk with others that lie so.
    const fromMs = Math.floor(atMs / chunkMs) * chunkMs + (atMs % stepMs);
    const chunk = this.#known.get(fromMs) ?? fetch({ fromMs, toMs: fromMs + chunkMs - stepMs, stepMs }).then(byTime);
    if (!this.#known.has(fromMs)) {
      this.#known.set(fromMs, chunk);
      for (const [old] of [...this.#known].slice(0, -CHUNKS_KEPT)) this.#known.delete(old);
    }
    try {
      return (await chunk).get(atMs) ?? [];
    } catch (error) {
      if (this.#known.get(fromMs) === chunk) this.#known.delete(fromMs);
      throw error;
    }
  }
}

function byTime<Labels>(series: { labels: Labels; points: Point[] }[]): Awaited<Chunk<Labels>> {
  const answers: Awaited<Chunk<Labels>> = new Map();
  for (const { labels, points } of series) {
    for (const { atMs, ...point } of points) {
      const answer = answers.get(atMs) ?? [];
      answer.push({ labels, ...point });
      answers.set(atMs, answer);
    }
  }
  return answers;
}

function keyOf(question: Question | { expr: string }): string {
  if ("expr" in question) return JSON.stringify(["expr", question.expr]);
  const { indicator, windowS, by = [], where = {} } = question;
  return JSON.stringify([indicator, windowS, by, Object.entries(where).sort()]);
}
