import { createNoopMeter, type Meter } from "@opentelemetry/api";
import { answerInTime } from "../query/answer-in-time.js";
import type { ExprSource } from "../query/expr-source.js";
import type { MetricSource } from "../query/metric-source.js";
import { QueryError } from "../query/query-error.js";
import type { ActiveAlert, AlertInstance } from "./alert-instance.js";
import type { AlertJournal } from "./alert-journal.js";
import type {
  Acknowledgement,
  ActiveAlertView,
  AlertsView,
  AlertTransition,
  AnswerKind,
  SourceHealth,
} from "./alert-view.js";
import { AnswerReport, type FaultOf } from "./answer-report.js";
import type { ChangeFinder } from "./change-finder.js";
import { type Clock, systemClock } from "./clock.js";
import { ClockWatch } from "./clock-watch.js";
import { formatDuration } from "./duration.js";
import { type Answer, type Evaluation, endOfRemoved, evaluateRule } from "./evaluate.js";
import { EvaluatorMetrics } from "./evaluator-metrics.js";
import type { ExampleTrace } from "./example-trace.js";
import { QuestionAsker } from "./question-asker.js";
import { requestsLink } from "./requests-link.js";
import { questionKey, type Rule, subjectKey, windowOf } from "./rule.js";
import { asRuleIsNow } from "./rule-facts.js";
import { noAnswerSince, noDataSince, ruleStatus, type Standing } from "./rule-status.js";
import { Schedule } from "./schedule.js";
import { watchedBy, watchedText } from "./watched.js";

export interface EvaluatorOptions {
  /** `replaceRules` changes them. */
  rules: readonly Rule[];
  source: MetricSource;
  /** Asked by rules with an `expr`; without it they get an error. */
  exprSource?: ExprSource;
  /** Stays the caller's: `stop()` does not close it. */
  journal: AlertJournal;
  /**
   * Gets the transitions once they are in the journal, in order, one call after the other; after a restart also those
   * about which nothing was decided before. `active` is what was pending or firing then. Without transitions it is
   * about `active` alone: what kept an alert from people may be over, or what fires was found to fire on.
   */
  onTransitions(transitions: readonly AlertTransition[], active: readonly ActiveAlert[]): void | Promise<void>;
  /** Asked for every transition to firing. */
  exampleTrace?: ExampleTrace;
  /** Likewise. */
  changes?: Pick<ChangeFinder, "releases" | "before">;
  /** Begins the links to the page, e.g. `http://127.0.0.1:4318`; absent where there is no page. */
  externalUrl?: string;
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
  clock?: Clock;
  /** Seconds until a question is given up; default 10, and where the interval is longer, shortly before the rule is due again. */
  queryTimeoutS?: number;
  /** Of the evaluator's own instruments. */
  meter?: Meter;
}

const QUERY_TIMEOUT_S = 10;
/** Of an interval: sources limit each query that they send, and of many questions the last wait in their queues. */
const WAITED_SHARE = 0.9;
const EXAMPLE_TIMEOUT_MS = 2000;
const CHANGES_TIMEOUT_MS = 1000;
const HISTORY_SHOWN = 100;
/** Node's timers reach no further than 24 days, and without rules nothing is ever due. */
const LONGEST_WAIT_MS = 86_400_000;

interface Due {
  rule: Rule;
  atMs: number;
}

/** An answer, and what it is called. */
interface Asked {
  answer: Answer;
  kind: AnswerKind;
  /** Of an error. */
  faultOf?: FaultOf;
}

interface Judged {
  rule: Rule;
  result: Evaluation;
}

/** Starts from the state in the journal. Nothing is evaluated before `start()` or `evaluateNow()`. */
export async function createEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const evaluator = new Evaluator(options);
  await evaluator.load();
  return evaluator;
}

/**
 * Asks the rules' questions on time and tells what changed. Rules with the same question share one query; each
 * question is answered, judged and recorded by itself, so that a slow one delays no other.
 */
export class Evaluator {
  private readonly clock: Clock;
  private readonly schedule: Schedule;
  private readonly clockWatch: ClockWatch;
  private readonly asker: QuestionAsker;
  private readonly metrics: EvaluatorMetrics;
  private readonly report: AnswerReport;
  private rules: ReadonlyMap<string, Rule>;
  private readonly instances = new Map<string, readonly AlertInstance[]>();
  private readonly standings = new Map<string, Standing>();
  /** By the id of the transition to firing. */
  private readonly acknowledgements = new Map<string, Acknowledgement>();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly asking = new Set<AbortController>();
  private deliveries: Promise<void> = Promise.resolve();
  private cancelWakeUp: (() => void) | undefined;
  private evaluations = 0;
  private stopped = false;
  private newestAtMs: number | undefined;

