import type { NodemailerError } from "nodemailer";
import type { BilingualText } from "../../indicators/language.js";
import type { Delivery, Exchange } from "../delivery.js";
import { connectionCure } from "../http-call.js";
import { printable } from "../message/printable.js";
import type { MailServer } from "./email-settings.js";

const SHOWN_ANSWER = 500;

/**
 * What a failed attempt means, by nodemailer's errors (https://nodemailer.com/errors). A reply of 4yz may pass, one of
 * 5yz stays until somebody mends the settings (RFC 5321, 4.2.1); no reply at all may pass too.
 */
export function failedEmail(thrown: unknown, server: MailServer, exchange: Exchange): Delivery {
  const error = thrown as NodemailerError;
  const cure = cureFor(error, server);
  const { response, rejectedErrors = [], permanent = error.code === "ENOAUTH" || error.code === "EAUTH" } = error;
  return {
    delivered: false,
    retry: !permanent,
    message: rejectedErrors.length > 0 ? refusals(rejectedErrors, server) : reasonOf(error, server),
    exchange: { ...exchange, ...(response !== undefined && { answer: shownAnswer(response, server) }) },
    ...(cure !== undefined && { cure }),
  };
}

/** What it means that a server took a message for some recipients only; undefined: it took it for all. */
export function refusedRecipients(
  refused: readonly NodemailerError[],
  server: MailServer,
): (Delivery & { delivered: false }) | undefined {
  if (refused.length === 0) return undefined;
  return {
    delivered: false,
    retry: refused.some(isTemporary),
    message: `delivered to the others, not to ${refusals(refused, server)}`,
    cure: RECIPIENT,
  };
}

/** The server's words, without what it may repeat of the login. */
export function shownAnswer(response: string, server: MailServer): string {
  return printable(withoutPassword(response, server)).slice(0, SHOWN_ANSWER);
}

function refusals(refused: readonly NodemailerError[], server: MailServer): string {
  return refused.map(({ recipient, response }) => `${recipient}: ${shownAnswer(response ?? "", server)}`).join("; ");
}

function isTemporary({ responseCode }: NodemailerError): boolean {
  return responseCode !== undefined && responseCode < 500;
}

function reasonOf(error: NodemailerError, server: MailServer): string {
  if (error.code === "EABORT") return "no end of the delivery in the time given";
  return shownAnswer(error.message, server);
}

/** As text, and as AUTH PLAIN and LOGIN send it. */
function withoutPassword(text: string, { user = "", password }: MailServer): string {
  if (password === undefined) return text;
  const base64 = (plain: string): string => Buffer.from(plain).toString("base64");
  const forms = [password.reveal(), base64(password.reveal()), base64(`\0${user}\0${password.reveal()}`)];
  return forms.reduce((shown, form) => shown.replaceAll(form, "[redacted]"), text);
}

function cureFor({ code, originalCode, command = "", responseCode }: NodemailerError, server: MailServer) {
  if (code === "ENOAUTH" || responseCode === 530) return LOGIN_WANTED;
  if (code === "EAUTH") return responseCode !== undefined && responseCode < 500 ? undefined : LOGIN;
  if (command === "STARTTLS" && responseCode !== undefined) return NO_STARTTLS;
  if (originalCode === "ERR_SSL_WRONG_VERSION_NUMBER" && server.tls === "implicit") return NOT_IMPLICIT;
  if (code === "ETIMEDOUT" && server.tls !== "implicit") return SILENT;
  if (responseCode !== undefined && responseCode >= 500) {
    if (command === "RCPT TO") return RECIPIENT;
    if (command === "MAIL FROM") return SENDER;
  }
  return connectionCure(originalCode ?? code) ?? (code === "EDNS" ? connectionCure("ENOTFOUND") : undefined);
}

const LOGIN: BilingualText = {
  en: "user or password is wrong; many providers want an app password for programs",
  zh: "用户名或密码错误；很多邮箱服务要求为程序使用应用专用密码（授权码）",
};

const LOGIN_WANTED: BilingualText = {
  en: "the server wants a login: set user and password",
  zh: "服务器要求登录：请设置 user 和 password",
};

const NO_STARTTLS: BilingualText = {
  en: "the server does not offer STARTTLS: use tls: implicit with its TLS port (465), or tls: none for a relay on the same machine",
  zh: "服务器不支持 STARTTLS：请使用 tls: implicit 及其 TLS 端口（465），本机中继可用 tls: none",
};

const NOT_IMPLICIT: BilingualText = {
  en: "that port does not begin with TLS: use tls: starttls",
  zh: "该端口不是直接 TLS：请使用 tls: starttls",
};

const SILENT: BilingualText = {
  en: "the server says nothing: is the port right, and open in the firewall? Port 465 wants tls: implicit",
  zh: "服务器没有响应：端口是否正确、防火墙是否放行？465 端口需要 tls: implicit",
};

const RECIPIENT: BilingualText = {
  en: "the server refuses that recipient: check to and cc",
  zh: "服务器拒绝该收件人：请检查 to 和 cc",
};

const SENDER: BilingualText = {
  en: "the server refuses the sender: from must be an address that the user may send as",
  zh: "服务器拒绝该发件人：from 必须是该用户有权使用的地址",
};
