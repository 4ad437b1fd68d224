import type { AlertJournal } from "../alert/alert-journal.js";
import type { NotificationResult, ReceiverResult } from "../alert/alert-view.js";
import type { Clock } from "../alert/clock.js";
import { alertKey, withDelivery } from "./alert-group.js";
import { type GroupBook, GroupDraft } from "./group-book.js";
import { withDecision, withReceiverResult } from "./notification-result.js";
import type { QueuedMessage } from "./outbox.js";
import type { ReceiverAttempt } from "./receiver-attempt.js";
import type { QueueRecord } from "./receiver-queue.js";

export interface DeliveryRecordOptions {
  /** Stays the caller's. */
  journal: Pick<AlertJournal, "notification" | "recordNotify">;
  book: GroupBook;
  clock: Clock;
  /** One after the other, since each builds on what the one before recorded. */
  inTurn(work: () => Promise<void>): Promise<void>;
  /** What the history says of a transition may have changed. */
  onRecord?: (() => void) | undefined;
}

/** What changes of the outbox at once. */
interface QueueChange {
  about?: QueuedMessage;
  /** Of that message. */
  result?: Omit<ReceiverResult, "at">;
  /** That brought the result. */
  attempt?: ReceiverAttempt | undefined;
  put?: readonly QueuedMessage[];
  remove?: readonly QueuedMessage[];
  /** Ids of transitions that the receiver is not told of, since it does not know that they fired. */
  unsaid?: readonly string[];
}

/** Has the journal know what became of messages, of the transitions that they are about, and what receivers know now. */
export class DeliveryRecord implements QueueRecord {
  readonly #options: DeliveryRecordOptions;

  constructor(options: DeliveryRecordOptions) {
    this.#options = options;
  }

  delivered(message: QueuedMessage, attempt: ReceiverAttempt): Promise<void> {
    return this.#record({ about: message, result: { result: "sent" }, attempt, remove: [message] });
  }

  postponed(message: QueuedMessage, error: string, attempt: ReceiverAttempt): Promise<void> {
    const { failures } = message;
    return this.#record({ about: message, result: { result: "waiting", failures, error }, attempt, put: [message] });
  }

  gaveUp(
    message: QueuedMessage,
    error: string,
    changed: ReadonlyMap<QueuedMessage, QueuedMessage | undefined>,
    attempt: ReceiverAttempt | undefined,
  ): Promise<void> {
    const result = { result: "failed", failures: message.failures + 1, error } as const;
    const left = [...changed.values()].filter((other) => other !== undefined);
    const emptied = [...changed.keys()].filter((other) => changed.get(other) === undefined);
    const unsaid = [...changed].flatMap(([{ settles }, other]) => settles.filter((id) => !other?.settles.includes(id)));
    return this.#record({ about: message, result, attempt, unsaid, remove: [message, ...emptied], put: left });
  }

  summarised(messages: readonly QueuedMessage[], by: readonly QueuedMessage[]): Promise<void> {
    return this.#record({ remove: messages, put: by });
  }

  #record({ about, result, attempt, unsaid = [], put = [], remove = [] }: QueueChange): Promise<void> {
    const { journal, book, clock, inTurn, onRecord } = this.#options;
    return inTurn(async () => {
      const outbox = new Map<string, string | undefined>();
      for (const { notification } of remove) outbox.set(notification.id, undefined);
      for (const message of put) outbox.set(message.notification.id, JSON.stringify(message));
      const groups = new GroupDraft(book);
      const notifications = new Map<string, NotificationResult>();
      if (about !== undefined && result !== undefined) {
        const at = new Date(clock.now()).toISOString();
        for (const id of about.settles) {
          const before = await journal.notification(id);
          if (before !== undefined) {
            notifications.set(id, withReceiverResult(before, about.receiver, { ...result, at }));
          }
        }
        for (const id of unsaid) {
          const decision = { send: false, reason: "firing_was_not_sent" } as const;
          notifications.set(id, withDecision(await journal.notification(id), about.receiver, decision, at));
        }
        const isNews = about.notification.acknowledgement !== true;
        if (isNews && result.result !== "waiting") noteDelivery(about, result.result === "sent", groups);
      }
      const attempts = new Map(about && attempt && [[about.receiver, JSON.stringify(attempt)]]);
      await journal.recordNotify({ notifications, groups: groups.bodies(), outbox, attempts });
      groups.commit();
      if (notifications.size > 0) onRecord?.();
    });
  }
}

function noteDelivery(
  { receiver, notification: { alerts } }: QueuedMessage,
  delivered: boolean,
  groups: GroupDraft,
): void {
  for (const alert of alerts) {
    for (const group of groups.groupsWith(alertKey(alert))) {
      if (group.receiver !== receiver) continue;
      const after = withDelivery(group, alerts, delivered);
      if (after !== group) groups.amend(after);
    }
  }
}
