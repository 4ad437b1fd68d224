import { describe, expect, test } from "vitest";
import { alertmanagerChannel } from "../../../src/notify/alertmanager/alertmanager-channel.js";
import { ALERTMANAGER_SETTINGS } from "../../../src/notify/alertmanager/alertmanager-settings.js";
import { answering, HttpService } from "../http-service.js";
import { failed, httpTroubleTests } from "../http-trouble.js";
import { FULL, notificationOf, OVER } from "../message/notification-of.js";

const NOW_MS = Date.parse("2026-08-01T10:36:00Z");
const signal = new AbortController().signal;

const channel = (settings: object) =>
  alertmanagerChannel("am", { ...ALERTMANAGER_SETTINGS.parse(settings), language: "en" }, () => NOW_MS);

httpTroubleTests((url) => channel({ urls: [url] }));

test("what fires is held for ten re-sends, what resolved has its end", async () => {
  const service = await HttpService.start(answering(200));
  const alertmanager = channel({ urls: [service.url], resend_every: "30s" });
  expect(alertmanager.forgetsAfterS).toBe(30);
  await alertmanager.deliver(notificationOf([FULL, { ...OVER, labels: { model: "gpt-6" } }]), signal);
  expect(service.posted).toMatchObject([{ method: "POST", path: "/api/v2/alerts" }]);
  expect(service.newest).toEqual([
    {
      labels: expect.objectContaining({ alertname: "very-low-success-rate", severity: "critical", model: "gpt-5" }),
      annotations: expect.objectContaining({ value: "71 %", threshold: "< 90 %" }),
      startsAt: "2026-08-01T10:32:05.000Z",
      endsAt: "2026-08-01T10:41:00.000Z",
      generatorURL: "https://watch.example.com/requests?outcome=error",
    },
    {
      labels: { alertname: "very-low-success-rate", severity: "critical", model: "gpt-6" },
      annotations: expect.objectContaining({ value: "97 %" }),
      startsAt: "2026-08-01T10:32:05.000Z",
      endsAt: "2026-08-01T10:35:20Z",
      generatorURL: "https://watch.example.com/alerts",
    },
  ]);
});

test("without a setting it is told every minute", () => {
  expect(channel({ urls: ["http://127.0.0.1:9093"] }).forgetsAfterS).toBe(60);
});

test("an address may have a path prefix", async () => {
  const service = await HttpService.start(answering(200));
  await channel({ urls: [`${service.url}/alertmanager/`] }).deliver(notificationOf(), signal);
  expect(service.posted[0]?.path).toBe("/alertmanager/api/v2/alerts");
});

describe("of several peers", () => {
  test("each is told, and both answers are shown", async () => {
    const [one, other] = [await HttpService.start(answering(200)), await HttpService.start(answering(200))];
    const delivery = await channel({ urls: [one.url, other.url] }).deliver(notificationOf(), signal);
    expect(one.newest).toEqual(other.newest);
    expect(delivery).toMatchObject({
      delivered: true,
      exchange: {
        request: `POST ${one.url}/[redacted]\nPOST ${other.url}/[redacted]`,
        body: one.posted[0]?.body,
        answer: `${hostOf(one)}: 200\n${hostOf(other)}: 200`,
      },
    });
  });

  test("one that took it is enough; what the other said is shown", async () => {
    const [one, other] = [await HttpService.start(answering(503, "starting")), await HttpService.start(answering(200))];
    expect(await channel({ urls: [one.url, other.url] }).deliver(notificationOf(), signal)).toMatchObject({
      delivered: true,
      exchange: { answer: `${hostOf(one)}: 503 starting\n${hostOf(other)}: 200` },
    });
  });

  test("a dead one does not keep the others waiting: they are told at once", async () => {
    const end = new AbortController();
    const living = await HttpService.start((_posted, response) => {
      response.end();
      end.abort();
    });
    const dead = await HttpService.start(() => undefined);
    const delivery = await channel({ urls: [dead.url, living.url] }).deliver(notificationOf(), end.signal);
    expect(living.posted).toHaveLength(1);
    expect(delivery.exchange?.answer).toContain(`${hostOf(dead)}: `);
  });

  test("when none took it, it is tried again as soon as one may", async () => {
    const [one, other] = [
      await HttpService.start(answering(400, '"start time must be before end time"')),
      await HttpService.start(answering(429, "", { "retry-after": "9" })),
    ];
    const delivery = failed(await channel({ urls: [one.url, other.url] }).deliver(notificationOf(), signal));
    expect(delivery).toMatchObject({ retry: true, retryAfterMs: 9_000 });
    expect(delivery.message).toBe(`${hostOf(one)}: 400 "start time must be before end time"; ${hostOf(other)}: 429`);
  });

  test("when all refuse it for good, it is given up", async () => {
    const urls = [(await HttpService.start(answering(401))).url, (await HttpService.start(answering(404))).url];
    expect(failed(await channel({ urls }).deliver(notificationOf(), signal)).retry).toBe(false);
  });
});

test.each([
  [{ basic_auth: { username: "ann", password: "pass:word-0123456" } }, "Basic YW5uOnBhc3M6d29yZC0wMTIzNDU2"],
  [{ bearer_token: "token-0123456789" }, "Bearer token-0123456789"],
])("it shows who it is, and nobody else what by: %j", async (settings, authorization) => {
  const service = await HttpService.start((posted, response) => {
    response.writeHead(403).end(`not ${posted.headers.authorization}`);
  });
  const whole = { urls: [service.url], ...settings };
  const delivery = await channel(whole).deliver(notificationOf(), signal);
  expect(service.posted[0]?.headers.authorization).toBe(authorization);
  expect(delivery).toMatchObject({ message: "403 not [redacted]" });
  expect(JSON.stringify([delivery, ALERTMANAGER_SETTINGS.parse(whole)])).not.toMatch(/0123456|YW5uOnBh/);
});

test.each([
  [{}, "a list of addresses"],
  [{ urls: [] }, "at least one address"],
  [{ urls: ["alertmanager:9093"] }, "an Alertmanager's address, such as http://alertmanager:9093"],
  [{ urls: ["http://a:b@am:9093"] }, "without user and password"],
  [{ urls: ["http://am:9093"], resend_every: "2s" }, "a duration from 10s to 1h, such as 1m"],
  [{ urls: ["http://am:9093"], resend_every: "soon" }, "a duration from 10s to 1h, such as 1m"],
  [{ urls: ["http://am:9093"], bearer_token: "a\nb" }, "a token, of ASCII characters"],
  [
    { urls: ["http://am:9093"], bearer_token: "t", basic_auth: { username: "u", password: "p" } },
    "either basic_auth or bearer_token",
  ],
])("settings %j are refused", (settings, expected) => {
  const { error } = ALERTMANAGER_SETTINGS.safeParse(settings);
  expect(error?.issues.map(({ message }) => message).join()).toContain(expected);
});

function hostOf({ url }: HttpService): string {
  return new URL(url).host;
}
