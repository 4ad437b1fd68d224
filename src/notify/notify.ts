import type { ActiveAlert } from "../alert/alert-instance.js";
import type { AlertJournal } from "../alert/alert-journal.js";
import type { AlertTransition } from "../alert/alert-view.js";
import { type Clock, systemClock } from "../alert/clock.js";
import type { Rule } from "../alert/rule.js";
import type { Silence } from "../alert/silence.js";
import { alertKey, lacksAcknowledgement, planGroup, withoutRefusals, withTransition } from "./alert-group.js";
import type { Channel } from "./channel.js";
import { DeliveryRecord } from "./delivery-record.js";
import { GroupBook } from "./group-book.js";
import type { QueuedMessage } from "./outbox.js";
import type { ReceiverAttempt, ReceiverStanding } from "./receiver-attempt.js";
import { ReceiverQueue } from "./receiver-queue.js";
import { DEFAULT_ROUTE, type Route, type Routed, routeAlert } from "./route.js";
import { Telling } from "./telling.js";

export interface NotifyOptions {
  /** As they are now. */
  rules(): readonly Rule[];
  silences(): readonly Silence[];
  /** Those that the configuration names; absent: none. */
  receivers?(): readonly Channel[];
  /** Undefined: every alert goes to every receiver. */
  route?(): Route | undefined;
  /** Told of every alert, whatever the routes say: the console. */
  channels: readonly Channel[];
  /** Begins the links to the page in messages; absent where there is none. */
  pageUrl?: string;
  /** Stays the caller's. */
  journal: Pick<AlertJournal, "notification" | "recordNotify" | "notifyState" | "undecided">;
  /** What the history says of a transition may have changed. */
  onRecord?(): void;
  log(message: string): void;
  clock?: Clock;
  /** From 0 inclusive to 1 exclusive; spreads the attempts. */
  random?: () => number;
}

/** Node's timers reach no further than 24 days, and the clock may be set meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;
const AFTER_FAILURE_MS = 10_000;

/** Goes on with the groups and messages in the journal. */
export async function createNotify(options: NotifyOptions): Promise<Notifier> {
  const { groups, outbox, attempts } = await options.journal.notifyState();
  return new Notifier(
    options,
    new GroupBook(groups.map((body) => JSON.parse(body))),
    outbox.map((body) => JSON.parse(body)),
    new Map([...attempts].map(([receiver, body]) => [receiver, JSON.parse(body)])),
  );
}

/**
 * Takes transitions to people. What is decided, and the messages that follow from it, are committed together; until
 * then the transitions count as undecided in the journal, where they came with the state that they belong to. So a
 * process that is killed at any moment loses nothing: it decides again, or sends again with the same id.
 */
export class Notifier {
  readonly #options: NotifyOptions;
  readonly #clock: Clock;
  readonly #queues = new Map<string, ReceiverQueue>();
  readonly #book: GroupBook;
  readonly #deliveries: DeliveryRecord;
  #active: readonly ActiveAlert[] = [];
  /** As they were when all was decided last: one with other settings is another. */
  #toldChannels: ReadonlyMap<string, Channel> = new Map();
  #routing = "";
  #routedRules: readonly Rule[] | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  /** Transitions that were handed over may be undecided. */
  #isBehind = false;
  #stopped = false;

