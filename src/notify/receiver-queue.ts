import type { Clock } from "../alert/clock.js";
import { formatDuration } from "../alert/duration.js";
import type { Channel } from "./channel.js";
import type { Delivery } from "./delivery.js";
import { type QueuedMessage, summarise, withoutSequelsOf } from "./outbox.js";
import { attemptOf, type ReceiverAttempt, type ReceiverStanding } from "./receiver-attempt.js";
import { retryDelayMs } from "./retry-delay.js";

/** Has the journal remember what became of messages; each resolves after the commit. */
export interface QueueRecord {
  delivered(message: QueuedMessage, attempt: ReceiverAttempt): Promise<void>;
  postponed(message: QueuedMessage, error: string, attempt: ReceiverAttempt): Promise<void>;
  /**
   * @param changed what is left of others without the ends of what never arrived; undefined: nothing
   * @param attempt undefined: it was given up without another
   */
  gaveUp(
    message: QueuedMessage,
    error: string,
    changed: ReadonlyMap<QueuedMessage, QueuedMessage | undefined>,
    attempt: ReceiverAttempt | undefined,
  ): Promise<void>;
  summarised(messages: readonly QueuedMessage[], by: readonly QueuedMessage[]): Promise<void>;
}

export interface ReceiverQueueOptions {
  name: string;
  /** As it is now; undefined: the receiver is gone. */
  channel(): Channel | undefined;
  /** Those of an earlier process, oldest first. */
  messages: readonly QueuedMessage[];
  /** Of an earlier process. */
  lastAttempt?: ReceiverAttempt | undefined;
  record: QueueRecord;
  log(message: string): void;
  clock: Clock;
  /** From 0 inclusive to 1 exclusive. */
  random(): number;
}

/** No channel may take longer, whatever it waits for. */
const ATTEMPT_MS = 30_000;
/** What people did not hear of for that long is no news. */
const OLDEST_MS = 24 * 3_600_000;
/** A receiver that is behind by that much gets a summary of what waits. */
const BEHIND_MS = 30_000;
const MOST_WAITING = 1000;
/** Node's timers reach no further than 24 days, and the clock may be set meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;
/** An attempt that is under way when the process stops. */
const GRACE_MS = 3000;

/**
 * What one receiver has not got yet, and who sends it: one message at a time, in order, so that a receiver that does
 * not answer delays no other. The first of the queue may have arrived in a process that was killed before it could
 * record that, so it is never changed; those behind it were never sent.
 */
export class ReceiverQueue {
  readonly #options: ReceiverQueueOptions;
  #messages: QueuedMessage[];
  #lastAttempt: ReceiverAttempt | undefined;
  #working: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #attempt: AbortController | undefined;
  #stopped = false;
  #endPause = (): void => {};

  constructor(options: ReceiverQueueOptions) {
    this.#options = options;
    this.#messages = [...options.messages];
    this.#lastAttempt = options.lastAttempt;
    this.#wake();
  }

  add(message: QueuedMessage): void {
    this.#messages.push(message);
    this.#wake();
  }

  /** Whether a message about the group has not arrived yet. */
  has(groupId: string): boolean {
    return this.#messages.some(({ notification }) => notification.groupId === groupId);
  }

