import { afterEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/notify/delivery.js";
import { dingtalkChannel } from "../../../src/notify/dingtalk/dingtalk-channel.js";
import { DINGTALK_SETTINGS } from "../../../src/notify/dingtalk/dingtalk-settings.js";
import { signedDingtalkUrl } from "../../../src/notify/dingtalk/dingtalk-signature.js";
import { Secret } from "../../../src/receive/secret.js";
import { robotNotification } from "../robot/robot-notification.js";
import type { RobotServer } from "../robot/robot-server.js";
import { webhookTroubleTests } from "../robot/webhook-trouble.js";
import { DINGTALK_TOKEN, type DingtalkRobot, dingtalkServer } from "./dingtalk-server.js";

const SECRET = "SEC0123456789abcdef";

const servers: RobotServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** One attempt at a robot that is set up so, with these settings. */
async function delivered(
  robot: DingtalkRobot,
  settings: { secret?: string; keyword?: string; token?: string } = {},
  now: () => number = Date.now,
): Promise<Delivery & { posts: RobotServer["posts"] }> {
  const server = await dingtalkServer(robot);
  servers.push(server);
  const { token = DINGTALK_TOKEN, ...parts } = settings;
  const block = DINGTALK_SETTINGS.parse({ url: `http://${server.host}/robot/send?access_token=${token}`, ...parts });
  const channel = dingtalkChannel("oncall", { ...block, language: "en" }, now);
  const delivery = await channel.deliver(robotNotification(), new AbortController().signal);
  const shown = JSON.stringify(delivery);
  for (const secret of [token, SECRET, server.posts[0]?.url.searchParams.get("sign")]) {
    if (secret != null) expect(shown).not.toContain(secret);
  }
  return { ...delivery, posts: server.posts };
}

test("the signature is the one that DingTalk computes", () => {
  const url = signedDingtalkUrl(
    new Secret("https://oapi.dingtalk.com/robot/send?access_token=a&timestamp=1&sign=old"),
    new Secret("this is secret"),
    1785580325000,
  );
  expect(url.reveal()).toBe(
    "https://oapi.dingtalk.com/robot/send?access_token=a&timestamp=1785580325000&sign=d6pQPRGgBaIqD%2F%2B2GNAnAq5bbioAWEFW8FQSk%2FwgkmE%3D",
  );
});

describe("a robot takes", () => {
  test("a signed message", async () => {
    const { posts, ...delivery } = await delivered({ secret: SECRET }, { secret: SECRET });
    expect(delivery).toMatchObject({
      delivered: true,
      exchange: {
        request: expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/\[redacted\]$/),
        answer: '200 {"errcode":0,"errmsg":"ok"}',
      },
    });
    expect(posts).toHaveLength(1);
  });

  test("a message with its keyword", async () => {
    expect(await delivered({ keywords: ["监控报警"] }, { keyword: "监控报警" })).toMatchObject({ delivered: true });
  });
});

describe("310000 has four meanings, each with its cure", () => {
  test("the signature is wrong", async () => {
    expect(await delivered({ secret: SECRET }, { secret: "SECwrong" })).toMatchObject({
      delivered: false,
      retry: false,
      message: 'errcode 310000 "sign not match"',
      cure: {
        en: "DINGTALK_SECRET is wrong or missing, or the clock is off",
        zh: "DINGTALK_SECRET 错误或未设置，或本机时钟不准",
      },
    });
  });

  test("the clock is off", async () => {
    const nowMs = Date.now() - 3_700_000;
    expect(await delivered({ secret: SECRET }, { secret: SECRET }, () => nowMs)).toMatchObject({
      retry: false,
      message: 'errcode 310000 "invalid timestamp"',
      cure: { en: expect.stringContaining("clock of this machine"), zh: expect.stringContaining("校时") },
    });
  });

  test("no keyword is in the message", async () => {
    expect(await delivered({ keywords: ["监控报警"] })).toMatchObject({
      retry: false,
      message: 'errcode 310000 "keywords not in content"',
      cure: { en: expect.stringContaining("keyword"), zh: expect.stringContaining("关键词") },
    });
  });

  test("this machine is not among the robot's IP addresses", async () => {
    expect(await delivered({ allowed: false })).toMatchObject({
      retry: false,
      message: 'errcode 310000 "ip 203.0.113.7 not in whitelist"',
      cure: { en: expect.stringContaining("IP address"), zh: expect.stringContaining("公网 IP") },
    });
  });

  test.each([
    [
      "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;",
      "DINGTALK_SECRET",
    ],
    ["错误描述:机器人发送签名过期;解决方案:签名生成时间和发送时间请保持在 timestampms 以内;", "clock of this machine"],
    ["错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;", "keyword"],
    ["description:ip 不在白名单中;solution:请联系对应群的管理员，设置机器人安全ip地址段", "IP address"],
    ["something new", "security settings"],
  ])("as DingTalk says it to newer robots: %s", async (errmsg, cure) => {
    const delivery = await delivered({ errcode: 310000, errmsg });
    expect(delivery).toMatchObject({ retry: false, cure: { en: expect.stringContaining(cure) } });
  });
});