  /** Use `createEvaluator`, which loads the state too. */
  constructor(private readonly options: EvaluatorOptions) {
    this.clock = options.clock ?? systemClock;
    this.schedule = new Schedule(options.rules);
    this.clockWatch = new ClockWatch(this.clock);
    this.report = new AnswerReport(this.clock, options.log);
    this.asker = new QuestionAsker(options.source, options.exprSource);
    this.rules = byId(options.rules);
    this.metrics = new EvaluatorMetrics(options.meter ?? createNoopMeter(), {
      missed: () => this.schedule.missed,
      late: () => this.schedule.late,
      active: () => this.active(),
    });
  }

  async load(): Promise<void> {
    const { journal } = this.options;
    const byRule = groupBy(await journal.instances(), (instance) => instance.rule);
    for (const [rule, instances] of byRule) this.instances.set(rule, instances);
    for (const { id } of this.active()) {
      const acknowledged = await journal.acknowledgement(id);
      if (acknowledged !== undefined) this.acknowledgements.set(id, acknowledged);
    }
    await this.endRemoved();
    this.deliver(await journal.undecided());
  }

  /**
   * Goes on with other rules. Alerts whose rule watches the same as before keep their state and age; the others end.
   * An answer that is under way is judged by the new rule. When it fails, the rules from before stay.
   */
  async replaceRules(rules: readonly Rule[]): Promise<void> {
    const before = this.rules;
    this.useRules(byId(rules));
    try {
      this.deliver(await this.endRemoved());
    } catch (error) {
      this.useRules(before);
      throw error;
    }
    for (const id of this.standings.keys()) {
      const rule = this.rules.get(id);
      const old = before.get(id);
      if (rule === undefined || old === undefined || !sameQuestion(rule, old)) this.standings.delete(id);
    }
    if (this.cancelWakeUp === undefined) return;
    this.cancelWakeUp();
    this.wakeUp();
  }

  /**
   * Notes that somebody takes care of a firing alert, in place of an earlier note.
   *
   * @param id of the transition to firing
   * @returns the alert; undefined when none of that id is firing
   */
  async acknowledge(id: string, acknowledgement: Acknowledgement): Promise<AlertTransition | undefined> {
    const alert = this.active().find((active) => active.id === id && active.to === "firing");
    if (alert === undefined) return undefined;
    await this.options.journal.recordAcknowledgement(id, acknowledgement);
    this.acknowledgements.set(id, acknowledgement);
    this.tellAgain();
    const { latest: _, ...transition } = alert;
    return { ...transition, acknowledged: acknowledgement };
  }

  /** Hands on again what is active: a silence ended, say, or somebody takes care of an alert. */
  tellAgain(): void {
    this.deliver([]);
  }

  start(): void {
    this.stopped = false;
    if (this.cancelWakeUp === undefined) this.wakeUp();
  }

  /** Gives up questions without an answer yet; resolves when what the others found has been handed on. */
  async stop(): Promise<void> {
    this.cancelWakeUp?.();
    this.cancelWakeUp = undefined;
    this.stopped = true;
    for (const question of this.asking) question.abort();
    await Promise.all(this.underWay.values());
    await this.deliveries;
  }

