const MOST_NOTIFICATIONS = 1000;

/**
 * Who has a notification already, where each recipient is served by itself: another attempt goes to the others only.
 * It is kept in memory, so after a restart somebody may get a message twice.
 */
export class ReachedRecipients {
  private readonly reached = new Map<string, Set<string>>();

  /** Those who do not have it yet. */
  left(notificationId: string, recipients: readonly string[]): string[] {
    const reached = this.reached.get(notificationId);
    return recipients.filter((recipient) => !reached?.has(recipient));
  }

  add(notificationId: string, recipient: string): void {
    const reached = this.reached.get(notificationId) ?? new Set();
    reached.add(recipient);
    this.reached.set(notificationId, reached);
    const [oldest] = this.reached.keys();
    if (this.reached.size > MOST_NOTIFICATIONS && oldest !== undefined) this.reached.delete(oldest);
  }
}
