import { answeringSide } from "./answering-side.js";
import type { IndicatorQuery, MetricSource, Sample } from "./metric-source.js";
import type { RecordSource } from "./record-source.js";

/** Answers every indicator: from metrics where they can, else from request records. */
export class IndicatorSource implements MetricSource {
  readonly name: string;

  constructor(
    private readonly metrics: MetricSource,
    private readonly records: RecordSource,
  ) {
    this.name = metrics.name === records.name ? metrics.name : `${metrics.name} + ${records.name}`;
  }

  async query(question: IndicatorQuery, signal?: AbortSignal): Promise<Sample[]> {
    const side = answeringSide(question, ["metrics", "records"]);
    return (side === "metrics" ? this.metrics : this.records).query(question, signal);
  }
}
