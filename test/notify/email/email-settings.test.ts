import { expect, test } from "vitest";
import { EMAIL_SETTINGS, mailServerOf } from "../../../src/notify/email/email-settings.js";

const MAIL = { from: "Chainwatch <alerts@example.com>", to: ["ann@example.com"] };

const serverOf = (parts: object) => {
  const { password, ...server } = mailServerOf(EMAIL_SETTINGS.parse({ ...MAIL, ...parts }));
  return { ...server, ...(password !== undefined && { password: password.reveal() }) };
};

const login = { user: "u@example.com", password: "p:/@" };

test.each([
  [{ host: "smtp.example.com" }, { port: 587, tls: "starttls" }],
  [
    { host: "smtp.example.com", port: 465 },
    { port: 465, tls: "implicit" },
  ],
  [
    { host: "smtp.example.com", port: 2525, ...login },
    { port: 2525, tls: "starttls", ...login },
  ],
  [
    { host: "smtp.example.com", tls: "none" },
    { port: 25, tls: "none" },
  ],
  [{ url: "smtp://smtp.example.com" }, { port: 587, tls: "starttls" }],
  [{ url: "smtps://smtp.example.com/" }, { port: 465, tls: "implicit" }],
  [{ url: "smtps://u%40example.com:p%3A%2F%40@smtp.example.com:10465" }, { port: 10465, tls: "implicit", ...login }],
])("%o means %o", (parts, server) => {
  expect(serverOf(parts)).toEqual({ host: "smtp.example.com", ...server });
});

test.each([
  [{}, "url or host, or the environment variable SMTP_URL"],
  [{ host: "a", from: undefined }, "from, the sender's address, or the environment variable EMAIL_FROM"],
  [{ url: "smtp://me:p@a", from: undefined }, "EMAIL_FROM"],
  [{ host: "a", url: "smtp://a" }, "either url or host"],
  [{ url: "https://smtp.example.com" }, "the mail server's address"],
  [{ url: "smtp://smtp.example.com/?tls.rejectUnauthorized=false" }, "the mail server's address"],
  [{ url: "smtp://u:%zz@smtp.example.com" }, "the mail server's address"],
  [{ url: "smtp://smtp.example.com", port: 25 }, "port, user and password within url"],
  [{ host: "a", user: "u" }, "user and password together"],
  [{ host: "a", tls: "none", ...login }, "never sent in the clear"],
  [{ url: "smtp://u:p@a", tls: "none" }, "never sent in the clear"],
  [{ host: "a", port: 0 }, "a port from 1 to 65535"],
  [{ host: "a", to: [] }, "at least one e-mail address"],
  [{ host: "a", to: ["ann"] }, "an e-mail address"],
  [{ host: "a", from: "x <a@b>\r\nBcc: <c@d>" }, "an e-mail address"],
  [{ host: "a", tsl: "none" }, "a map with to, and url or host"],
])("%o is a mistake: %s", (parts, message) => {
  const { success, error } = EMAIL_SETTINGS.safeParse({ ...MAIL, ...parts });
  expect(success).toBe(false);
  expect(error?.issues[0]?.message).toContain(message);
});

test("who logs in with an address sends under it where no sender is named", () => {
  const { to } = MAIL;
  const url = "smtps://ann%40example.com:p@smtp.example.com";
  expect(EMAIL_SETTINGS.parse({ to, url }).from).toBe("ann@example.com");
  expect(EMAIL_SETTINGS.parse({ to, host: "a", ...login }).from).toBe("u@example.com");
  expect(EMAIL_SETTINGS.parse({ ...MAIL, url }).from).toBe(MAIL.from);
});

test("passwords are not shown", () => {
  const shown = [
    EMAIL_SETTINGS.parse({ ...MAIL, host: "a", user: "u", password: "hunter2" }),
    EMAIL_SETTINGS.parse({ ...MAIL, url: "smtp://u:hunter2@a" }),
  ];
  expect(JSON.stringify(shown)).not.toContain("hunter2");
});