  /** Use `createNotify`, which reads the journal. */
  constructor(
    options: NotifyOptions,
    book: GroupBook,
    messages: readonly QueuedMessage[],
    attempts: ReadonlyMap<string, ReceiverAttempt>,
  ) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#book = book;
    const { journal, onRecord } = options;
    const inTurn = (work: () => Promise<void>): Promise<void> => this.#inTurn(work);
    this.#deliveries = new DeliveryRecord({ journal, book, clock: this.#clock, inTurn, onRecord });
    const receivers = new Set([...messages.map(({ receiver }) => receiver), ...this.#channels().keys()]);
    for (const name of receivers) {
      const own = messages.filter(({ receiver }) => receiver === name);
      this.#queues.set(name, this.#queue(name, own, attempts.get(name)));
    }
  }

  /**
   * Tells of transitions to firing and resolved, and of what fires on and may be told now. Resolves when what is to be
   * sent is in the journal.
   *
   * @param active what is pending or firing now
   */
  tell(transitions: readonly AlertTransition[], active: readonly ActiveAlert[]): Promise<void> {
    return this.#inTurn(() => {
      this.#active = active;
      return this.#tell(transitions);
    });
  }

  /** How those do who can be told now. */
  receivers(): ReceiverStanding[] {
    return [...this.#channels().keys()].map((name) => this.#queueOf(name).standing());
  }

  /** Resolves when nothing can be sent now: all has arrived, or waits for its time. */
  async settled(): Promise<void> {
    await this.#turn;
    await Promise.all([...this.#queues.values()].map((queue) => queue.settled()));
  }

  /** Lets attempts end that are under way; what has not arrived stays in the journal. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#turn;
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop()));
  }

  /** The way of a transition to people: group → inhibit → silence → decide → send → record. */
  async #tell(transitions: readonly AlertTransition[]): Promise<void> {
    const { journal, rules, silences } = this.#options;
    const news = this.#isBehind ? await journal.undecided() : transitions;
    this.#isBehind = true;
    const telling = new Telling(this.#book, {
      active: this.#active,
      rules: rules(),
      silences: silences(),
      nowMs: this.#clock.now(),
    });

    for (const changes of byTime(news)) {
      for (const change of changes) this.#group(change, telling);
      this.#decide(telling);
    }
    const channels = this.#channels();
    this.#groupAnew(telling);
    this.#groupRefused(telling, channels);
    this.#groupAcknowledged(telling, channels);
    this.#decide(telling);

    const record = await telling.record(journal);
    await journal.recordNotify(record);
    this.#isBehind = false;
    this.#toldChannels = channels;
    telling.groups.commit();
    if (record.notifications.size > 0) this.#options.onRecord?.();
    for (const message of telling.messages) this.#queueOf(message.receiver).add(message);
    this.#setTimer();
  }

  /** What fires goes where the routes lead it; what resolved, to those who may know of it. */
  #group(transition: AlertTransition, telling: Telling): void {
    const { groups, circumstances } = telling;
    const concerned =
      transition.to === "firing"
        ? this.#routes(transition, circumstances.rules).map((routed) => groups.groupOf(routed))
        : groups.groupsWith(alertKey(transition));
    for (const before of concerned) {
      const { group, outcomes } = withTransition(before, transition, circumstances.nowMs);
      groups.change(group);
      telling.outcomes(group.receiver, outcomes);
    }
    if (concerned.length > 0) return;
    const reason = transition.to === "firing" ? "no_receiver" : "firing_was_not_sent";
    telling.outcomes(undefined, [{ transitionId: transition.id, decision: { send: false, reason } }]);
  }

  /** What fires already, when routes, receivers or rules are others than before: somebody else may want to know. */
  #groupAnew({ groups, circumstances }: Telling): void {
    const { rules, nowMs } = circumstances;
    const routing = JSON.stringify([this.#options.route?.() ?? null, [...this.#channels().keys()]]);
    if (routing === this.#routing && rules === this.#routedRules) return;
    this.#routing = routing;
    this.#routedRules = rules;
    for (const { latest: _, ...alert } of this.#active) {
      if (alert.to !== "firing") continue;
      for (const routed of this.#routes(alert, rules)) {
        const before = groups.groupOf(routed);
        const { group } = withTransition(before, alert, nowMs);
        if (group !== before) groups.change(group);
      }
    }
  }

  /** What a receiver refused for good, once it has other settings, or the process is another. */
  #groupRefused({ groups }: Telling, channels: ReadonlyMap<string, Channel>): void {
    for (const [name, channel] of channels) {
      if (channel === this.#toldChannels.get(name)) continue;
      for (const group of groups.groupsOf(name)) {
        const after = withoutRefusals(group);
        if (after !== group) groups.change(after);
      }
    }
  }

  /** What somebody takes care of, for those who hear of that at once. */
  #groupAcknowledged({ groups, circumstances }: Telling, channels: ReadonlyMap<string, Channel>): void {
    for (const alert of circumstances.active) {
      if (alert.acknowledged === undefined) continue;
      for (const group of groups.groupsWith(alertKey(alert))) {
        const takes = channels.get(group.receiver)?.takesAcknowledgements === true;
        if (takes && lacksAcknowledgement(group, circumstances)) groups.change(group);
      }
    }
  }

  /** Inhibit → silence → decide, for the groups that have news or whose time has come. */
  #decide(telling: Telling): void {
    const channels = this.#channels();
    for (const group of telling.groups.unplanned()) {
      const underWay = this.#queues.get(group.receiver)?.has(group.groupId) === true;
      const takesAcknowledgements = channels.get(group.receiver)?.takesAcknowledgements === true;
      const plan = planGroup(group, telling.circumstances, { underWay, takesAcknowledgements });
      telling.groups.planned(group, plan.group, plan.wakeMs);
      telling.outcomes(group.receiver, plan.outcomes);
      const { pageUrl } = this.#options;
      if (plan.message !== undefined) {
        telling.send(group.receiver, { ...plan.message, ...(pageUrl !== undefined && { pageUrl }) });
      }
    }
  }

  #routes(alert: AlertTransition, rules: readonly Rule[]): Routed[] {
    const { channels, receivers = () => [], route = () => undefined } = this.#options;
    const own = rules.find(({ id }) => id === alert.rule)?.receivers ?? [];
    const named = receivers().map(({ name }) => name);
    const always = channels.map(({ name }) => name);
    const known = this.#channels();
    return [
      ...routeAlert(alert, DEFAULT_ROUTE, always, []),
      ...routeAlert(alert, route() ?? DEFAULT_ROUTE, named, named.length === 0 ? [] : own),
    ].map((routed) => {
      const repeatS = known.get(routed.receiver)?.forgetsAfterS;
      return repeatS === undefined ? routed : { ...routed, timing: { ...routed.timing, repeatS, forgets: true } };
    });
  }

  #channels(): Map<string, Channel> {
    const { channels, receivers = () => [] } = this.#options;
    return new Map([...receivers(), ...channels].map((channel) => [channel.name, channel]));
  }

  #queueOf(name: string): ReceiverQueue {
    const queue = this.#queues.get(name) ?? this.#queue(name, []);
    this.#queues.set(name, queue);
    return queue;
  }

  #queue(name: string, messages: readonly QueuedMessage[], lastAttempt?: ReceiverAttempt): ReceiverQueue {
    const { log, random = Math.random } = this.#options;
    const channel = (): Channel | undefined => this.#channels().get(name);
    const [record, clock] = [this.#deliveries, this.#clock];
    return new ReceiverQueue({ name, channel, messages, lastAttempt, record, log, clock, random });
  }

  #setTimer(): void {
    this.#cancelTimer?.();
    if (this.#stopped) return;
    const waitMs = Math.max(0, this.#book.nextMs() - this.#clock.now());
    this.#lookAfter(Math.min(waitMs, LONGEST_WAIT_MS));
  }

  #lookAfter(waitMs: number): void {
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#inTurn(() => this.#tell([])).catch((error) => {
        this.#options.log(`Alerts that were due could not be handed on: ${error}`);
        if (!this.#stopped) this.#lookAfter(AFTER_FAILURE_MS);
      });
    });
  }

  /** One after the other, since each builds on what the one before recorded. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** The transitions to firing and resolved, those of the same evaluation together, oldest first. */
function byTime(transitions: readonly AlertTransition[]): AlertTransition[][] {
  const notable = transitions.filter(({ to }) => to === "firing" || to === "resolved");
  const times = new Map<string, AlertTransition[]>();
  for (const transition of notable) times.set(transition.at, [...(times.get(transition.at) ?? []), transition]);
  return [...times].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, changes]) => changes);
}
