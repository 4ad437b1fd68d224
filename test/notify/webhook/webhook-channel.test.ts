import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { webhookChannel } from "../../../src/notify/webhook/webhook-channel.js";
import { WEBHOOK_SETTINGS } from "../../../src/notify/webhook/webhook-settings.js";
import { webhookHeaders } from "../../../src/notify/webhook/webhook-signature.js";
import { Secret } from "../../../src/receive/secret.js";
import { answering, HttpService } from "../http-service.js";
import { httpTroubleTests } from "../http-trouble.js";
import { notificationOf } from "../message/notification-of.js";

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;
const PATH_KEY = "T0-a-key-that-is-in-the-path";
const NOW_MS = 1_785_580_330_900;
const signal = new AbortController().signal;

const channel = (settings: object, now = () => NOW_MS) =>
  webhookChannel("hook", { ...WEBHOOK_SETTINGS.parse(settings), language: "en" }, now);

httpTroubleTests((url) => channel({ url: `${url}/${PATH_KEY}` }));

test("any answer of 2xx is a delivery, whatever it says", async () => {
  const { url, posted } = await HttpService.start(answering(204));
  const delivery = await channel({ url }).deliver(notificationOf(), signal);
  expect(delivery).toMatchObject({ delivered: true, exchange: { answer: "204" } });
  expect(posted).toMatchObject([{ method: "POST", headers: { "content-type": "application/json" } }]);
});

test("the message is named by the same id on every attempt, and the attempt by its time", async () => {
  const { url, posted } = await HttpService.start(answering(500));
  const notification = notificationOf();
  let nowMs = NOW_MS;
  const hook = channel({ url }, () => nowMs);
  await hook.deliver(notification, signal);
  nowMs += 60_000;
  await hook.deliver(notification, signal);
  expect(posted.map(({ headers }) => [headers["webhook-id"], headers["webhook-timestamp"]])).toEqual([
    [notification.id, "1785580330"],
    [notification.id, "1785580390"],
  ]);
  expect(posted[0]?.headers["webhook-signature"]).toBeUndefined();
});

test("a signature is over id, time and body, so none of them can be another's", async () => {
  const { url, posted } = await HttpService.start(answering(200));
  await channel({ url, secret: SECRET }).deliver(notificationOf(), signal);
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = posted[0]?.headers ?? {};
  const body = posted[0]?.body ?? "";
  const signed = (ofId: unknown, atTime: unknown, text: string): string =>
    `v1,${createHmac("sha256", KEY).update(`${ofId}.${atTime}.${text}`).digest("base64")}`;
  expect(signature).toBe(signed(id, timestamp, body));
  expect(signature).not.toBe(signed(id, 1_785_580_331, body));
  expect(signature).not.toBe(signed(id, timestamp, `${body} `));
});

test("the example that Standard Webhooks publishes has the signature that is published with it", () => {
  const secret = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const example = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}', secret };
  expect(webhookHeaders(example, 1_614_265_330_000)).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("further headers are sent, and no secret is in what is shown", async () => {
  const token = "Bearer 0123456789abcdef";
  const { url, posted } = await HttpService.start((request, response) => {
    const { authorization = "" } = request.headers;
    response.writeHead(403).end(`no ${authorization}, ${authorization.split(" ")[1]} at ${request.path}`);
  });
  const settings = { url: `${url}/${PATH_KEY}?k=${PATH_KEY}`, secret: SECRET, headers: { Authorization: token } };
  const delivery = await channel(settings).deliver(notificationOf(), signal);
  expect(posted[0]?.headers.authorization).toBe(token);
  expect(delivery).toMatchObject({ message: "403 no [redacted], [redacted] at /[redacted]?k=[redacted]" });
  const shown = JSON.stringify([delivery, WEBHOOK_SETTINGS.parse(settings)]);
  for (const secret of [token, PATH_KEY, SECRET]) expect(shown).not.toContain(secret);
});

test.each([
  [
    { url: "ftp://example.com" },
    "an address to post to, such as https://example.com/alerts, without user and password",
  ],
  [{ url: "https://user:pw@example.com" }, "without user and password"],
  [{ url: "https://example.com", secret: "whsec_c2hvcnQ=" }, "24 to 64 bytes in Base64"],
  [{ url: "https://example.com", secret: KEY.toString("base64") }, '"whsec_" and'],
  [
    { url: "https://example.com", headers: { "Webhook-Id": "1" } },
    "the name of an HTTP header that is not set already",
  ],
  [{ url: "https://example.com", headers: { "a b": "1" } }, "the name of an HTTP header"],
  [{ url: "https://example.com", headers: { a: "b\r\nc: d" } }, "the value of an HTTP header"],
  [{ url: "https://example.com", max_alerts: 0 }, "a whole number from 1 up"],
])("settings %j are refused", (settings, expected) => {
  const { error } = WEBHOOK_SETTINGS.safeParse(settings);
  expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(expected).slice(1, -1));
});
