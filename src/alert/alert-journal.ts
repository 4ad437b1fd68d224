import type { AlertInstance } from "./alert-instance.js";
import type { Acknowledgement, AlertTransition, NotificationResult, Severity } from "./alert-view.js";
import type { Silence } from "./silence.js";

/** What one evaluation changed. It is written as a whole or not at all. */
export interface EvaluationRecord {
  /** Unix time in milliseconds. */
  atMs: number;
  /** All alerts of each rule that was evaluated, in place of those before. */
  instances: ReadonlyMap<string, readonly AlertInstance[]>;
  transitions: readonly AlertTransition[];
}

/** Which part of the history; what is absent does not matter. */
export interface HistoryFilter {
  rule?: string;
  severity?: Severity;
  /** Of the transition, Unix time in milliseconds; the first inclusive, the second exclusive. */
  fromMs?: number;
  toMs?: number;
  /** Only what is older than the page that gave this as `next`. */
  before?: number;
  limit: number;
}

export interface HistoryPage {
  /** Newest first. */
  transitions: AlertTransition[];
  /** Where the next page begins; absent on the last. */
  next?: number;
}

/** What telling people has to remember, as JSON by key; without a text it is forgotten. */
export interface NotifyRecord {
  /** What became of transitions, by their id. */
  notifications?: ReadonlyMap<string, NotificationResult>;
  /** Groups of alerts, and what each receiver was told about them. */
  groups?: ReadonlyMap<string, string | undefined>;
  /** Messages that have not arrived yet. */
  outbox?: ReadonlyMap<string, string | undefined>;
  /** What became of the newest attempt to tell a receiver, by its name. */
  attempts?: ReadonlyMap<string, string | undefined>;
}

/** What is kept of that. */
export interface NotifyState {
  groups: string[];
  /** In the order in which they were first recorded. */
  outbox: string[];
  /** By the receiver's name. */
  attempts: ReadonlyMap<string, string>;
}

/** Keeps the alerts' state and history, so that both survive a restart. One evaluator at a time. */
export interface AlertJournal {
  /** The state that the newest evaluation left. */
  instances(): Promise<AlertInstance[]>;
  /** Resolves after the commit. A transition whose id is known already is kept as it is. */
  record(evaluation: EvaluationRecord): Promise<void>;
  /** The newest transitions, newest first. */
  history(limit: number): Promise<AlertTransition[]>;
  historyPage(filter: HistoryFilter): Promise<HistoryPage>;
  /** Transitions to firing and resolved that nobody has decided about yet, oldest first. */
  undecided(): Promise<AlertTransition[]>;
  /** All of it or nothing; resolves after the commit. */
  recordNotify(record: NotifyRecord): Promise<void>;
  notifyState(): Promise<NotifyState>;
  /** What became of a transition; undefined when it is undecided or unknown. */
  notification(transitionId: string): Promise<NotificationResult | undefined>;
  /** In place of an earlier one. */
  recordAcknowledgement(transitionId: string, acknowledgement: Acknowledgement): Promise<void>;
  acknowledgement(transitionId: string): Promise<Acknowledgement | undefined>;
  /** All that are kept, in no order. */
  silences(): Promise<Silence[]>;
  /** Adds it, or takes the place of the one with its id. @param atMs Unix time in milliseconds */
  putSilence(silence: Silence, atMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Who evaluates on a journal. */
export interface JournalHolder {
  pid: number;
  host: string;
  /** ISO 8601 in UTC. */
  since: string;
}

/** Another evaluator has the journal; two would send everything twice. */
export class JournalHeldError extends Error {
  override readonly name = "JournalHeldError";

  constructor(
    journal: string,
    readonly holder: JournalHolder | undefined,
  ) {
    const who =
      holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
    super(
      `The alert journal ${journal} is in use by ${who}: one evaluator at a time. Stop that process, or use another data directory`,
    );
  }
}