  standing(): ReceiverStanding {
    const { name, clock } = this.#options;
    const [head] = this.#messages;
    const pausedUntilMs = head && head.notBeforeMs > clock.now() ? head.notBeforeMs : undefined;
    return {
      name,
      ...(this.#lastAttempt && { lastAttempt: this.#lastAttempt }),
      waiting: this.#messages.length,
      ...(head && { waitingSinceMs: Math.min(...this.#messages.map(({ queuedAtMs }) => queuedAtMs)) }),
      ...(pausedUntilMs !== undefined && { pausedUntilMs }),
    };
  }

  /** Resolves when nothing can be sent now: all has arrived, or waits for another attempt. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** An attempt that is under way may end; one that does not is made again by the next process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#endPause();
    const cancel = this.#options.clock.after(GRACE_MS, () => this.#attempt?.abort());
    await this.settled();
    cancel();
  }

  #wake(): void {
    if (this.#working !== undefined || this.#stopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#working = this.#work();
  }

  async #work(): Promise<void> {
    // Whoever adds several at once has added them all by then.
    await undefined;
    while (!this.#stopped) {
      await this.#tidy();
      const [head] = this.#messages;
      if (head === undefined || this.#stopped) break;
      const waitMs = Math.min(head.notBeforeMs - this.#options.clock.now(), LONGEST_WAIT_MS);
      if (waitMs > 0) {
        this.#cancelTimer = this.#options.clock.after(waitMs, () => this.#wake());
        break;
      }
      await this.#send(head);
    }
    // At once with the end of the loop, or a message that is added in between would wait for the next.
    this.#working = undefined;
  }

  /** Gives up what is too old, and summarises what waits behind the first. */
  async #tidy(): Promise<void> {
    const { record, channel, clock } = this.#options;
    const nowMs = clock.now();
    for (const message of this.#messages.filter(({ queuedAtMs }) => queuedAtMs < nowMs - OLDEST_MS)) {
      await this.#giveUp(message, `not delivered within ${formatDuration(OLDEST_MS / 1000)}`);
    }
    const [head, ...rest] = this.#messages;
    const oldestMs = Math.min(...rest.map(({ queuedAtMs }) => queuedAtMs));
    if (head === undefined || (oldestMs > nowMs - BEHIND_MS && rest.length <= MOST_WAITING)) return;
    const summaries = summarise(rest, channel()?.keepsGroupsApart === true);
    if (summaries.length === rest.length) return;
    if (!(await this.#recorded(() => record.summarised(rest, summaries)))) return;
    this.#messages = [
      head,
      ...summaries,
      ...this.#messages.filter((message) => message !== head && !rest.includes(message)),
    ];
  }

  async #send(message: QueuedMessage): Promise<void> {
    const { channel, record, clock, random, log, name } = this.#options;
    const current = channel();
    if (current === undefined) return this.#giveUp(message, "the receiver is no longer in the configuration");
    const answered = await this.#deliver(current, message);
    if (answered === undefined) return;
    // What was refused with settings that are mended meanwhile may be taken with those.
    const isMended = channel() !== current && !answered.delivered;
    const delivery = isMended ? { ...answered, retry: true } : answered;
    const attempt = attemptOf(delivery, clock.now());
    this.#lastAttempt = attempt;
    const about = aboutText(message);
    if (delivery.delivered) {
      if (message.failures > 0) log(`${name}: ${about} arrived, after ${message.failures} failed attempts`);
      if (await this.#recorded(() => record.delivered(message, attempt))) this.#remove(message);
      return;
    }
    const error = delivery.cure === undefined ? delivery.message : `${delivery.message} → ${delivery.cure.en}`;
    if (!delivery.retry) return this.#giveUp(message, error, attempt);
    const failures = message.failures + 1;
    const delayMs = retryDelayMs(failures, random(), delivery.retryAfterMs);
    if (failures === 1) log(`${name}: ${about} did not arrive, and is sent again: ${error}`);
    const later = { ...message, failures, notBeforeMs: clock.now() + delayMs };
    if (await this.#recorded(() => record.postponed(later, error, attempt))) this.#replace(message, later);
  }

  /** @returns undefined when it is not known what became of it, since the process stops */
  async #deliver(channel: Channel, { notification }: QueuedMessage): Promise<Delivery | undefined> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const cancel = this.#options.clock.after(ATTEMPT_MS, () => attempt.abort());
    const aborted = new Promise<Delivery>((resolve) => {
      attempt.signal.addEventListener("abort", () =>
        resolve({ delivered: false, retry: true, message: `no answer in ${formatDuration(ATTEMPT_MS / 1000)}` }),
      );
    });
    try {
      const delivery = await Promise.race([channel.deliver(notification, attempt.signal), aborted]);
      return this.#stopped && attempt.signal.aborted ? undefined : delivery;
    } catch (error) {
      return { delivered: false, retry: true, message: error instanceof Error ? error.message : String(error) };
    } finally {
      cancel();
      this.#attempt = undefined;
    }
  }

  async #giveUp(message: QueuedMessage, error: string, attempt?: ReceiverAttempt): Promise<void> {
    const { record, log, name } = this.#options;
    log(`${name}: ${aboutText(message)} did not arrive, and is given up: ${error}`);
    const { alerts, acknowledgement } = message.notification;
    // That they fire is known, whatever becomes of the news that somebody takes care of it.
    const announced = acknowledgement ? [] : alerts.filter(({ to }) => to === "firing");
    const firing = new Set(announced.map(({ id }) => id));
    const changed = new Map<QueuedMessage, QueuedMessage | undefined>();
    for (const other of this.#messages) {
      if (other === message) continue;
      const left = withoutSequelsOf(other, firing);
      if (left !== other) changed.set(other, left);
    }
    if (!(await this.#recorded(() => record.gaveUp(message, error, changed, attempt)))) return;
    this.#remove(message);
    this.#messages = this.#messages.flatMap((other) => (changed.has(other) ? (changed.get(other) ?? []) : other));
  }

  /** What is known is not asked for again: where the journal cannot be written, that is tried again and nothing sent. */
  async #recorded(write: () => Promise<void>): Promise<boolean> {
    const { log, name, clock, random } = this.#options;
    for (let failures = 1; ; failures++) {
      try {
        await write();
        return true;
      } catch (error) {
        if (failures === 1) log(`${name}: what became of a message could not be recorded: ${error}`);
        if (this.#stopped) return false;
        await this.#pause(retryDelayMs(failures, random()), clock);
      }
    }
  }

  /** Ends early when the process stops. */
  async #pause(ms: number, clock: Clock): Promise<void> {
    await new Promise<void>((resume) => {
      this.#endPause = resume;
      clock.after(ms, resume);
    });
  }

  #remove(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
  }

  #replace(message: QueuedMessage, by: QueuedMessage): void {
    this.#messages = this.#messages.map((other) => (other === message ? by : other));
  }
}

function aboutText({ notification: { alerts, summarises, acknowledgement } }: QueuedMessage): string {
  const [first, ...others] = alerts;
  if (summarises !== undefined) return `a summary of ${summarises} messages`;
  const alert = `alert ${first?.rule} (${acknowledgement ? "acknowledged" : first?.to})`;
  return others.length === 0 ? alert : `${alert} and ${others.length} more`;
}
