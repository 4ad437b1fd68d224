import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { emailChannel } from "../../../src/notify/email/email-channel.js";
import { EMAIL_SETTINGS } from "../../../src/notify/email/email-settings.js";
import type { Notification } from "../../../src/notify/notification.js";
import { notificationOf, OVER } from "../message/notification-of.js";
import { CERTIFICATE, type MailServer, mailServer, PASSWORD, smtpReply, USER } from "./mail-server.js";

let folder: string;
let open: (() => Promise<unknown>)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainwatch-email-"));
  writeFileSync(join(folder, "ca.pem"), CERTIFICATE.cert);
  open = [];
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.map((close) => close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serverWith(options: SMTPServerOptions = {}): Promise<MailServer> {
  const server = await mailServer(options);
  open.push(server.close);
  return server;
}

const channelTo = (port: number, parts: object = {}) =>
  emailChannel("oncall", {
    ...EMAIL_SETTINGS.parse({
      host: "127.0.0.1",
      port,
      ca_file: join(folder, "ca.pem"),
      user: USER,
      password: PASSWORD,
      from: "Chainwatch <alerts@example.com>",
      to: ["ann@example.com"],
      ...parts,
    }),
    language: "en",
  });

const deliver = (channel: ReturnType<typeof channelTo>, notification: Notification = notificationOf()) =>
  channel.deliver(notification, new AbortController().signal);

/** A server of plain TCP, for what no mail server does. */
async function rawServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    talk(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("a message", () => {
  test("arrives encrypted and logged in, with text, HTML and the headers of a machine", async () => {
    const server = await serverWith();
    const delivery = await deliver(channelTo(server.port, { cc: ["Bob <bob@example.com>"] }));
    expect(delivery).toMatchObject({
      delivered: true,
      exchange: {
        request: `to ann@example.com, Bob <bob@example.com> by 127.0.0.1:${server.port}`,
        answer: "250 2.0.0 queued as 4F",
      },
    });
    const [{ recipients, encrypted, mail }] = server.received as [MailServer["received"][number]];
    expect({ recipients, encrypted }).toEqual({ recipients: ["ann@example.com", "bob@example.com"], encrypted: true });
    expect(mail.subject).toBe("🚨 CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2)");
    expect(mail.from?.text).toBe('"Chainwatch" <alerts@example.com>');
    expect(mail.text).toContain("Value: Success rate 71 % (alert when < 90 %)");
    expect(mail.html).toContain('<a href="https://wiki.example.com/checkout">');
    expect(mail.headers.get("priority")).toBe("high");
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail.headers.get("x-auto-response-suppress")).toBe("All");
    expect(mail.headers.get("list")).toMatchObject({ id: { id: "chainwatch-alerts.example.com" } });
  });

  test("has its notification's id on every attempt, and is in the thread of its group", async () => {
    const server = await serverWith();
    const firing = notificationOf();
    await deliver(channelTo(server.port), firing);
    await deliver(channelTo(server.port), firing);
    await deliver(channelTo(server.port), notificationOf([OVER], { id: "0c".repeat(16) }));
    const [first, again, resolved] = server.received.map(({ mail }) => mail);
    expect(first?.messageId).toBe(`<${firing.id}@example.com>`);
    expect(again?.messageId).toBe(first?.messageId);
    expect(resolved?.messageId).not.toBe(first?.messageId);
    for (const mail of [first, resolved]) {
      expect(mail?.inReplyTo).toBe(`<${firing.groupId}@example.com>`);
      expect(mail?.references).toBe(`<${firing.groupId}@example.com>`);
    }
    expect(resolved?.headers.has("priority")).toBe(false);
  });

  test("goes by TLS from the start where the port wants that", async () => {
    const server = await serverWith({ secure: true });
    expect(await deliver(channelTo(server.port, { tls: "implicit" }))).toMatchObject({ delivered: true });
    expect(server.received[0]?.encrypted).toBe(true);
  });

  test("goes by a URL with user and password", async () => {
    const server = await serverWith({ secure: true });
    const url = `smtps://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}`;
    const channel = channelTo(server.port, {
      url,
      host: undefined,
      port: undefined,
      user: undefined,
      password: undefined,
    });
    expect(await deliver(channel)).toMatchObject({ delivered: true });
  });

  test("goes unencrypted and without login by a relay, when the settings say so", async () => {
    const server = await serverWith({ disabledCommands: ["STARTTLS", "AUTH"] });
    const relay = channelTo(server.port, { tls: "none", user: undefined, password: undefined });
    expect(await deliver(relay)).toMatchObject({ delivered: true });
    expect(server.received[0]?.encrypted).toBe(false);
  });
});

describe("a refusal", () => {
  test("of the login is permanent, and shows no password", async () => {
    const server = await serverWith({
      onAuth: ({ password }, _, done) => done(smtpReply(535, `no such login: ${password}`)),
    });
    const delivery = await deliver(channelTo(server.port));
    expect(delivery).toMatchObject({
      delivered: false,
      retry: false,
      message: "Invalid login: 535 no such login: [redacted]",
      cure: { en: expect.stringContaining("app password"), zh: expect.stringContaining("授权码") },
    });
    expect(JSON.stringify(delivery)).not.toContain(PASSWORD);
  });

  test("of a login for now is tried again", async () => {
    const server = await serverWith({ onAuth: (_, __, done) => done(smtpReply(454, "4.7.0 temporary failure")) });
    expect(await deliver(channelTo(server.port))).toMatchObject({ delivered: false, retry: true });
  });

  test("for want of a login says so", async () => {
    const server = await serverWith();
    const delivery = await deliver(channelTo(server.port, { user: undefined, password: undefined }));
    expect(delivery).toMatchObject({ retry: false, cure: { en: expect.stringContaining("wants a login") } });
  });

  test.each([
    [550, false, "check to and cc"],
    [450, true, undefined],
  ])("of the only recipient with %i: another attempt %s", async (code, retry, cure) => {
    const server = await serverWith({ onRcptTo: (_, __, done) => done(smtpReply(code, "mailbox unavailable")) });
    const delivery = await deliver(channelTo(server.port));
    expect(delivery).toMatchObject({
      delivered: false,
      retry,
      message: `ann@example.com: ${code} mailbox unavailable`,
    });
    if (!delivery.delivered) expect(delivery.cure?.en).toEqual(cure && expect.stringContaining(cure));
  });

  test("of the sender names the setting", async () => {
    const server = await serverWith({ onMailFrom: (_, __, done) => done(smtpReply(553, "not your address")) });
    expect(await deliver(channelTo(server.port))).toMatchObject({
      retry: false,
      message: "Mail command failed: 553 not your address",
      cure: { en: expect.stringContaining("refuses the sender") },
    });
  });

  test.each([
    [554, false],
    [451, true],
    [421, true],
  ])("of the content with %i: another attempt %s", async (code, retry) => {
    const server = await serverWith({
      onData(stream, _, done) {
        stream.resume().on("end", () => done(smtpReply(code, "not now")));
      },
    });
    expect(await deliver(channelTo(server.port))).toMatchObject({
      delivered: false,
      retry,
      message: `Message failed: ${code} not now`,
      exchange: { answer: `${code} not now` },
    });
  });
});

describe("several recipients", () => {
  test("of whom one is refused for now: another attempt goes to that one only", async () => {
    let busy = true;
    const server = await serverWith({
      onRcptTo: ({ address }, _, done) => done(busy && address === "b@example.com" ? smtpReply(452, "full") : null),
    });
    const channel = channelTo(server.port, { to: ["a@example.com", "b@example.com"] });
    expect(await deliver(channel)).toMatchObject({
      delivered: false,
      retry: true,
      message: "delivered to the others, not to b@example.com: 452 full",
    });
    busy = false;
    expect(await deliver(channel)).toMatchObject({ delivered: true });
    expect(server.received.map(({ recipients }) => recipients)).toEqual([["a@example.com"], ["b@example.com"]]);
    expect(await deliver(channel)).toEqual({ delivered: true });
    await deliver(channel, notificationOf([OVER], { id: "0c".repeat(16) }));
    expect(server.received[2]?.recipients).toEqual(["a@example.com", "b@example.com"]);
  });

  test("of whom one is refused for good: the failure is shown and not tried again", async () => {
    const server = await serverWith({
      onRcptTo: ({ address }, _, done) => done(address === "b@example.com" ? smtpReply(550, "unknown") : null),
    });
    const channel = channelTo(server.port, { to: ["a@example.com", "b@example.com"] });
    expect(await deliver(channel)).toMatchObject({
      delivered: false,
      retry: false,
      message: "delivered to the others, not to b@example.com: 550 unknown",
    });
    expect(server.received).toHaveLength(1);
  });
});

describe("a connection", () => {
  test("to a server whose certificate nobody vouches for gets no password", async () => {
    const asked = vi.fn();
    const server = await serverWith({ onAuth: asked });
    expect(await deliver(channelTo(server.port, { ca_file: undefined }))).toMatchObject({
      delivered: false,
      retry: true,
      message: expect.stringContaining("self-signed certificate"),
      cure: { en: expect.stringContaining("not trusted") },
    });
    expect(asked).not.toHaveBeenCalled();
  });

  test("to a server without STARTTLS ends before anything is sent", async () => {
    const server = await serverWith({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
    expect(await deliver(channelTo(server.port))).toMatchObject({
      delivered: false,
      retry: false,
      cure: { en: expect.stringContaining("does not offer STARTTLS") },
    });
    expect(server.received).toEqual([]);
  });

  test("by TLS to a port that begins without it names the setting", async () => {
    const server = await serverWith();
    expect(await deliver(channelTo(server.port, { tls: "implicit" }))).toMatchObject({
      delivered: false,
      cure: { en: "that port does not begin with TLS: use tls: starttls" },
    });
  });

  test("that nobody takes is tried again", async () => {
    const server = await serverWith();
    await open.pop()?.();
    expect(await deliver(channelTo(server.port))).toMatchObject({
      delivered: false,
      retry: true,
      message: expect.stringContaining("ECONNREFUSED"),
      cure: { en: "nothing listens at that address" },
    });
  });

  test("to a host that does not exist says so", async () => {
    expect(await deliver(channelTo(25, { host: "smtp.invalid" }))).toMatchObject({
      delivered: false,
      retry: true,
      cure: { en: "the host name is not known here" },
    });
  });

  test("to a server that never greets ends after 10 s", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const connected = new EventEmitter();
    const port = await rawServer((socket) => connected.emit("socket", socket));
    const delivery = deliver(channelTo(port));
    await once(connected, "socket");
    vi.advanceTimersByTime(10_000);
    expect(await delivery).toMatchObject({
      delivered: false,
      retry: true,
      message: expect.stringMatching(/Greeting never received|Connection timeout/),
      cure: { en: expect.stringContaining("Port 465 wants tls: implicit") },
    });
  });

  test("ends when the caller ends it", async () => {
    const ending = new AbortController();
    const port = await rawServer(() => ending.abort());
    const delivery = await channelTo(port).deliver(notificationOf(), ending.signal);
    expect(delivery).toMatchObject({ delivered: false, retry: true, message: expect.stringContaining("time given") });
  });

  test("to a server that answers without an end ends, and little is kept", async () => {
    const port = await rawServer((socket) => socket.write(`220-${"x".repeat(10_000_000)}`));
    const delivery = await deliver(channelTo(port));
    expect(delivery).toMatchObject({ delivered: false, retry: true });
    expect(JSON.stringify(delivery.exchange).length).toBeLessThan(2000);
    if (!delivery.delivered) expect(delivery.message.length).toBeLessThan(600);
  });

  test("cannot be had with a ca_file that is not there, and the answer names it", async () => {
    const missing = join(folder, "none.pem");
    expect(await deliver(channelTo(25, { ca_file: missing }))).toMatchObject({
      delivered: false,
      message: expect.stringContaining(missing),
    });
  });
});
