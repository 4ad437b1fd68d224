import type { AlertJournal, NotifyRecord } from "../alert/alert-journal.js";
import type { NotificationResult } from "../alert/alert-view.js";
import type { Outcome } from "./alert-group.js";
import type { Circumstances } from "./decide.js";
import { type GroupBook, GroupDraft } from "./group-book.js";
import type { Notification } from "./notification.js";
import { withDecision } from "./notification-result.js";
import type { QueuedMessage } from "./outbox.js";

/** What one look at the alerts decides, until all of it is committed together. */
export class Telling {
  readonly groups: GroupDraft;
  readonly messages: QueuedMessage[] = [];
  readonly #outcomes: (Outcome & { receiver: string | undefined })[] = [];

  constructor(
    book: GroupBook,
    readonly circumstances: Circumstances,
  ) {
    this.groups = new GroupDraft(book, circumstances.nowMs);
  }

  /** @param receiver undefined: nobody */
  outcomes(receiver: string | undefined, outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.#outcomes.push({ ...outcome, receiver });
  }

  send(receiver: string, notification: Notification): void {
    const { nowMs } = this.circumstances;
    // What became of telling that they fire stays in the history.
    const settles = notification.acknowledgement ? [] : notification.alerts.map(({ id }) => id);
    this.messages.push({ receiver, notification, settles, queuedAtMs: nowMs, failures: 0, notBeforeMs: nowMs });
  }

  async record(journal: Pick<AlertJournal, "notification">): Promise<Required<Omit<NotifyRecord, "attempts">>> {
    const at = new Date(this.circumstances.nowMs).toISOString();
    const notifications = new Map<string, NotificationResult>();
    for (const { transitionId, decision, receiver } of this.#outcomes) {
      const before = notifications.get(transitionId) ?? (await journal.notification(transitionId));
      notifications.set(transitionId, withDecision(before, receiver, decision, at));
    }
    const outbox = new Map(this.messages.map((message) => [message.notification.id, JSON.stringify(message)]));
    return { notifications, groups: this.groups.bodies(), outbox };
  }
}
