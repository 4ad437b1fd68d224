import { messageOf } from "../message/message.js";
import { plainText } from "../message/plain-text.js";
import { shortened } from "../message/shortened.js";
import type { Wording } from "../message/wording.js";
import type { Notification } from "../notification.js";
import { emailHtml } from "./email-html.js";

/** What is sent, beside the addresses. */
export interface EmailMessage {
  subject: string;
  text: string;
  html: string;
  /** The same on every attempt, so a mailbox can tell repetitions: `<id@example.com>`. */
  messageId: string;
  /** The same for all messages of an alert group, so they are one thread. Nothing has this as its own id. */
  inReplyTo: string;
  references: string;
  priority: "high" | "normal";
  headers: Record<string, string>;
}

/** Longer ones are cut by mail programs, or folded in ways that some cannot read. UTF-16 units. */
const LONGEST_SUBJECT = 200;

/**
 * The e-mail about a notification. The headers keep out-of-office replies away (RFC 3834, and Microsoft's) and let
 * people sort by `List-Id` (RFC 2919).
 *
 * @param domain of the sender, for the ids
 */
export function emailMessage(
  notification: Notification,
  domain: string,
  { language, template }: Wording,
): EmailMessage {
  const message = messageOf(notification, language, template);
  const thread = `<${notification.groupId}@${domain}>`;
  return {
    subject: shortened(`${message.icon} ${message.title}`, LONGEST_SUBJECT),
    text: `${message.title}\n\n${plainText(message, language)}\n`,
    html: emailHtml(message, language),
    messageId: `<${notification.id}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    priority: message.status === "firing" && message.severity === "critical" ? "high" : "normal",
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "List-Id": `Chainwatch alerts <chainwatch-alerts.${domain}>`,
    },
  };
}
