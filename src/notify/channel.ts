import type { AlertTransition } from "../alert/alert-view.js";

/** A way to tell people. */
export interface Channel {
  /** Names it in the history and in errors, e.g. `console`. */
  readonly name: string;
  /**
   * Resolves once the message has arrived. `transition.id` is the same on every try for the same transition.
   *
   * @throws when it did not arrive, or that is unknown
   */
  send(transition: AlertTransition): Promise<void>;
}
