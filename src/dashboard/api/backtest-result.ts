import type { AlertLabels, TransitionReason } from "../../alert/alert-view.js";
import type { BacktestFiring, RuleBacktest } from "../../alert/backtest.js";
import type { BilingualText } from "../../indicators/language.js";

/** One time that the rule would have fired. */
export interface BacktestFiringView {
  labels: AlertLabels;
  /** ISO 8601 in UTC. */
  from: string;
  /** ISO 8601 in UTC; absent: it was firing still at the end. */
  to?: string;
  /** Until the end of the backtest at most. */
  duration_s: number;
  reason: TransitionReason;
  /** In the rule's unit; absent without data. */
  value?: number;
  end_reason?: TransitionReason;
}

/** What a rule would have done. */
export interface BacktestResultView {
  /** Of the rule. */
  id: string;
  evaluations: number;
  /** Evaluations whose answer held no sample. */
  without_data: number;
  /** Evaluations that failed; they kept the state. */
  failed: number;
  /** The newest of those. */
  error?: BilingualText;
  fired: number;
  fired_a_day: number;
  /** All firings together. */
  firing_s: number;
  longest_s: number;
  /** Oldest first. */
  firings: BacktestFiringView[];
}

const DAY_S = 86_400;

/** @param lengthS of the time that was tried, seconds */
export function backtestResultView(
  { rule, evaluations, withoutData, failed, error, firings }: RuleBacktest,
  lengthS: number,
): BacktestResultView {
  const durations = firings.map(({ durationS }) => durationS);
  return {
    id: rule.id,
    evaluations,
    without_data: withoutData,
    failed,
    ...(error !== undefined && { error }),
    fired: firings.length,
    fired_a_day: (firings.length * DAY_S) / lengthS,
    firing_s: durations.reduce((sum, duration) => sum + duration, 0),
    longest_s: durations.reduce((longest, duration) => Math.max(longest, duration), 0),
    firings: firings.map(firingView),
  };
}

function firingView({ began, ended, durationS }: BacktestFiring): BacktestFiringView {
  return {
    labels: began.labels,
    from: began.at,
    ...(ended !== undefined && { to: ended.at }),
    duration_s: durationS,
    reason: began.reason,
    ...(began.value !== undefined && { value: began.value }),
    ...(ended !== undefined && { end_reason: ended.reason }),
  };
}
