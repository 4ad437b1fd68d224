import type { ReceiverResult } from "../alert/alert-view.js";
import type { BilingualText } from "../indicators/language.js";
import type { Delivery } from "./delivery.js";

/** What became of the newest attempt to tell a receiver. */
export interface ReceiverAttempt {
  /** ISO 8601 in UTC. */
  at: string;
  /** `waiting`: it is made again. `failed`: the message was given up. */
  result: ReceiverResult["result"];
  /** What the service said, or why there was no answer; without secrets. Absent: it said nothing. */
  answer?: string;
  /** What helps. */
  cure?: BilingualText;
}

/** How a receiver does. Times are Unix times in milliseconds. */
export interface ReceiverStanding {
  name: string;
  /** Absent: nothing was ever sent to it. */
  lastAttempt?: ReceiverAttempt;
  /** Messages that have not arrived yet. */
  waiting: number;
  /** Since when the oldest of them waits; absent when none does. */
  waitingSinceMs?: number;
  /** Before then nothing is sent; absent: it is sent at once. */
  pausedUntilMs?: number;
}

/** @param atMs Unix time in milliseconds */
export function attemptOf(delivery: Delivery, atMs: number): ReceiverAttempt {
  const at = new Date(atMs).toISOString();
  if (!delivery.delivered) {
    const { retry, message: answer, cure } = delivery;
    return { at, result: retry ? "waiting" : "failed", answer, ...(cure && { cure }) };
  }
  const answer = delivery.exchange?.answer;
  return { at, result: "sent", ...(answer !== undefined && { answer }) };
}
