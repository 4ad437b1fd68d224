import type { Delivery } from "./delivery.js";
import type { Notification } from "./notification.js";

/** A way to tell people. */
export interface Channel {
  /** The receiver's name: it is in the history and in errors, e.g. `console`. */
  readonly name: string;
  /**
   * One attempt to deliver. `notification.id` is the same on every attempt, so a service can tell repetitions. Ends
   * soon after the signal aborts. What goes wrong is in the answer; it does not throw.
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<Delivery>;
}
