import { answerInTime } from "../query/answer-in-time.js";
import type { ExprSource } from "../query/expr-source.js";
import type { MetricSource } from "../query/metric-source.js";
import type { AlertInstance } from "./alert-instance.js";
import type { AlertJournal } from "./alert-journal.js";
import type { AlertsView, AlertTransition, RuleStatus } from "./alert-view.js";
import { type Clock, systemClock } from "./clock.js";
import { ClockWatch } from "./clock-watch.js";
import { formatDuration } from "./duration.js";
import { type Answer, endOfRemoved, evaluateRule } from "./evaluate.js";
import type { ExampleTrace } from "./example-trace.js";
import { QuestionAsker } from "./question-asker.js";
import { questionKey, type Rule, subjectKey, windowOf } from "./rule.js";
import { Schedule } from "./schedule.js";
import { watchedBy, watchedText } from "./watched.js";

export interface EvaluatorOptions {
  rules: readonly Rule[];
  source: MetricSource;
  /** Asked by rules with an `expr`; without it they get an error. */
  exprSource?: ExprSource;
  /** Stays the caller's: `stop()` does not close it. */
  journal: AlertJournal;
  /**
   * Gets the transitions once they are in the journal, in order, one call after the other; after a restart also those
   * about which nothing was decided before. `active` is what was pending or firing then.
   */
  onTransitions(transitions: readonly AlertTransition[], active: readonly AlertTransition[]): void | Promise<void>;
  /** Asked for every transition to firing. */
  exampleTrace?: ExampleTrace;
  /** Begins the links to traces, e.g. `http://127.0.0.1:4318`. */
  externalUrl: string;
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
  clock?: Clock;
  /** Seconds; default 10. */
  queryTimeoutS?: number;
}

const QUERY_TIMEOUT_S = 10;
const EXAMPLE_TIMEOUT_MS = 2000;
const HISTORY_SHOWN = 100;

interface Due {
  rule: Rule;
  atMs: number;
}

interface Standing {
  evaluatedAtMs: number;
  value?: number;
  error?: string;
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
  private readonly instances = new Map<string, readonly AlertInstance[]>();
  private readonly standings = new Map<string, Standing>();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly asking = new Set<AbortController>();
  private deliveries: Promise<void> = Promise.resolve();
  private cancelWakeUp: (() => void) | undefined;
  private evaluations = 0;
  private newestAtMs: number | undefined;

  /** Use `createEvaluator`, which loads the state too. */
  constructor(private readonly options: EvaluatorOptions) {
    this.clock = options.clock ?? systemClock;
    this.schedule = new Schedule(options.rules);
    this.clockWatch = new ClockWatch(this.clock);
    this.asker = new QuestionAsker(options.source, options.exprSource);
  }

  async load(): Promise<void> {
    const { journal, rules } = this.options;
    const subjects = new Map(rules.map((rule) => [rule.id, subjectKey(rule)]));
    const changed = new Map<string, AlertInstance[]>();
    const ends: AlertTransition[] = [];
    const atMs = this.clock.now();
    const byRule = groupBy(await journal.instances(), (instance) => instance.rule);
    for (const [rule, instances] of byRule) {
      const kept = instances.filter((instance) => instance.subject === subjects.get(rule));
      this.instances.set(rule, kept);
      if (kept.length === instances.length) continue;
      changed.set(rule, kept);
      const removed = instances.filter((instance) => !kept.includes(instance));
      ends.push(...removed.flatMap((instance) => endOfRemoved(instance, atMs) ?? []));
    }
    if (changed.size > 0) await journal.record({ atMs, instances: changed, transitions: ends });
    this.deliver(await journal.undecided());
  }

  start(): void {
    if (this.cancelWakeUp === undefined && this.options.rules.length > 0) this.wakeUp();
  }

  /** Gives up questions without an answer yet; resolves when what the others found has been handed on. */
  async stop(): Promise<void> {
    this.cancelWakeUp?.();
    this.cancelWakeUp = undefined;
    for (const question of this.asking) question.abort();
    await Promise.all(this.underWay.values());
    await this.deliveries;
  }

