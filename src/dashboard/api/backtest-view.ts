import type { AlertLabels } from "../../alert/alert-view.js";
import type { RuleBacktest } from "../../alert/backtest.js";
import { labelsKey, type Rule } from "../../alert/rule.js";
import type { RuleSample } from "../../alert/rule-sample.js";
import { ruleText } from "../../alert/rule-text.js";
import { type RuleView, ruleView } from "../../alert/rule-view.js";
import { type BacktestResultView, backtestResultView } from "./backtest-result.js";

/** What the rule looked at, for one combination of labels. */
export interface BacktestSeriesView {
  labels: AlertLabels;
  /** In the rule's unit, one for each evaluation; null: no data, or too few requests to judge by. */
  values: (number | null)[];
}

/** The answer of `POST /api/rules/:id/backtest`. */
export interface BacktestView extends BacktestResultView {
  /** The rule as it was tried. */
  rule: RuleView;
  /** The same as a rules file. */
  yaml: string;
  /** What is odd about it, and works. */
  odd: string[];
  /** The first and the last evaluation, ISO 8601 in UTC. */
  from: string;
  to: string;
  /** Between two evaluations: the rule's interval, or longer where there would have been too many. */
  step_s: number;
  /** Answers that rest on fewer requests than the rule wants. */
  too_few: number;
  /** The ones that came nearest to firing first. */
  series: BacktestSeriesView[];
  /** How many more there are. */
  series_left_out: number;
}

/** As many lines as a chart can show apart. */
const MOST_SERIES = 8;

/** The answers of a backtest of one rule, as they come. */
export class BacktestAnswers {
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #series = new Map<string, BacktestSeriesView>();
  #tooFew = 0;

  /** @param timesMs of the evaluations, Unix times in milliseconds */
  constructor(
    private readonly rule: Rule,
    private readonly timesMs: readonly number[],
  ) {
    this.#indexOf = new Map(timesMs.map((atMs, index) => [atMs, index]));
  }

  add(samples: readonly RuleSample[], atMs: number): void {
    const index = this.#indexOf.get(atMs);
    if (index === undefined) return;
    const usable = samples.filter(({ count = Number.POSITIVE_INFINITY }) => count >= this.rule.minRequests);
    if (usable.length < samples.length) this.#tooFew++;
    for (const { labels, value } of usable) {
      if (!Number.isFinite(value)) continue;
      const key = labelsKey(labels);
      const series = this.#series.get(key) ?? { labels, values: this.timesMs.map(() => null) };
      this.#series.set(key, series);
      series.values[index] = value;
    }
  }

  view(result: RuleBacktest, odd: string[], stepS: number): BacktestView {
    const { rule, timesMs } = this;
    const [firstMs = 0, lastMs = firstMs] = [timesMs[0], timesMs.at(-1)];
    const isWorseBelow = rule.when?.op.startsWith("<") ?? false;
    const worst = ({ values }: BacktestSeriesView): number =>
      values.reduce<number>(
        (most, value) => Math.max(most, value === null ? -Infinity : isWorseBelow ? -value : value),
        -Infinity,
      );
    const series = [...this.#series.values()].sort((a, b) => worst(b) - worst(a));
    return {
      ...backtestResultView(result, Math.max(stepS, (lastMs - firstMs) / 1000)),
      rule: ruleView(rule),
      yaml: ruleText(rule),
      odd,
      from: new Date(firstMs).toISOString(),
      to: new Date(lastMs).toISOString(),
      step_s: stepS,
      too_few: this.#tooFew,
      series: series.slice(0, MOST_SERIES),
      series_left_out: Math.max(0, series.length - MOST_SERIES),
    };
  }
}
