import { readFile } from "node:fs/promises";
import { createTransport } from "nodemailer";
import type { Channel } from "../channel.js";
import type { Wording } from "../message/wording.js";
import { ReachedRecipients } from "../reached-recipients.js";
import { type EmailMessage, emailMessage } from "./email-message.js";
import { type EmailSettings, type MailServer, mailServerOf } from "./email-settings.js";
import { failedEmail, refusedRecipients, shownAnswer } from "./smtp-refusal.js";

const STEP_TIMEOUT_MS = 10_000;
/** Of the whole attempt: a server that answers each step slowly would hold it for minutes. */
const TIMEOUT_MS = 30_000;
const LARGEST_REPLY_BYTES = 64 * 1024;

/** Sends e-mail by SMTP, a message a notification. Encrypted and with a checked certificate, unless `tls: none`. */
export function emailChannel(name: string, settings: EmailSettings & Wording): Channel {
  const server = mailServerOf(settings);
  const recipients = [...settings.to, ...(settings.cc ?? [])];
  const domain = domainOf(settings.from);
  const reached = new ReachedRecipients();
  return {
    name,
    async deliver(notification, signal) {
      const left = reached.left(notification.id, recipients);
      if (left.length === 0) return { delivered: true };
      const message = emailMessage(notification, domain, settings);
      const exchange = { request: `to ${left.join(", ")} by ${server.host}:${server.port}`, body: message.text };
      const ending = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        const answer = await send(message, left, settings, server, ending);
        const refused = refusedRecipients(answer.rejectedErrors ?? [], server);
        for (const recipient of left) {
          if (!answer.rejected.includes(addressIn(recipient))) reached.add(notification.id, recipient);
        }
        const heard = { ...exchange, answer: shownAnswer(answer.response, server) };
        return refused === undefined ? { delivered: true, exchange: heard } : { ...refused, exchange: heard };
      } catch (error) {
        return failedEmail(error, server, exchange);
      }
    },
  };
}

async function send(
  message: EmailMessage,
  recipients: readonly string[],
  { from, to, cc = [], ca_file }: EmailSettings,
  { host, port, tls, user, password }: MailServer,
  signal: AbortSignal,
) {
  const transport = createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(password !== undefined && { auth: { user: user ?? "", pass: password.reveal() } }),
    ...(ca_file !== undefined && { tls: { ca: await readFile(ca_file, "utf8") } }),
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    maxResponseSize: LARGEST_REPLY_BYTES,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return transport.sendMail({
    ...message,
    from,
    to: [...to],
    cc,
    envelope: { from: addressIn(from), to: recipients.map(addressIn) },
    signal,
  });
}

/** `a@b` of `Name <a@b>`. */
function addressIn(mailbox: string): string {
  return /<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox;
}

function domainOf(mailbox: string): string {
  const address = addressIn(mailbox);
  return address.slice(address.lastIndexOf("@") + 1);
}
