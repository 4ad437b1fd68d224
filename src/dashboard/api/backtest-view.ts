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
  /**
   * In the rule's unit, one for each evaluation; null: no data, or too few requests to judge by. Of several hundred
   * series, one that came near to firing late has none of before.
   */
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
/** Series whose values are kept, with twice as many for a while: one for each user would fill the memory. */
const MOST_KEPT = 200;

interface KeptSeries {
  labels: AlertLabels;
  /** Index of the evaluation, and the value. */
  values: [number, number][];
  /** How near it came to firing; the largest is the nearest. */
  nearest: number;
}

/** The answers of a backtest of one rule, as they come. */
export class BacktestAnswers {
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #kept = new Map<string, KeptSeries>();
  readonly #seen = new Set<string>();
  readonly #isWorseBelow: boolean;
  /** What is not nearer is not kept. */
  #leastNear = Number.NEGATIVE_INFINITY;
  #tooFew = 0;

  /** @param timesMs of the evaluations, Unix times in milliseconds */
  constructor(
    private readonly rule: Rule,
    private readonly timesMs: readonly number[],
  ) {
    this.#indexOf = new Map(timesMs.map((atMs, index) => [atMs, index]));
    this.#isWorseBelow = rule.when?.op.startsWith("<") ?? false;
  }

  add(samples: readonly RuleSample[], atMs: number): void {
    const index = this.#indexOf.get(atMs);
    if (index === undefined) return;
    const usable = samples.filter(({ count = Number.POSITIVE_INFINITY }) => count >= this.rule.minRequests);
    if (usable.length < samples.length) this.#tooFew++;
    for (const { labels, value } of usable) {
      if (!Number.isFinite(value)) continue;
      const key = labelsKey(labels);
      this.#seen.add(key);
      const near = this.#isWorseBelow ? -value : value;
      let series = this.#kept.get(key);
      if (series === undefined) {
        if (near <= this.#leastNear) continue;
        series = { labels, values: [], nearest: near };
        this.#kept.set(key, series);
      }
      series.values.push([index, value]);
      series.nearest = Math.max(series.nearest, near);
      if (this.#kept.size > 2 * MOST_KEPT) this.#forgetFarthest();
    }
  }

  #forgetFarthest(): void {
    const farthest = this.#nearestFirst().slice(MOST_KEPT);
    this.#leastNear = farthest[0]?.[1].nearest ?? this.#leastNear;
    for (const [key] of farthest) this.#kept.delete(key);
  }

  #nearestFirst(): [string, KeptSeries][] {
    return [...this.#kept].sort(([, a], [, b]) => b.nearest - a.nearest);
  }

  view(result: RuleBacktest, odd: string[], stepS: number): BacktestView {
    const { rule, timesMs } = this;
    const [firstMs = 0, lastMs = firstMs] = [timesMs[0], timesMs.at(-1)];
    const series = this.#nearestFirst()
      .slice(0, MOST_SERIES)
      .map(([, { labels, values }]): BacktestSeriesView => {
        const valueAt = new Map(values);
        return { labels, values: timesMs.map((_, index) => valueAt.get(index) ?? null) };
      });
    return {
      ...backtestResultView(result, Math.max(stepS, (lastMs - firstMs) / 1000)),
      rule: ruleView(rule),
      yaml: ruleText(rule),
      odd,
      from: new Date(firstMs).toISOString(),
      to: new Date(lastMs).toISOString(),
      step_s: stepS,
      too_few: this.#tooFew,
      series,
      series_left_out: this.#seen.size - series.length,
    };
  }
}
