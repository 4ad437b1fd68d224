import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { testCertificate } from "../../export/test-certificate.js";

export const USER = "chainwatch";
export const PASSWORD = "p@ss/word:1";

/** Its own authority: a `ca_file` for those who trust it. */
export const CERTIFICATE = testCertificate({ host: "127.0.0.1" });

/** What a mail server took. */
export interface ReceivedMail {
  /** Envelope addresses. */
  recipients: string[];
  encrypted: boolean;
  mail: ParsedMail;
}

export interface MailServer {
  port: number;
  received: ReceivedMail[];
  close(): Promise<void>;
}

/** A reply of the server, for a hook that refuses. */
export function smtpReply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail server with STARTTLS that wants user and password. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...CERTIFICATE,
    authMethods: ["PLAIN", "LOGIN"],
    disableReverseLookup: true,
    onAuth({ username, password }, _, done) {
      if (username === USER && password === PASSWORD) done(null, { user: username });
      else done(smtpReply(535, "5.7.8 authentication failed"));
    },
    onData(stream, { envelope, secure }, done) {
      simpleParser(stream).then((mail) => {
        const recipients = envelope.rcptTo.map(({ address }) => address);
        received.push({ recipients, encrypted: secure, mail });
        done(null, "2.0.0 queued as 4F");
      }, done);
    },
    ...options,
  });
  // A client that leaves in the middle of a handshake is what some tests want.
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
