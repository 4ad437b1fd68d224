import { findIndicator } from "../../../src/indicators/catalogue.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../../src/query/metric-source.js";
import type { ComparedAnswer } from "./difference-table.js";
import { relativeError } from "./difference-table.js";
import type { ExactAnswers, ExactSample } from "./exact-answers.js";
import type { RecordedApp } from "./recorded-app.js";

type SourceName = keyof Pick<ComparedAnswer, "local" | "prometheus" | "victoriaMetrics">;

/** The answers of all sources for one combination of split values, beside the exact one; undefined: no data. */
export interface Comparison {
  question: IndicatorQuery;
  exact: ExactSample | undefined;
  answers: Record<SourceName, Sample | undefined>;
}

/** Counts, sums and rates are added up in another order and stored in another base: of 16 digits, nine must hold. */
const EXACT = 1e-9;

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
  const keyOf = ({ labels }: Pick<Sample, "labels">): string =>
    JSON.stringify((question.by ?? []).map((dimension) => labels[dimension] ?? null));
  const found = <S extends Pick<Sample, "labels">>(samples: readonly S[], key: string): S | undefined =>
    samples.find((sample) => keyOf(sample) === key);
  const keys = new Set([...expected, ...local, ...prometheus, ...victoriaMetrics].map(keyOf));
  // Where nobody has data, that is one agreement.
  return [...(keys.size === 0 ? ["[]"] : keys)].map((key) => ({
    question,
    exact: found(expected, key),
    answers: {
      local: found(local, key),
      prometheus: found(prometheus, key),
      victoriaMetrics: found(victoriaMetrics, key),
    },
  }));
}

/** What is wrong with the answers of some sources, a line each; none: they agree with the exact one. */
export function disagreements(
  { question, exact, answers }: Comparison,
  apps: readonly RecordedApp[],
  names: readonly SourceName[] = ["local", "prometheus", "victoriaMetrics"],
): string[] {
  const isRight = isQuantile(question)
    ? withinBucket(exact, bucketRatio(question, apps))
    : (value: number) => relativeError(value, exact?.value) <= EXACT;
  return names.flatMap((name) => {
    const answer = answers[name];
    if (answer === undefined && exact === undefined) return [];
    const isCount = answer?.count === exact?.count;
    if (answer !== undefined && exact !== undefined && isRight(answer.value) && isCount) return [];
    return [`${name}: ${shown(answer)} where ${shown(exact)} is exact, for ${JSON.stringify(question)}`];
  });
}

export const isQuantile = ({ indicator }: IndicatorQuery): boolean =>
  findIndicator(indicator)?.metricQuestion?.ask === "quantile";

const withinBucket = (exact: ExactSample | undefined, ratio: number) => (value: number) =>
  exact !== undefined && value >= exact.value / ratio && value <= (exact.upper ?? exact.value) * ratio;

/** A bucket's upper bound over its lower one, at the coarsest scale of the histograms that the answer is made of. */
function bucketRatio({ indicator, where, atMs }: IndicatorQuery, apps: readonly RecordedApp[]): number {
  const metric = findIndicator(indicator)?.metricQuestion?.of.metric ?? "";
  const scales = apps
    .filter(({ script }) => script.service === where?.service)
    .map((app) => app.coarsestScale(metric, atMs))
    .filter((scale) => scale !== undefined);
  return 2 ** (2 ** -Math.min(...scales));
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

const shown = (sample: Pick<ExactSample, "value" | "count"> | undefined): string =>
  sample === undefined ? "no data" : `${sample.value} of ${sample.count}`;
