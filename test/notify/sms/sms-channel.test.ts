import { describe, expect, test } from "vitest";
import { smsChannel } from "../../../src/notify/sms/sms-channel.js";
import { SMS_SETTINGS } from "../../../src/notify/sms/sms-settings.js";
import { smsText } from "../../../src/notify/sms/sms-text.js";
import { answering, HttpService } from "../http-service.js";
import { failed, httpTroubleTests } from "../http-trouble.js";
import { notificationOf, OVER } from "../message/notification-of.js";
import { ACCOUNT, formOf, type Refusal, TOKEN, twilioServer } from "./twilio-server.js";

const ANN = "+8613800000001";
const BOB = "+8613800000002";

const settingsOf = (parts: object = {}) =>
  SMS_SETTINGS.parse({ account_sid: ACCOUNT, auth_token: TOKEN, from: "+15557122661", to: [ANN], ...parts });

const channelAt = (api: string, parts: object = {}) =>
  smsChannel("night", { ...settingsOf({ api, ...parts }), language: "en" });

const deliver = (channel: ReturnType<typeof channelAt>, notification = notificationOf()) =>
  channel.deliver(notification, new AbortController().signal);

test("each number gets a message of its own", async () => {
  const twilio = await twilioServer();
  const delivery = await deliver(channelAt(twilio.url, { to: [ANN, BOB] }));
  expect(delivery).toMatchObject({ delivered: true, exchange: { request: `POST ${twilio.url}/[redacted]` } });
  const Body = smsText(notificationOf(), { language: "en" });
  const forms = twilio.posted.map(formOf).sort((a, b) => ((a.To ?? "") < (b.To ?? "") ? -1 : 1));
  expect(forms).toEqual([
    { To: ANN, From: "+15557122661", Body },
    { To: BOB, From: "+15557122661", Body },
  ]);
  expect(twilio.posted[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
});

test("a messaging service is the sender where the settings name one", async () => {
  const twilio = await twilioServer();
  const service = `MG${"0c".repeat(16)}`;
  expect(await deliver(channelAt(twilio.url, { from: undefined, messaging_service: service }))).toMatchObject({
    delivered: true,
  });
  expect(formOf(twilio.posted[0] as (typeof twilio.posted)[number])).toMatchObject({ MessagingServiceSid: service });
  expect(twilio.posted[0]?.body).not.toContain("From=");
});

test("another attempt goes to those only who have no message yet", async () => {
  let refusals: Refusal[] = [{ to: BOB, status: 429, code: 20429, message: "Too Many Requests" }];
  const twilio = await twilioServer(() => refusals);
  const channel = channelAt(twilio.url, { to: [ANN, BOB] });
  expect(await deliver(channel)).toMatchObject({
    delivered: false,
    retry: true,
    message: `${BOB}: 20429 Too Many Requests`,
  });
  refusals = [];
  expect(await deliver(channel)).toMatchObject({ delivered: true });
  expect(twilio.posted.map((posted) => formOf(posted).To).sort()).toEqual([ANN, BOB, BOB]);
  await deliver(channel, notificationOf([OVER], { id: "0c".repeat(16) }));
  expect(twilio.posted).toHaveLength(5);
});

test("a refused number keeps no other from its message", async () => {
  const twilio = await twilioServer(() => [{ to: ANN, status: 400, code: 21211, message: "not valid" }]);
  expect(await deliver(channelAt(twilio.url, { to: [ANN, BOB] }))).toMatchObject({
    delivered: false,
    retry: false,
    message: `${ANN}: 21211 not valid`,
  });
  expect(twilio.posted).toHaveLength(2);
});

describe("what Twilio refuses", () => {
  test.each([
    [400, 21211, false, "country code first"],
    [400, 21408, false, "Geo permissions"],
    [400, 21606, false, "from must be"],
    [400, 21608, false, "trial account"],
    [400, 21610, false, "STOP"],
    [400, 21614, false, "takes SMS"],
    [400, 21660, false, "from must be"],
    [400, 21705, false, "messaging_service must be"],
    [429, 20429, true, "tried again later"],
    [429, 63038, true, "used up"],
    [403, 10001, false, "suspended"],
    [400, 29999, false, undefined],
    [500, 20500, true, undefined],
  ])("with %i and code %i has its cure; another attempt: %s", async (status, code, retry, cure) => {
    const twilio = await twilioServer(() => [{ status, code, message: "as it says" }]);
    const delivery = failed(await deliver(channelAt(twilio.url)));
    expect(delivery).toMatchObject({ retry, message: `${ANN}: ${code} as it says` });
    expect(delivery.cure?.en).toEqual(cure && expect.stringContaining(cure));
    expect(delivery.cure === undefined).toBe(delivery.cure?.zh === undefined);
  });

  test("for a wrong token shows neither the token nor the login", async () => {
    const twilio = await twilioServer();
    const delivery = failed(await deliver(channelAt(twilio.url, { auth_token: "ffffffffffffffffffff" })));
    expect(delivery).toMatchObject({
      retry: false,
      message: `${ANN}: 20003 Authenticate`,
      cure: { en: expect.stringContaining("auth_token is wrong") },
    });
    const login = Buffer.from(`${ACCOUNT}:ffffffffffffffffffff`).toString("base64");
    expect(JSON.stringify(delivery)).not.toMatch(new RegExp(`ffffffffffffffffffff|${login}`));
  });

  test.each([
    [30007, false, "filters"],
    [30003, true, "out of reach"],
  ])("after it took the request, with code %i, is a failure too", async (error_code, retry, cure) => {
    const message = { sid: "SM0", status: "failed", error_code, error_message: "as it says" };
    const { url } = await HttpService.start(answering(201, JSON.stringify(message)));
    expect(await deliver(channelAt(url))).toMatchObject({
      delivered: false,
      retry,
      message: `${ANN}: ${error_code} as it says`,
      cure: { en: expect.stringContaining(cure) },
    });
  });

  test.each(["<html>Please log in to the WLAN</html>", "{}", "null"])(
    "nor did it say yes with 200 and %s",
    async (body) => {
      const { url } = await HttpService.start(answering(200, body));
      expect(await deliver(channelAt(url))).toMatchObject({
        delivered: false,
        retry: true,
        message: `${ANN}: expected Twilio's answer with a sid, found 200 ${body}`,
      });
    },
  );
});

httpTroubleTests(channelAt);

test.each([
  [{ from: undefined }, "either from or messaging_service"],
  [{ messaging_service: `MG${"0c".repeat(16)}` }, "either from or messaging_service"],
  [{ account_sid: "SK0" }, "the account SID"],
  [{ to: ["13800000000"] }, "a phone number with its country code"],
  [{ to: [8613800000000] }, "in quotes"],
  [{ to: [] }, "at least one phone number"],
  [{ from: "a name that is too long" }, "a number of your Twilio account"],
  [{ api: "ftp://api.twilio.com" }, "the address of Twilio's API"],
])("settings with %o are a mistake: %s", (parts, message) => {
  const settings = { account_sid: ACCOUNT, auth_token: TOKEN, from: "+15557122661", to: [ANN], ...parts };
  const { success, error } = SMS_SETTINGS.safeParse(settings);
  expect(success).toBe(false);
  expect(error?.issues[0]?.message).toContain(message);
});

test("the token is not shown with the settings", () => {
  expect(JSON.stringify(settingsOf())).not.toContain(TOKEN);
});
