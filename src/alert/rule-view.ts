import type { Severity, Watched } from "./alert-view.js";
import type { NoDataPolicy, Rule } from "./rule.js";
import type { Threshold } from "./threshold.js";
import { watchedBy } from "./watched.js";

/** A rule as it is evaluated, defaults filled in. Durations in seconds. */
export interface RuleView extends Watched {
  id: string;
  name: { en: string; zh: string };
  /** These three are absent beside an `expr`. */
  where?: Readonly<Record<string, string>>;
  by?: readonly string[];
  window_s?: number;
  unit: string;
  interval_s: number;
  when?: Threshold;
  resolve_when?: Threshold;
  for_s: number;
  keep_firing_for_s: number;
  severity: Severity;
  min_requests: number;
  no_data: NoDataPolicy;
  no_data_for_s: number;
  inhibits: readonly string[];
  receivers: readonly string[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** Why a file is refused that was changed. Times in ISO 8601, UTC. */
export interface RulesFileMistakes {
  /** All of them, a line each. */
  message: string;
  /** The first of them. */
  first: string;
  /** When it was found. */
  at: string;
  /** Since when the file is not what is evaluated. */
  since: string;
}

/** The file that the rules come from. */
export interface RulesFileView {
  path: string;
  /** When the rules that are evaluated were read from it, ISO 8601 in UTC. */
  loaded_at: string;
  /** What is wrong with it now; the rules that were there before are evaluated. */
  error?: RulesFileMistakes;
}

/** The answer of `/api/rules`. */
export interface RulesView {
  rules: RuleView[];
  /** Absent: the default rules alone. */
  file?: RulesFileView;
}

export function ruleView(rule: Rule): RuleView {
  const { question } = rule;
  return {
    id: rule.id,
    name: rule.name,
    ...watchedBy(question),
    ...(question.kind === "indicator" && { where: question.where, by: question.by, window_s: question.windowS }),
    unit: rule.unit,
    interval_s: rule.intervalS,
    ...(rule.when && { when: rule.when }),
    ...(rule.resolveWhen && { resolve_when: rule.resolveWhen }),
    for_s: rule.forS,
    keep_firing_for_s: rule.keepFiringForS,
    severity: rule.severity,
    min_requests: rule.minRequests,
    no_data: rule.noData,
    no_data_for_s: rule.noDataForS,
    inhibits: rule.inhibits,
    receivers: rule.receivers,
    labels: rule.labels,
    annotations: rule.annotations,
  };
}
