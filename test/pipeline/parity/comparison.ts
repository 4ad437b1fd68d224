import { findIndicator } from "../../../src/indicators/catalogue.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../../src/query/metric-source.js";
import { type ComparedAnswer, relativeError } from "./difference-table.js";
import type { ExactAnswers, ExactSample } from "./exact-answers.js";
import type { RecordedApp } from "./recorded-app.js";

type SourceName = keyof Pick<ComparedAnswer, "local" | "prometheus" | "victoriaMetrics">;

/** The answers of all sources for one combination of split values, beside the exact one; undefined: no data. */
export interface Comparison {
  question: IndicatorQuery;
  exact: ExactSample | undefined;
  /** What is exact for a metrics backend, see {@link ExactAnswers.backendAnswer}. */
  exactInBackend: ExactSample | undefined;
  answers: Record<SourceName, Sample | undefined>;
}

/** Counts, sums and rates are added up in another order and stored in another base: of 16 digits, nine must hold. */
const EXACT = 1e-9;

/** SDKs begin at scale 20. Prometheus keeps none above 8; VictoriaMetrics writes bounds with four digits, as fine as 10. */
const FINEST_IN_BACKEND = 8;
const FINEST_IN_SDK = 20;

export async function compare(
  sources: Readonly<Record<SourceName, MetricSource>>,
  exact: ExactAnswers,
  question: IndicatorQuery,
): Promise<Comparison[]> {
  const [local, prometheus, victoriaMetrics] = await Promise.all([
    sources.local.query(question),
    sources.prometheus.query(question),
    sources.victoriaMetrics.query(question),
  ]);
  const expected = exact.answer(question);
  const inBackend = exact.backendAnswer(question);
  const keyOf = ({ labels }: Pick<Sample, "labels">): string =>
    JSON.stringify((question.by ?? []).map((dimension) => labels[dimension] ?? null));
  const found = <S extends Pick<Sample, "labels">>(samples: readonly S[], key: string): S | undefined =>
    samples.find((sample) => keyOf(sample) === key);
  const keys = new Set([...expected, ...inBackend, ...local, ...prometheus, ...victoriaMetrics].map(keyOf));
  // Where nobody has data, that is one agreement.
  return [...(keys.size === 0 ? ["[]"] : keys)].map((key) => ({
    question,
    exact: found(expected, key),
    exactInBackend: found(inBackend, key),
    answers: {
      local: found(local, key),
      prometheus: found(prometheus, key),
      victoriaMetrics: found(victoriaMetrics, key),
    },
  }));
}

/** What is wrong with the answers of the sources, a line each; none: they agree with the exact one. */
export function disagreements(
  { question, exact: exactLocally, exactInBackend, answers }: Comparison,
  apps: readonly RecordedApp[],
): string[] {
  return (Object.entries(answers) as [SourceName, Sample | undefined][]).flatMap(([name, answer]) => {
    const exact = name === "local" ? exactLocally : exactInBackend;
    if (answer === undefined && exact === undefined) return [];
    if (answer !== undefined && exact !== undefined && answer.count === exact.count) {
      const right = isQuantile(question)
        ? isWithinBucket(
            answer.value,
            exact,
            bucketRatio(question, apps, name === "local" ? FINEST_IN_SDK : FINEST_IN_BACKEND),
          )
        : relativeError(answer.value, exact.value) <= EXACT;
      if (right) return [];
    }
    return [`${name}: ${shown(answer)} where ${shown(exact)} is exact, for ${JSON.stringify(question)}`];
  });
}

export const isQuantile = ({ indicator }: IndicatorQuery): boolean =>
  findIndicator(indicator)?.metricQuestion?.ask === "quantile";

const isWithinBucket = (value: number, exact: ExactSample, ratio: number): boolean =>
  value >= exact.value / ratio && value <= (exact.upper ?? exact.value) * ratio;

/** A bucket's upper bound over its lower one, at the coarsest scale of the histograms that the answer is made of. */
function bucketRatio({ indicator, where, atMs }: IndicatorQuery, apps: readonly RecordedApp[], finest: number): number {
  const metric = findIndicator(indicator)?.metricQuestion?.of.metric ?? "";
  const scales = apps
    .filter(({ script }) => script.service === where?.service)
    .map((app) => app.coarsestScale(metric, atMs))
    .filter((scale) => scale !== undefined);
  return 2 ** (2 ** -Math.min(finest, ...scales));
}

/** The line of the table. */
export function tableLine(name: string, { question, exact, answers }: Comparison): ComparedAnswer {
  return {
    case: name,
    indicator: `${question.indicator} ${question.windowS / 60} min`,
    exact: exact?.value,
    local: answers.local?.value,
    prometheus: answers.prometheus?.value,
    victoriaMetrics: answers.victoriaMetrics?.value,
  };
}

const shown = (sample: Pick<Sample, "value" | "count"> | Pick<ExactSample, "value" | "count"> | undefined): string =>
  sample === undefined ? "no data" : `${sample.value} of ${sample.count}`;
