import { CATALOGUE } from "../indicators/catalogue.js";
import type { Indicator } from "../indicators/indicator.js";
import type { MetricSource } from "../query/metric-source.js";
import type { MetricFamily } from "./metric-family.js";

const WINDOW_S = 300;
/** Each answer reads all records of the window: several Prometheus servers that scrape cost as much as one. */
const VALID_MS = 10_000;

/** Texts of queries are no labels: they have no end of values, and they are people's words. */
const RECORD_ONLY = CATALOGUE.filter(
  ({ metricQuestion, recordQuestion }) =>
    metricQuestion === undefined && !(recordQuestion?.ask === "top" && recordQuestion.field === "query"),
);

/** The indicators that only request records can answer, as metrics, so that they reach Grafana too. */
export class RecordFamilies {
  #atMs = Number.NEGATIVE_INFINITY;
  #answer: Promise<MetricFamily[]> = Promise.resolve([]);

  constructor(
    private readonly indicators: MetricSource,
    private readonly nowMs: () => number,
  ) {}

  /** An indicator that cannot be answered now is left out, and counted. */
  families(): Promise<MetricFamily[]> {
    const nowMs = this.nowMs();
    if (Math.abs(nowMs - this.#atMs) >= VALID_MS) {
      this.#atMs = nowMs;
      this.#answer = this.#ask(nowMs);
    }
    return this.#answer;
  }

  async #ask(atMs: number): Promise<MetricFamily[]> {
    const answers = await Promise.allSettled(RECORD_ONLY.map((indicator) => this.#family(indicator, atMs)));
    const families = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    const failed: MetricFamily = {
      name: "chainwatch_server_indicators_failed",
      type: "gauge",
      help: "Indicators that are left out here because they could not be answered.",
      samples: [{ value: answers.length - families.length }],
    };
    return [...families, failed];
  }

  async #family({ id, description }: Indicator, atMs: number): Promise<MetricFamily> {
    const samples = await this.indicators.query({ indicator: id, windowS: WINDOW_S, atMs, by: ["service"] });
    return {
      name: `chainwatch_${id.replaceAll(".", "_")}`,
      type: "gauge",
      help: `${description.en} Over the last ${WINDOW_S} s.`,
      samples,
    };
  }
}
