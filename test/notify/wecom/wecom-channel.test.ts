import { afterEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/notify/delivery.js";
import { wecomChannel } from "../../../src/notify/wecom/wecom-channel.js";
import { WECOM_SETTINGS } from "../../../src/notify/wecom/wecom-settings.js";
import { Secret } from "../../../src/receive/secret.js";
import { HOSTILE, hugeNotification, robotNotification } from "../robot/robot-notification.js";
import type { RobotServer } from "../robot/robot-server.js";
import { webhookTroubleTests } from "../robot/webhook-trouble.js";
import { WECOM_KEY, type WecomAnswer, wecomServer } from "./wecom-server.js";

const servers: RobotServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** One attempt at a robot that judges, or answers so. */
async function delivered(
  answer?: WecomAnswer,
  { key = WECOM_KEY, at = {}, notification = robotNotification() } = {},
): Promise<Delivery> {
  const server = await wecomServer(answer);
  servers.push(server);
  const block = WECOM_SETTINGS.parse({ url: `http://${server.host}/cgi-bin/webhook/send?key=${key}`, at });
  const channel = wecomChannel("oncall", { ...block, language: "zh" });
  const delivery = await channel.deliver(notification, new AbortController().signal);
  expect(JSON.stringify(delivery)).not.toContain(key);
  return delivery;
}

describe("a robot takes", () => {
  test.each([
    ["a message", robotNotification()],
    ["a message with what somebody put into a label", robotNotification({ labels: { model: HOSTILE } })],
    ["a message about more than fits", hugeNotification()],
  ])("%s, with markup and without", async (_what, notification) => {
    expect(await delivered(undefined, { notification })).toMatchObject({
      delivered: true,
      exchange: {
        request: expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/\[redacted\]$/),
        answer: '200 {"errcode":0,"errmsg":"ok"}',
      },
    });
    expect(await delivered(undefined, { notification, at: { mobiles: ["13800000000"] } })).toMatchObject({
      delivered: true,
      exchange: { body: expect.stringContaining('"msgtype":"text"') },
    });
  });
});

test("a wrong key is not tried again", async () => {
  expect(await delivered(undefined, { key: "00000000-0000-0000-0000-000000000000" })).toMatchObject({
    delivered: false,
    retry: false,
    message: 'errcode 93000 "invalid webhook url"',
    cure: { en: expect.stringContaining("WECOM_WEBHOOK"), zh: expect.stringContaining("移出群") },
  });
});

test.each([
  [93004, "bot is disabled", "switched off"],
  [93008, "not in the group", "not in the group"],
  [40008, "invalid message type", "not a group robot's"],
  [44004, "empty content", "not a group robot's"],
  [40003, "invalid userid", "at.userIds"],
  [40058, "markdown.content exceed max length 4096. invalid Request Parameter", "too long"],
])("errcode %i is not tried again", async (errcode, errmsg, cure) => {
  expect(await delivered({ errcode, errmsg })).toMatchObject({
    delivered: false,
    retry: false,
    message: `errcode ${errcode} "${errmsg}"`,
    cure: { en: expect.stringContaining(cure) },
  });
});

test("too many messages are tried again after a minute", async () => {
  const errmsg =
    "api freq out of limit, hint: [1773643642077182456917975], from ip: 203.0.113.7, more info at https://…";
  expect(await delivered({ errcode: 45009, errmsg })).toMatchObject({
    delivered: false,
    retry: true,
    retryAfterMs: 60_000,
    message: 'errcode 45009 "api freq out of limit"',
    cure: { en: expect.stringContaining("20 messages a minute"), zh: expect.stringContaining("20 条") },
  });
});

test.each([
  [-1, "system busy"],
  [999999, "something new"],
])("errcode %i may pass", async (errcode, errmsg) => {
  expect(await delivered({ errcode, errmsg })).toMatchObject({ delivered: false, retry: true });
});

test("the 21st message within a minute waits", async () => {
  const server = await wecomServer();
  servers.push(server);
  const url = new Secret(`http://${server.host}/cgi-bin/webhook/send?key=${WECOM_KEY}`);
  const channel = wecomChannel("oncall", { url, language: "en" }, () => 1785580325000);
  const deliver = () => channel.deliver(robotNotification(), new AbortController().signal);
  for (let sent = 0; sent < 20; sent++) expect((await deliver()).delivered).toBe(true);
  expect(await deliver()).toMatchObject({ delivered: false, retry: true, retryAfterMs: 60_000 });
  expect(server.posts).toHaveLength(20);
});

test.each([
  [{ url: "key" }, "the robot's webhook address, which begins with https://"],
  [{ url: "https://a.example", at: { userIds: ["a><@b"] } }, "WeCom user ids"],
  [{ url: "https://a.example", at: { mobiles: ["everybody"] } }, 'mobile numbers, such as "13800000000"'],
])("settings %j: expected %s", (block, expected) => {
  const { error } = WECOM_SETTINGS.safeParse(block);
  expect(error?.issues.map(({ message }) => message)).toEqual([expected]);
});

describe("whatever the network does", () => {
  webhookTroubleTests((url) => wecomChannel("oncall", { url, language: "en" }));
});
