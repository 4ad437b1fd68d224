import type { AlertLabels, AlertTransition } from "../alert/alert-view.js";

/** What a receiver is told at one time: the alerts of one group. */
export interface Notification {
  /** The same on every attempt, and after a restart: the idempotency key. 32 hex digits. */
  id: string;
  /** The same from the group's first message to its last: for threads, updates and de-duplication. 32 hex digits. */
  groupId: string;
  /** By which the alerts were grouped. */
  groupLabels: AlertLabels;
  /** Those firing, the most severe first, then those resolved since the last message. Never empty. */
  alerts: readonly NotifiedAlert[];
  /** Base address of the page, for links to it; absent when people cannot open it. */
  pageUrl?: string;
  /** It says again what was said before. */
  repeat?: true;
  /** Nothing is new but that somebody takes care of what was told before. */
  acknowledgement?: true;
  /** How many messages this one stands for, that could not be delivered while the receiver was away. */
  summarises?: number;
  /** A trial of the receiver. */
  test?: true;
}

/** A transition to firing or resolved. */
export interface NotifiedAlert extends AlertTransition {
  /** The receiver was told in an earlier message that it fires. */
  known?: true;
  /** It keeps changing, so further changes are held back for a while. */
  flapping?: true;
}

/** Whether anything of it still fires. */
export function isFiring({ alerts }: Pick<Notification, "alerts">): boolean {
  return alerts.some(({ to }) => to === "firing");
}
