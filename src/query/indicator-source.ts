import { answeringSide, answeringSides } from "./answering-side.js";
import type { IndicatorQuery, Sample } from "./metric-source.js";
import type { RecordSource } from "./record-source.js";
import type { SampleSeries, SeriesQuery, SeriesSource, SeriesTimes } from "./series-source.js";

/** Answers every indicator: from metrics where they can, else from request records. */
export class IndicatorSource implements SeriesSource {
  readonly name: string;

  constructor(
    private readonly metrics: SeriesSource,
    private readonly records: RecordSource,
  ) {
    this.name = metrics.name === records.name ? metrics.name : `${metrics.name} + ${records.name}`;
  }

  /** What neither can answer is refused by both together. */
  partFor(question: Omit<IndicatorQuery, "atMs" | "windowS">): string {
    const [side] = answeringSides(question);
    if (side === undefined) return this.name;
    return side === "metrics" ? this.metrics.name : this.records.name;
  }

  async query(question: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    const side = answeringSide(question, ["metrics", "records"]);
    return (side === "metrics" ? this.metrics : this.records).query(question, signal);
  }

  async querySeries(question: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]> {
    const side = answeringSide(question, ["metrics", "records"]);
    return (side === "metrics" ? this.metrics : this.records).querySeries(question, times, signal);
  }
}
