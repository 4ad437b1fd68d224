export type Severity = "warning" | "error" | "critical";

export type AlertState = "inactive" | "pending" | "firing" | "resolved";

export type Comparison = ">" | "<" | ">=" | "<=";

/** What a figure is held against: the same figure so long ago, or the release before the newest. */
export type CompareTo = "1h" | "1d" | "1w" | "previous_release";

/** Values of the dimensions that a rule splits by, or the labels of a series that its `expr` gave. */
export type AlertLabels = Readonly<Record<string, string>>;

/** What a rule watches: an indicator of the catalogue, or an expression in PromQL. */
export interface Watched {
  /** Absent beside an `expr`. */
  indicator?: string;
  /** The value is the change against that, in percent. */
  compare_to?: CompareTo;
  expr?: string;
}

/** The condition that is bad; neither beside an `expr` that compares by itself. */
export interface Condition {
  op?: Comparison;
  threshold?: number;
}

/** Why an alert changed its state. */
export type TransitionReason =
  | "condition_true"
  | "condition_held"
  | "condition_false"
  | "below_min_requests"
  | "no_data_expired"
  | "no_data"
  | "rule_removed";

/** What became of telling one receiver. */
export interface ReceiverResult {
  /** `waiting`: for others of its group, or for a receiver that does not take it yet. `failed`: given up. */
  result: "waiting" | "sent" | "failed";
  /** Attempts that failed, so far. */
  failures?: number;
  /** What the newest failed attempt was told. */
  error?: string;
  /** ISO 8601 in UTC. */
  at: string;
}

/** What became of telling people about a transition. */
export interface NotificationResult {
  /**
   * `waiting`: for one receiver or more. `failed`: no receiver took it. `partly_sent`: some did not; `receivers` says
   * which.
   */
  result: "waiting" | "sent" | "partly_sent" | "failed" | "not_sent";
  /** Why it was sent, or not. */
  reason:
    | "firing"
    | "resolved"
    | "inhibited"
    | "no_longer_inhibited"
    | "silenced"
    | "no_longer_silenced"
    | "flapping"
    | "over_before_sent"
    | "firing_was_not_sent"
    | "no_receiver";
  /** The rule whose firing alert inhibits it. */
  inhibited_by?: string;
  /** Id of the silence that keeps it quiet. */
  silenced_by?: string;
  /** By name; absent when it is sent to nobody. */
  receivers?: Record<string, ReceiverResult>;
  /** ISO 8601 in UTC. */
  at: string;
}

/** Somebody has seen a firing alert and takes care of it. It ends with the alert. */
export interface Acknowledgement {
  author: string;
  comment?: string;
  /** ISO 8601 in UTC. */
  at: string;
}

/** One change of state, as the history and `/api/alerts` show it. */
export interface AlertTransition extends Watched, Condition {
  /** The same for the same change on every try: the idempotency key. */
  id: string;
  rule: string;
  name: { en: string; zh: string };
  severity: Severity;
  labels: AlertLabels;
  /** What the rule is narrowed to, when it is. */
  where?: AlertLabels;
  from: AlertState;
  to: AlertState;
  reason: TransitionReason;
  /** In `unit`; absent when there was no data. */
  value?: number;
  /** Of value and threshold; empty where an `expr` gives them. */
  unit: string;
  /** The evaluation that found it, ISO 8601 in UTC. */
  at: string;
  /** When the condition began to hold, ISO 8601 in UTC. */
  since: string;
  /** A trace that shows the trouble, when one is known. */
  trace_id?: string;
  /** Link to that trace on the page. */
  trace_url?: string;
  /** Link to the requests of the window on the page, when the value rests on requests. */
  requests_url?: string;
  /** What else changed about the time that it began, such as a new release; a sentence each. */
  changed?: { en: string; zh: string }[];
  /** The transition that brought the alert to the state that this one ends; absent when that was inactive. */
  previous_id?: string;
  /** The rule's own labels and annotations, when it has any. */
  rule_labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Of transitions to firing and resolved, once it is decided. */
  notification?: NotificationResult;
  /** Of a transition to firing, once somebody did. */
  acknowledged?: Acknowledgement;
}

/**
 * Why an evaluation got nothing to judge by: no sample is a number; a failure of the source; no answer in time; it was
 * not asked, since the clock jumped; what it found could not be recorded. The state is kept.
 */
export const EVALUATION_FAULTS = ["unusable_value", "error", "timeout", "clock_jumped", "not_recorded"] as const;

/** What the newest evaluation got: samples, none at all, or nothing to judge by. */
export type AnswerKind = "data" | "empty" | (typeof EVALUATION_FAULTS)[number];

/** How a rule stands after its newest evaluation. */
export interface RuleStatus extends Watched, Condition {
  id: string;
  name: { en: string; zh: string };
  severity: Severity;
  unit: string;
  /** Absent beside an `expr`, which has its own. */
  window_s?: number;
  interval_s: number;
  /** The worst state among the rule's alerts. */
  state: AlertState;
  /** Absent when there is no data. */
  value?: number;
  /** ISO 8601 in UTC; absent before the first evaluation. */
  evaluated_at?: string;
  /** Absent before the first evaluation. */
  answer?: AnswerKind;
  /** Why the newest evaluation got no answer; the state is kept. */
  error?: string;
  /** Since when there was no answer to judge by, ISO 8601 in UTC; absent while there is one. */
  no_answer_since?: string;
  /** Since when every answer was empty, ISO 8601 in UTC; absent while there is data. */
  no_data_since?: string;
  /** Alerts that go on although their series is no longer in the answer, and since when. */
  vanished?: { labels: AlertLabels; since: string }[];
}

/** An alert that is pending or firing: the transition to that state, with its rule as it is now. */
export interface ActiveAlertView extends AlertTransition {
  /** What the newest evaluation with a value found, in `unit`; absent when none since the transition had one. */
  value_now?: number;
  /** The silence that keeps it from people now. `ends_at`: ISO 8601 in UTC. */
  silenced?: { id: string; author: string; reason: string; ends_at: string };
}

/** How a source of answers does for the rules. */
export interface SourceHealth {
  source: string;
  /** How many rules ask it. */
  rules: number;
  /** Ids of the rules whose newest question it did not answer. */
  without_answer: string[];
  /** Of the rule that waits longest for an answer: since when, ISO 8601 in UTC, and why. */
  failing_since?: string;
  error?: string;
}

/** The answer of `/api/alerts`. */
export interface AlertsView {
  /** ISO 8601, UTC: the newest evaluation; absent before the first. */
  evaluated_at?: string;
  /** Rounds that are over: every rule that was due has been answered or has its error. */
  evaluations: number;
  /** Since start. Missed evaluations are not made up for. */
  schedule?: { late: number; missed: number; clock_jumps: number };
  rules: RuleStatus[];
  /** Pending and firing alerts. */
  active: ActiveAlertView[];
  /** Newest first. */
  history: AlertTransition[];
}