  /** Evaluates every rule for this moment, after those evaluations that are under way. */
  async evaluateNow(): Promise<AlertsView> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
    this.noticeClockJump();
    const atMs = this.clock.now();
    const rules = [...this.rules.values()];
    for (const rule of rules) this.schedule.evaluatedAt(rule, atMs);
    await this.evaluateAll(rules.map((rule) => ({ rule, atMs })));
    await this.deliveries;
    return this.view();
  }

  async view(): Promise<AlertsView> {
    const { late, missed } = this.schedule;
    const view: AlertsView = {
      evaluations: this.evaluations,
      schedule: { late, missed, clock_jumps: this.clockWatch.jumps },
      rules: [...this.rules.values()].map((rule) =>
        ruleStatus(rule, this.instances.get(rule.id) ?? [], this.standings.get(rule.id)),
      ),
      active: await Promise.all(this.active().map((alert) => this.asActive(alert))),
      history: await this.options.journal.history(HISTORY_SHOWN),
    };
    if (this.newestAtMs !== undefined) view.evaluated_at = new Date(this.newestAtMs).toISOString();
    return view;
  }

  /** Of each source that rules ask. */
  sourceHealth(): SourceHealth[] {
    const bySource = groupBy([...this.rules.values()], (rule) => this.sourceOf(rule));
    return [...bySource].map(([source, rules]) => {
      const failed = rules.flatMap(({ id }) => {
        const standing = this.standings.get(id);
        return standing?.faultOf === "source" ? [{ id, ...standing }] : [];
      });
      const sinceMs = (standing: Standing): number => standing.noAnswerSinceMs ?? standing.evaluatedAtMs;
      const [longest] = failed.toSorted((a, b) => sinceMs(a) - sinceMs(b));
      const health = { source, rules: rules.length, without_answer: failed.map(({ id }) => id) };
      if (longest?.error === undefined) return health;
      return { ...health, failing_since: new Date(sinceMs(longest)).toISOString(), error: longest.error };
    });
  }

  private useRules(rules: ReadonlyMap<string, Rule>): void {
    this.rules = rules;
    this.schedule.replaceRules([...rules.values()]);
  }

  private wakeUp(): void {
    this.noticeClockJump();
    const due = this.schedule.takeDue(this.clock.now());
    const free = due.filter(({ rule }) => !this.underWay.has(rule.id));
    this.schedule.missed += due.length - free.length;
    if (free.length > 0) void this.evaluateAll(free);
    const nowMs = this.clock.now();
    const waitMs = Math.min(this.schedule.nextMs(nowMs) - nowMs, LONGEST_WAIT_MS);
    this.cancelWakeUp = this.clock.after(waitMs, () => this.wakeUp());
  }

  private noticeClockJump(): void {
    if (!this.clockWatch.look()) return;
    this.schedule.restart();
    const byMs = this.clockWatch.newest?.byMs ?? 0;
    this.options.log(
      `The system clock jumped by ${signed(byMs)}: each rule keeps its state until a whole window of its own has passed`,
    );
  }

  private async evaluateAll(due: readonly Due[]): Promise<void> {
    const groups = groupBy(due, ({ rule, atMs }) => `${atMs} ${questionKey(rule)}`);
    await Promise.all([...groups.values()].map((group) => this.evaluateGroup(group)));
    this.evaluations++;
    // What is given up at the end is nobody's fault.
    if (!this.stopped) this.reportAnswers();
  }

  private reportAnswers(): void {
    const answers = [...this.rules.values()].flatMap((rule) => {
      const standing = this.standings.get(rule.id);
      if (standing === undefined) return [];
      const { faultOf, error } = standing;
      const fault = faultOf !== undefined && error !== undefined ? { fault: { of: faultOf, error } } : {};
      return [{ rule: rule.id, source: this.sourceOf(rule), ...fault }];
    });
    this.report.look(answers);
  }

  private sourceOf({ question }: Rule): string {
    const { source, exprSource = source } = this.options;
    return question.kind === "expr" ? exprSource.name : (source.partFor?.(question) ?? source.name);
  }

  private evaluateGroup(group: readonly Due[]): Promise<void> {
    const evaluation = this.answerAndJudge(group).finally(() => {
      for (const { rule } of group) this.underWay.delete(rule.id);
    });
    for (const { rule } of group) this.underWay.set(rule.id, evaluation);
    return evaluation;
  }

  /** Rules with the same question and the same time. Never rejects: what goes wrong is the rules' error. */
  private async answerAndJudge(group: readonly Due[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { atMs } = first;
    const askedAt = this.clock.monotonic();
    const counts = group.some(({ rule }) => rule.minRequests > 0);
    const { answer, kind, faultOf } = await this.ask(first.rule, atMs, counts);
    // The rules may have been replaced meanwhile.
    const rules = group.flatMap(({ rule: old }) => {
      const rule = this.rules.get(old.id);
      const answered = rule !== undefined && sameQuestion(rule, old) && (counts || rule.minRequests === 0);
      return answered ? [rule] : [];
    });
    const judged = rules.map((rule) => ({
      rule,
      result: evaluateRule(rule, this.instances.get(rule.id) ?? [], answer, atMs),
    }));
    await Promise.all(judged.map(({ rule, result }) => this.addFindings(rule, result.transitions)));
    const current = judged.filter(({ rule }) => this.rules.get(rule.id) === rule);
    const journalError = await this.record(current, atMs);
    for (const { rule, result } of current) {
      const error = journalError ?? result.error;
      const found = journalError !== undefined ? "not_recorded" : kindOf(kind, result);
      const before = this.standings.get(rule.id);
      const noDataSinceMs = noDataSince(before, found, atMs);
      const noAnswerSinceMs = noAnswerSince(before, found, atMs);
      const fault = found === "unusable_value" ? "question" : faultOf;
      this.standings.set(rule.id, {
        evaluatedAtMs: atMs,
        answer: found,
        ...(result.value === undefined ? {} : { value: result.value }),
        ...(error === undefined ? {} : { error }),
        ...(fault === undefined ? {} : { faultOf: fault }),
        ...(noAnswerSinceMs === undefined ? {} : { noAnswerSinceMs }),
        ...(noDataSinceMs === undefined ? {} : { noDataSinceMs }),
      });
      this.metrics.evaluated(found);
    }
    this.metrics.asked((this.clock.monotonic() - askedAt) / 1000);
    this.newestAtMs = atMs;
  }

  /** @returns what was wrong, if anything: then the old state stays, and the next evaluation finds the same again */
  private async record(judged: readonly Judged[], atMs: number): Promise<string | undefined> {
    const transitions = judged.flatMap(({ result }) => result.transitions);
    const changed = judged.filter(
      ({ rule, result }) => result.instances.length > 0 || (this.instances.get(rule.id)?.length ?? 0) > 0,
    );
    const instances = new Map(changed.map(({ rule, result }) => [rule.id, result.instances]));
    try {
      if (instances.size > 0) await this.options.journal.record({ atMs, instances, transitions });
    } catch (error) {
      const problem = `the alert journal could not be written: ${messageOf(error)}`;
      this.options.log(`Rules ${judged.map(({ rule }) => rule.id).join(", ")}: ${problem}`);
      return problem;
    }
    for (const [rule, alerts] of instances) this.instances.set(rule, alerts);
    for (const { previous_id: ended } of transitions) if (ended !== undefined) this.acknowledgements.delete(ended);
    const firing = judged.some(({ result }) => result.instances.some(({ state }) => state === "firing"));
    if (transitions.length > 0 || firing) this.deliver(transitions);
    return undefined;
  }

  /** Alerts whose rule is gone or watches something else. */
  private async endRemoved(): Promise<AlertTransition[]> {
    const atMs = this.clock.now();
    const changed = new Map<string, AlertInstance[]>();
    const ends: AlertTransition[] = [];
    for (const [id, instances] of this.instances) {
      const rule = this.rules.get(id);
      const subject = rule && subjectKey(rule);
      const kept = instances.filter((instance) => instance.subject === subject);
      if (kept.length === instances.length) continue;
      changed.set(id, kept);
      const removed = instances.filter((instance) => !kept.includes(instance));
      ends.push(...removed.flatMap((instance) => endOfRemoved(instance, atMs) ?? []));
    }
    if (changed.size > 0) await this.options.journal.record({ atMs, instances: changed, transitions: ends });
    for (const [rule, kept] of changed) this.instances.set(rule, kept);
    return ends;
  }

  private async ask(rule: Rule, atMs: number, counts: boolean): Promise<Asked> {
    const doubt = this.clockDoubt(rule);
    if (doubt !== undefined) return { answer: { error: doubt }, kind: "clock_jumped" };
    const { queryTimeoutS = QUERY_TIMEOUT_S } = this.options;
    const stop = new AbortController();
    this.asking.add(stop);
    const limitS = Math.max(queryTimeoutS, rule.intervalS * WAITED_SHARE);
    const cancel = this.clock.after(limitS * 1000, () => stop.abort());
    try {
      const answer = this.asker.ask(rule.question, atMs, { signal: stop.signal, counts });
      const samples = await answerInTime(watchedText(watchedBy(rule.question), "en"), answer, stop.signal);
      return { answer: { samples }, kind: samples.length === 0 ? "empty" : "data" };
    } catch (error) {
      const source = this.sourceOf(rule);
      const message = messageOf(error);
      const reason = error instanceof QueryError ? error.reason : "source_failed";
      return {
        answer: { error: message.startsWith(source) ? message : `${source}: ${message}` },
        kind: reason === "timeout" ? "timeout" : "error",
        faultOf: reason === "timeout" || reason === "source_failed" ? "source" : "question",
      };
    } finally {
      cancel();
      this.asking.delete(stop);
    }
  }

  /**
   * After a jump the window mixes what was measured by two clocks, or is empty where it was full: a count falls, an
   * incident of an hour ago is back. Rows carry no mark of the clock they were measured by, so this lasts one window;
   * after a jump backwards, older rows of the repeated time still count after that.
   */
  private clockDoubt(rule: Rule): string | undefined {
    const jump = this.clockWatch.newest;
    if (jump === undefined) return undefined;
    const leftMs = jump.atMonotonic + windowOf(rule.question) * 1000 - this.clock.monotonic();
    if (leftMs <= 0) return undefined;
    return `the system clock jumped by ${signed(jump.byMs)}: the state is kept for another ${formatDuration(Math.ceil(leftMs / 1000))}`;
  }

  /** Where to look and what else changed, for whoever hears that an alert fires. */
  private async addFindings(rule: Rule, transitions: readonly AlertTransition[]): Promise<void> {
    const firing = transitions.filter(({ to }) => to === "firing");
    await Promise.all(
      firing.flatMap((transition) => [this.addLinks(rule, transition), this.addChanges(rule, transition)]),
    );
  }

  /** To the requests and an example. */
  private async addLinks(rule: Rule, transition: AlertTransition): Promise<void> {
    const { exampleTrace, externalUrl } = this.options;
    const page = externalUrl?.replace(/\/+$/, "");
    const requests = requestsOf(rule, transition);
    if (page !== undefined && requests !== undefined) transition.requests_url = page + requests;
    if (exampleTrace === undefined) return;
    const example = exampleTrace(transition, rule);
    const traceId = await this.inTime(example, `Example trace of ${rule.id}`, EXAMPLE_TIMEOUT_MS);
    if (traceId === undefined) return;
    transition.trace_id = traceId;
    if (page !== undefined) transition.trace_url = `${page}/traces/${traceId}`;
  }

  private async addChanges(rule: Rule, transition: AlertTransition): Promise<void> {
    const { changes } = this.options;
    if (changes === undefined) return;
    const [releases = [], before] = await Promise.all([
      this.inTime(changes.releases(transition), `New releases before ${rule.id}`, CHANGES_TIMEOUT_MS),
      this.inTime(changes.before(transition, rule), `The figure before ${rule.id}`, CHANGES_TIMEOUT_MS),
    ]);
    const changed = before === undefined ? releases : [...releases, before];
    if (changed.length > 0) transition.changed = changed;
  }

  /** What is nice to have: the alert does not wait for it long, and never fails with it. */
  private async inTime<Found>(search: Promise<Found>, what: string, limitMs: number): Promise<Found | undefined> {
    let cancel = (): void => {};
    const tooLate = new Promise<never>((_, reject) => {
      cancel = this.clock.after(limitMs, () => reject(new Error("not found in time")));
    });
    try {
      return await Promise.race([search, tooLate]);
    } catch (error) {
      this.options.log(`${what}: ${messageOf(error)}`);
      return undefined;
    } finally {
      cancel();
    }
  }

  private deliver(transitions: readonly AlertTransition[]): void {
    const active = this.active();
    this.deliveries = this.deliveries
      .then(() => this.options.onTransitions(transitions, active))
      .catch((error) => this.options.log(`Alerts could not be handed on: ${messageOf(error)}`));
  }

  private active(): ActiveAlert[] {
    return [...this.instances.values()].flat().flatMap(({ rule: id, entered, countedAtMs, value }) => {
      if (entered === undefined) return [];
      const rule = this.rules.get(id);
      const acknowledged = this.acknowledgements.get(entered.id);
      const latest = { atMs: countedAtMs, ...(value !== undefined && { value }) };
      const alert = { ...entered, latest, ...(acknowledged !== undefined && { acknowledged }) };
      return [rule === undefined ? alert : asRuleIsNow(rule, alert)];
    });
  }

  private async asActive({ latest, ...alert }: ActiveAlert): Promise<ActiveAlertView> {
    const notification = await this.options.journal.notification(alert.id);
    return {
      ...alert,
      ...(latest.value !== undefined && { value_now: latest.value }),
      ...(notification !== undefined && { notification }),
    };
  }
}

function byId(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

function sameQuestion(one: Rule, other: Rule): boolean {
  return questionKey(one) === questionKey(other);
}

function kindOf(asked: AnswerKind, { error }: Evaluation): AnswerKind {
  return asked === "data" && error !== undefined ? "unusable_value" : asked;
}

function requestsOf({ question }: Rule, { labels, at }: AlertTransition): string | undefined {
  if (question.kind === "expr") return undefined;
  const { indicator, windowS, where } = question;
  return requestsLink(indicator, { atMs: Date.parse(at), windowS, where: { ...where, ...labels } });
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function signed(ms: number): string {
  return `${ms < 0 ? "-" : "+"}${formatDuration(Math.round(Math.abs(ms) / 1000))}`;
}
