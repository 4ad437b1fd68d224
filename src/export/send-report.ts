import type { Clock } from "../instrument/clock.js";
import type { Destination } from "./export-settings.js";
import type { DropReason, SendFailure, SendResult } from "./send-result.js";
import { sendTrouble } from "./send-trouble.js";

/** What is dropped: `what` of `chainwatch.telemetry.dropped`. */
export type DroppedKind = "span" | "record" | "metric_point";

/** What is sent where: the three signals fail and recover each for itself. */
export interface SendTarget {
  what: DroppedKind;
  /** Host and port, or what else the owner of the app knows it by. */
  shown: string;
  /** Undefined when an exporter of the app's own sends. */
  destination?: Destination;
}

/** A receiver that fails every other second is told of once a minute. */
const QUIET_MS = 60_000;

/**
 * Tells the owner of the app about sending, seldom: one line when it begins to fail, one when it works again, one for
 * every way in which a receiver refuses, one when the first item is dropped and one with the total. All else is in
 * `chainwatch.telemetry.dropped`.
 */
export class SendReport {
  readonly #failing = new Set<DroppedKind>();
  #failingSinceMs = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  #outageTold = false;
  readonly #refusalsTold = new Set<string>();
  #dropped = 0;
  #droppedTold = 0;
  #dropTold = false;
  #ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly say: (message: string) => void,
  ) {}

  attempt(target: SendTarget, result: SendResult): void {
    if (this.#ended) return;
    if (result.sent) this.#works(target);
    else if (result.next === "retry") this.#fails(target, result);
    else this.#refuses(target, result);
  }

  dropped(what: DroppedKind, items: number, reason: DropReason): void {
    this.#dropped += items;
    // That a receiver refuses has been said with its answer.
    if (this.#dropTold || reason === "rejected") return;
    this.#dropTold = true;
    const why = reason === "queue_full" ? "the queue is full" : "they could not be sent";
    this.say(`dropping ${NAMES[what]}: ${why}; the count is in chainwatch.telemetry.dropped.`);
  }

  /** At the end of everything: the total of what was dropped. What still comes of a request under way is not told. */
  end(): void {
    this.#ended = true;
    if (this.#dropped > this.#droppedTold) this.say(`${this.#dropped} items of telemetry were dropped in all.`);
    this.#droppedTold = this.#dropped;
  }

  #fails(target: SendTarget, failure: SendFailure): void {
    const begins = this.#failing.size === 0;
    this.#failing.add(target.what);
    if (!begins) return;
    const now = this.clock.monotonicMs();
    this.#failingSinceMs = now;
    this.#outageTold = now - this.#toldMs >= QUIET_MS;
    if (!this.#outageTold) return;
    this.#toldMs = now;
    this.say(
      `cannot send to ${target.shown}: ${reasonOf(failure, target)}. The app runs on; telemetry is kept in memory.`,
    );
  }

  #works({ what, shown }: SendTarget): void {
    if (!this.#failing.delete(what) || this.#failing.size > 0 || !this.#outageTold) return;
    const seconds = Math.round((this.clock.monotonicMs() - this.#failingSinceMs) / 1000);
    const lost = this.#dropped - this.#droppedTold;
    this.#droppedTold = this.#dropped;
    this.#dropTold = false;
    this.say(`sending to ${shown} works again after ${seconds} s; ${lost} items were dropped meanwhile.`);
  }

  #refuses(target: SendTarget, failure: SendFailure): void {
    const { what, shown } = target;
    const reason = reasonOf(failure, target);
    const refusal = `${shown} ${(failure.error as { code?: unknown }).code ?? reason}`;
    if (this.#refusalsTold.has(refusal)) return;
    this.#refusalsTold.add(refusal);
    this.say(`${shown} does not take ${NAMES[what]}: ${reason}. They are dropped and counted.`);
  }
}

const NAMES: Readonly<Record<DroppedKind, string>> = {
  span: "spans",
  record: "records",
  metric_point: "metric points",
};

/** What went wrong and what to do, in one line. */
function reasonOf(failure: SendFailure, { destination }: SendTarget): string {
  const { what, cure } = sendTrouble(failure, destination);
  return cure === undefined ? what.en : `${what.en} (${cure.en})`;
}
