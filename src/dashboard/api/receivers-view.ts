import type { Language } from "../../indicators/language.js";
import type { ChannelKind } from "../../notify/channel-kind.js";
import type { Reach } from "../../notify/reach.js";
import type { ReceiverAttempt, ReceiverStanding } from "../../notify/receiver-attempt.js";

/** Who can be told, and how that does. Secrets are in none of it. */
export interface ReceiverView {
  name: string;
  /** How it is told; `console` hears of every alert and is in no file. */
  kind: ChannelKind | "console";
  /** Of its messages. */
  language: Language;
  /** Which alerts can come to it. */
  reach: Reach;
  /** The newest attempt, also of an earlier process; absent: nothing was ever sent to it. */
  last_attempt?: ReceiverAttempt;
  /** Messages that have not arrived yet. */
  waiting: number;
  /** Since when the oldest of them waits, ISO 8601 in UTC; absent when none does. */
  waiting_since?: string;
  /** Until then nothing is sent, ISO 8601 in UTC: an attempt failed. Absent when it is sent at once. */
  paused_until?: string;
}

/** The answer of `GET /api/receivers`. */
export interface ReceiversView {
  /** Those of the file, in its order, then the console. */
  receivers: ReceiverView[];
}

export function receiverView(
  about: Pick<ReceiverView, "kind" | "language" | "reach">,
  { name, lastAttempt, waiting, waitingSinceMs, pausedUntilMs }: ReceiverStanding,
): ReceiverView {
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    name,
    ...about,
    ...(lastAttempt && { last_attempt: lastAttempt }),
    waiting,
    ...(waitingSinceMs !== undefined && { waiting_since: time(waitingSinceMs) }),
    ...(pausedUntilMs !== undefined && { paused_until: time(pausedUntilMs) }),
  };
}
