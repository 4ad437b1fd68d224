import type { Delivery } from "./delivery.js";
import type { Notification } from "./notification.js";

/** A way to tell people. */
export interface Channel {
  /** The receiver's name: it is in the history and in errors, e.g. `console`. */
  readonly name: string;
  /**
   * It keeps something for each `groupId`, such as an incident, so what piled up while it was away is summarised by
   * group and never over several.
   */
  readonly keepsGroupsApart?: true;
  /** It is told at once when somebody takes care of what it was told of. */
  readonly takesAcknowledgements?: true;
  /** The service forgets a firing alert that it is not told of again, so it is, so often. Seconds. */
  readonly forgetsAfterS?: number;
  /**
   * One attempt to deliver. `notification.id` is the same on every attempt, so a service can tell repetitions. Ends
   * soon after the signal aborts. What goes wrong is in the answer; it does not throw.
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<Delivery>;
}