test.each([
  [300001, "token is not exist", "DINGTALK_WEBHOOK"],
  [400101, "access_token不存在", "DINGTALK_WEBHOOK"],
  [400102, "机器人已停用", "switch it on"],
  [400013, "群已被解散", "dissolved"],
  [40035, "缺少参数 access_token", "not whole"],
  [430101, "含有不安全的外链", "runbook_url"],
])("errcode %i is not tried again", async (errcode, errmsg, cure) => {
  expect(await delivered({ errcode, errmsg })).toMatchObject({
    delivered: false,
    retry: false,
    message: `errcode ${errcode} "${errmsg}"`,
    cure: { en: expect.stringContaining(cure) },
  });
});

test("an address with a wrong token is not tried again", async () => {
  expect(await delivered({}, { token: "0".repeat(64) })).toMatchObject({
    retry: false,
    message: 'errcode 300005 "token is not exist"',
  });
});

test.each([
  [130101, "send too fast, exceed 20 times per minute"],
  [302033, "send too fast"],
  [410100, "发送速度太快而限流"],
  [300001, "send too fast, exceed 20 times per minute"],
])("errcode %i, too many messages, is tried again after a minute", async (errcode, errmsg) => {
  expect(await delivered({ errcode, errmsg })).toMatchObject({ delivered: false, retry: true, retryAfterMs: 60_000 });
});

test.each([
  [-1, "系统繁忙"],
  [999999, "something new"],
])("errcode %i may pass", async (errcode, errmsg) => {
  expect(await delivered({ errcode, errmsg })).toMatchObject({ delivered: false, retry: true });
});

test("the 21st message within a minute waits, since DingTalk would shut the robot out for ten", async () => {
  const server = await dingtalkServer({});
  servers.push(server);
  const block = DINGTALK_SETTINGS.parse({ url: `http://${server.host}/robot/send?access_token=${DINGTALK_TOKEN}` });
  let nowMs = 1785580325000;
  const channel = dingtalkChannel("oncall", { ...block, language: "en" }, () => nowMs);
  const deliver = () => channel.deliver(robotNotification(), new AbortController().signal);
  for (let sent = 0; sent < 20; sent++) {
    expect(await deliver()).toMatchObject({ delivered: true });
    nowMs += 1_000;
  }
  expect(await deliver()).toEqual({
    delivered: false,
    retry: true,
    retryAfterMs: 40_000,
    message: "the robot may send 20 messages a minute, and has",
  });
  nowMs += 40_000;
  expect(await deliver()).toMatchObject({ delivered: true });
  expect(server.posts).toHaveLength(21);
});

describe("settings", () => {
  test.each([
    [{}, "the robot's webhook address, which begins with https://"],
    [{ url: "oapi.dingtalk.com/robot/send" }, "the robot's webhook address, which begins with https://"],
    [{ url: "https://a.example", at: { mobiles: [13800000000] } }, 'mobile numbers, such as "13800000000", in quotes'],
    [{ url: "https://a.example", at: { userIds: ["a](b"] } }, "DingTalk user ids"],
    [{ url: "https://a.example", keyword: "" }, "one of the robot's keywords"],
  ])("%j: expected %s", (block, expected) => {
    const { error } = DINGTALK_SETTINGS.safeParse(block);
    expect(error?.issues.map(({ message }) => message)).toEqual([expected]);
  });

  test("keep what is secret", () => {
    const url = `https://oapi.dingtalk.com/robot/send?access_token=${DINGTALK_TOKEN}`;
    const shown = JSON.stringify(DINGTALK_SETTINGS.parse({ url, secret: SECRET }));
    expect(shown).toBe('{"url":"[redacted]","secret":"[redacted]"}');
  });
});

describe("whatever the network does", () => {
  webhookTroubleTests((url) => dingtalkChannel("oncall", { url, language: "en" }));
});