  /** Evaluates every rule for this moment, after those evaluations that are under way. */
  async evaluateNow(): Promise<AlertsView> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
    this.noticeClockJump();
    const atMs = this.clock.now();
    for (const rule of this.options.rules) this.schedule.evaluatedAt(rule, atMs);
    await this.evaluateAll(this.options.rules.map((rule) => ({ rule, atMs })));
    await this.deliveries;
    return this.view();
  }

  async view(): Promise<AlertsView> {
    const { late, missed } = this.schedule;
    const view: AlertsView = {
      evaluations: this.evaluations,
      schedule: { late, missed, clock_jumps: this.clockWatch.jumps },
      rules: this.options.rules.map((rule) => this.statusOf(rule)),
      active: this.active(),
      history: await this.options.journal.history(HISTORY_SHOWN),
    };
    if (this.newestAtMs !== undefined) view.evaluated_at = new Date(this.newestAtMs).toISOString();
    return view;
  }

  private wakeUp(): void {
    this.noticeClockJump();
    const due = this.schedule.takeDue(this.clock.now());
    const free = due.filter(({ rule }) => !this.underWay.has(rule.id));
    this.schedule.missed += due.length - free.length;
    if (free.length > 0) void this.evaluateAll(free);
    const nowMs = this.clock.now();
    this.cancelWakeUp = this.clock.after(this.schedule.nextMs(nowMs) - nowMs, () => this.wakeUp());
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
    const answer = await this.ask(first.rule, atMs);
    const results = group.map(({ rule }) => ({
      rule,
      result: evaluateRule(rule, this.instances.get(rule.id) ?? [], answer, atMs),
    }));
    const transitions = results.flatMap(({ result }) => result.transitions);
    await Promise.all(group.map(({ rule }) => this.addExamples(rule, transitions)));

    let journalError: string | undefined;
    const changed = results.filter(
      ({ rule, result }) => result.instances.length > 0 || (this.instances.get(rule.id)?.length ?? 0) > 0,
    );
    try {
      const instances = new Map(changed.map(({ rule, result }) => [rule.id, result.instances]));
      if (instances.size > 0) await this.options.journal.record({ atMs, instances, transitions });
      for (const [rule, alerts] of instances) this.instances.set(rule, alerts);
      this.deliver(transitions);
    } catch (error) {
      // The old state stays, so the next evaluation finds the same changes again.
      journalError = `the alert journal could not be written: ${messageOf(error)}`;
      this.options.log(`Rules ${group.map(({ rule }) => rule.id).join(", ")}: ${journalError}`);
    }
    for (const { rule, result } of results) {
      const error = journalError ?? result.error;
      this.standings.set(rule.id, {
        evaluatedAtMs: atMs,
        ...(result.value === undefined ? {} : { value: result.value }),
        ...(error === undefined ? {} : { error }),
      });
    }
    this.newestAtMs = atMs;
  }

  private async ask(rule: Rule, atMs: number): Promise<Answer> {
    const doubt = this.clockDoubt(rule);
    if (doubt !== undefined) return { error: doubt };
    const { source, queryTimeoutS = QUERY_TIMEOUT_S } = this.options;
    const stop = new AbortController();
    this.asking.add(stop);
    const cancel = this.clock.after(queryTimeoutS * 1000, () => stop.abort());
    try {
      const answer = this.asker.ask(rule.question, atMs, stop.signal);
      return { samples: await answerInTime(watchedText(watchedBy(rule.question), "en"), answer, stop.signal) };
    } catch (error) {
      return { error: `${source.name}: ${messageOf(error)}` };
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

  private async addExamples(rule: Rule, transitions: readonly AlertTransition[]): Promise<void> {
    const { exampleTrace, externalUrl } = this.options;
    if (exampleTrace === undefined) return;
    const firing = transitions.filter((transition) => transition.rule === rule.id && transition.to === "firing");
    await Promise.all(
      firing.map(async (transition) => {
        const traceId = await this.inTime(exampleTrace(transition, rule), `Example trace of ${rule.id}`);
        if (traceId === undefined) return;
        transition.trace_id = traceId;
        transition.trace_url = `${externalUrl.replace(/\/+$/, "")}/traces/${traceId}`;
      }),
    );
  }

  /** An example is nice to have: the alert does not wait for it long, and never fails with it. */
  private async inTime(search: Promise<string | undefined>, what: string): Promise<string | undefined> {
    let cancel = (): void => {};
    const tooLate = new Promise<never>((_, reject) => {
      cancel = this.clock.after(EXAMPLE_TIMEOUT_MS, () => reject(new Error("not found in time")));
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
    if (transitions.length === 0) return;
    const active = this.active();
    this.deliveries = this.deliveries
      .then(() => this.options.onTransitions(transitions, active))
      .catch((error) => this.options.log(`Alerts could not be handed on: ${messageOf(error)}`));
  }

  private active(): AlertTransition[] {
    return [...this.instances.values()].flat().flatMap(({ entered }) => entered ?? []);
  }

  private statusOf(rule: Rule): RuleStatus {
    const states = (this.instances.get(rule.id) ?? []).map(({ state }) => state);
    const standing = this.standings.get(rule.id);
    const status: RuleStatus = {
      id: rule.id,
      name: rule.name,
      severity: rule.severity,
      ...watchedBy(rule.question),
      unit: rule.unit,
      ...(rule.when !== undefined && { op: rule.when.op, threshold: rule.when.value }),
      ...(rule.question.kind === "indicator" && { windowS: rule.question.windowS }),
      intervalS: rule.intervalS,
      state: states.includes("firing") ? "firing" : states.includes("pending") ? "pending" : "inactive",
    };
    if (standing === undefined) return status;
    status.evaluated_at = new Date(standing.evaluatedAtMs).toISOString();
    if (standing.value !== undefined) status.value = standing.value;
    if (standing.error !== undefined) status.error = standing.error;
    return status;
  }
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
