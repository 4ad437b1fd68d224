import { afterEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/notify/delivery.js";
import { feishuChannel } from "../../../src/notify/feishu/feishu-channel.js";
import { FEISHU_SETTINGS } from "../../../src/notify/feishu/feishu-settings.js";
import { feishuSignature } from "../../../src/notify/feishu/feishu-signature.js";
import { Secret } from "../../../src/receive/secret.js";
import { hugeNotification, robotNotification } from "../robot/robot-notification.js";
import type { RobotServer } from "../robot/robot-server.js";
import { webhookTroubleTests } from "../robot/webhook-trouble.js";
import { FEISHU_TOKEN, type FeishuBot, feishuServer } from "./feishu-server.js";

const SECRET = "Gk3n2VfE9QzRt7";

const servers: RobotServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** One attempt at a bot that is set up so, with these settings. */
async function delivered(
  bot: FeishuBot,
  settings: { secret?: string; keyword?: string; token?: string } = {},
  { now = Date.now, notification = robotNotification() } = {},
): Promise<Delivery> {
  const server = await feishuServer(bot);
  servers.push(server);
  const { token = FEISHU_TOKEN, ...parts } = settings;
  const block = FEISHU_SETTINGS.parse({ url: `http://${server.host}/open-apis/bot/v2/hook/${token}`, ...parts });
  const channel = feishuChannel("oncall", { ...block, language: "zh" }, now);
  const delivery = await channel.deliver(notification, new AbortController().signal);
  const { sign } = JSON.parse(server.posts[0]?.body ?? "{}") as { sign?: string };
  const shown = JSON.stringify(delivery);
  for (const secret of [token, SECRET, sign]) {
    if (secret !== undefined) expect(shown).not.toContain(secret);
  }
  return delivery;
}

test("the signature is the one that Feishu computes", () => {
  const { timestamp, sign } = feishuSignature(new Secret("demo"), 1599360473_999);
  expect(timestamp).toBe("1599360473");
  expect(sign.reveal()).toBe("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
});

describe("a bot takes", () => {
  test("a signed card, of which the signature is not shown", async () => {
    expect(await delivered({ secret: SECRET }, { secret: SECRET })).toMatchObject({
      delivered: true,
      exchange: {
        request: expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/\[redacted\]$/),
        body: expect.stringContaining('"sign":"[redacted]"'),
        answer: expect.stringContaining('"code":0'),
      },
    });
  });

  test("a card with its keyword", async () => {
    expect(await delivered({ keywords: ["应用报警"] }, { keyword: "应用报警" })).toMatchObject({ delivered: true });
  });

  test("a signed card about more than fits", async () => {
    const large = { notification: hugeNotification() };
    expect(await delivered({ secret: SECRET }, { secret: SECRET }, large)).toMatchObject({ delivered: true });
  });

  test("a message at an installation of an older version", async () => {
    const answer = { Extra: null, StatusCode: 0, StatusMessage: "success" };
    expect(await delivered({ answer })).toMatchObject({ delivered: true });
  });
});

describe("a bot refuses, and is not asked again", () => {
  test("a wrong signature", async () => {
    expect(await delivered({ secret: SECRET }, { secret: "wrong" })).toMatchObject({
      delivered: false,
      retry: false,
      message: 'code 19021 "sign match fail or timestamp is not within one hour from current time"',
      cure: { en: expect.stringContaining("FEISHU_SECRET"), zh: expect.stringContaining("FEISHU_SECRET") },
    });
  });

  test("a time that is long over", async () => {
    const nowMs = Date.now() - 3_700_000;
    expect(await delivered({ secret: SECRET }, { secret: SECRET }, { now: () => nowMs })).toMatchObject({
      retry: false,
      cure: { en: expect.stringContaining("clock"), zh: expect.stringContaining("时钟") },
    });
  });

  test("a message without one of its keywords", async () => {
    expect(await delivered({ keywords: ["应用报警"] })).toMatchObject({
      retry: false,
      message: 'code 19024 "Key Words Not Found"',
      cure: { en: expect.stringContaining("keyword"), zh: expect.stringContaining("关键词") },
    });
  });

  test("an address that is not in its whitelist", async () => {
    expect(await delivered({ allowed: false })).toMatchObject({
      retry: false,
      message: 'code 19022 "Ip Not Allowed"',
      cure: { en: expect.stringContaining("whitelist"), zh: expect.stringContaining("白名单") },
    });
  });

  test("a wrong address", async () => {
    expect(await delivered({}, { token: "00000000-0000-0000-0000-000000000000" })).toMatchObject({
      retry: false,
      message: 'code 19001 "param invalid: incoming webhook access token invalid"',
      cure: { en: expect.stringContaining("FEISHU_WEBHOOK") },
    });
  });

  test.each([9499, 19002, 19036])("a body that it cannot read, %i", async (code) => {
    expect(await delivered({ answer: { code, msg: "Bad Request", data: {} } })).toMatchObject({
      retry: false,
      message: `code ${code} "Bad Request"`,
      cure: { en: expect.stringContaining("Feishu") },
    });
  });
});

test.each([
  { code: 11232, msg: "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]" },
  { code: 9499, msg: "too many request" },
])("too many messages are tried again: $code $msg", async (answer) => {
  expect(await delivered({ answer })).toMatchObject({ delivered: false, retry: true, retryAfterMs: 10_000 });
});

test("a code that is not known may pass", async () => {
  expect(await delivered({ answer: { code: 2200, msg: "internal error" } })).toMatchObject({
    delivered: false,
    retry: true,
    message: 'code 2200 "internal error"',
  });
});

test("the 101st message within a minute waits", async () => {
  const server = await feishuServer({});
  servers.push(server);
  const url = new Secret(`http://${server.host}/open-apis/bot/v2/hook/${FEISHU_TOKEN}`);
  const channel = feishuChannel("oncall", { url, language: "en" }, () => 1785580325000);
  const deliver = () => channel.deliver(robotNotification(), new AbortController().signal);
  for (let sent = 0; sent < 100; sent++) expect((await deliver()).delivered).toBe(true);
  expect(await deliver()).toMatchObject({ delivered: false, retry: true, retryAfterMs: 60_000 });
  expect(server.posts).toHaveLength(100);
});

describe("settings", () => {
  test.each([
    ["https://open.feishu.cn/open-apis/bot/v2/hook/a"],
    ["https://open.larksuite.com/open-apis/bot/v2/hook/a"],
  ])("take %s", (url) => {
    expect(FEISHU_SETTINGS.parse({ url, at: { userIds: ["ou_18eac85d"], all: true } }).url.reveal()).toBe(url);
  });

  test.each([
    [{ url: "hook" }, "the robot's webhook address, which begins with https://"],
    [
      { url: "https://a.example", at: { userIds: ["x></at>"] } },
      'Feishu user ids, such as "ou_18eac85d35a26f989317ad4f02e8bbbb"',
    ],
    [{ url: "https://a.example", at: { all: "yes" } }, "true or false"],
  ])("%j: expected %s", (block, expected) => {
    const { error } = FEISHU_SETTINGS.safeParse(block);
    expect(error?.issues.map(({ message }) => message)).toEqual([expected]);
  });
});

describe("whatever the network does", () => {
  webhookTroubleTests((url) => feishuChannel("oncall", { url, language: "en" }));
});
