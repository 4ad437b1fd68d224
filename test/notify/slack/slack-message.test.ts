import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import type { NotifiedAlert } from "../../../src/notify/notification.js";
import { plainSlackMessage, type SlackMessage, slackMessage } from "../../../src/notify/slack/slack-message.js";
import { FULL, HOSTILE, notificationOf, OVER } from "../message/notification-of.js";
import { areBlocks } from "./slack-server.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "UTC";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const textsOf = ({ blocks = [] }: SlackMessage): string[] => blocks.map(({ text }) => text.text);

test("a critical alert, in English", () => {
  const message = slackMessage(notificationOf(), { language: "en" });
  expect(message).toMatchObject({
    text: "🚨 CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2)",
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: { type: "plain_text", emoji: false } },
      { type: "section", text: { type: "mrkdwn", verbatim: true } },
    ],
  });
  expect(textsOf(message)).toEqual([
    "🚨 CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2)",
    [
      "*What:* Checkout fails for one in three.",
      "*Since:* 2026-08-01 10:32:05 UTC",
      "*Value:* Success rate 71 % (alert when &lt; 90 %)",
      "*Where:* service checkout-bot, request type chat, model gpt-5, release 1.4.2, team shop",
      "*Changed:* release 1.4.2 began 4 min before",
      "*Changed:* it was 99 % 1h before",
      "*Page:* <https://watch.example.com/alerts|alerts>",
      "*Requests:* <https://watch.example.com/requests?outcome=error|those of the window>",
      "*Example trace:* <https://watch.example.com/traces/3f9c|3f9c>",
      "*Runbook:* <https://wiki.example.com/checkout|https://wiki.example.com/checkout>",
    ].join("\n"),
  ]);
});

test("the same in Chinese", () => {
  expect(textsOf(slackMessage(notificationOf(), { language: "zh" }))).toEqual([
    "🚨 严重：成功率严重低（checkout-bot、chat、gpt-5、1.4.2）",
    [
      "*说明：* Checkout fails for one in three.",
      "*始于：* 2026-08-01 10:32:05 UTC",
      "*数值：* 成功率 71 %（告警条件 &lt; 90 %）",
      "*位置：* 服务 checkout-bot，请求类型 chat，模型 gpt-5，版本 1.4.2，team shop",
      "*变化：* 4 分钟前开始出现版本 1.4.2",
      "*变化：* 1h 前为 99 %",
      "*页面：* <https://watch.example.com/alerts|告警>",
      "*请求：* <https://watch.example.com/requests?outcome=error|该时间窗内的请求>",
      "*示例链路：* <https://watch.example.com/traces/3f9c|3f9c>",
      "*处理手册：* <https://wiki.example.com/checkout|https://wiki.example.com/checkout>",
    ].join("\n"),
  ]);
});

test("further alerts have a line each, and a template's lines have no label", () => {
  const notification = notificationOf([{}, { labels: { model: "gpt-6" }, severity: "warning" }]);
  const template = { title: "{{ rule.id }} & co", text: "{{ value }}\nsecond" };
  expect(textsOf(slackMessage(notification, { language: "en", template }))).toEqual([
    "🚨 very-low-success-rate &amp; co",
    [
      "71 %",
      "second",
      "*Page:* <https://watch.example.com/alerts|alerts>",
      "• WARNING: Very low success rate (gpt-6), Success rate 71 %, since 2026-08-01 10:32:05 UTC",
    ].join("\n"),
  ]);
});

describe("people are mentioned", () => {
  const at = { users: ["U024BE7LH", "W012A3CDE"], groups: ["S0614TZR7"], here: true, channel: true };

  test("while an alert fires", () => {
    const all = "<@U024BE7LH> <@W012A3CDE> <!subteam^S0614TZR7> <!here> <!channel>";
    const message = slackMessage(notificationOf(), { language: "en", at });
    expect(textsOf(message)[1]?.split("\n")[0]).toBe(all);
    expect(plainSlackMessage(notificationOf(), { language: "en", at }).text).toContain(`\n${all}\n`);
  });

  test("and left in peace when it is over", () => {
    const over = notificationOf([{ ...FULL, ...OVER }]);
    expect(JSON.stringify(slackMessage(over, { language: "en", at }))).not.toMatch(/<[@!]/);
  });
});

describe.each(["en", "zh"] as const)("hostile names and labels (%s)", (language: Language) => {
  const huge = (unit: string): string => unit.repeat(20_000);
  const attack = "<!channel> <!here|x> <@U024BE7LH> <https://evil.example|safe> @everyone &lt;!channel&gt; *b* \ud800";
  const notifications = {
    hostile: notificationOf([HOSTILE]),
    attack: notificationOf([{ name: { en: attack, zh: attack }, labels: { model: attack } }]),
    huge: notificationOf(
      Array.from(
        { length: 300 },
        (_, index): Partial<NotifiedAlert> => ({
          id: String(index),
          name: { en: huge("&🚨"), zh: huge("<失败") },
          labels: { service: huge("&"), model: huge(">") },
          annotations: {
            summary: huge("👩‍👩‍👧‍👦"),
            description: huge("<"),
            runbook_url: `https://wiki.example/${huge("a|")}`,
          },
        }),
      ),
    ),
  };

  test.each(Object.entries(notifications))("%s: within the limits, without a mention or a link of theirs", (_, one) => {
    const message = slackMessage(one, { language });
    expect(areBlocks(message.blocks ?? [])).toBe(true);
    for (const text of [...textsOf(message), message.text, plainSlackMessage(one, { language }).text]) {
      expect(text.length).toBeLessThanOrEqual(4000);
      expect(text).not.toMatch(/<(?!https:\/\/watch\.example\.com\/)|\p{Surrogate}|\p{Cc}(?<!\n)/u);
      expect(text.replace(/&(amp|lt|gt);/g, "")).not.toContain("&");
    }
  });

  test("a template of very many lines is cut at fifty blocks", () => {
    const template = { text: Array.from({ length: 400 }, () => "x".repeat(900)).join("\n") };
    const { blocks = [] } = slackMessage(notificationOf(), { language, template });
    expect(blocks).toHaveLength(50);
    expect(areBlocks(blocks)).toBe(true);
  });
});

test("a link cannot be left by what is in its address", () => {
  const requests_url = "https://watch.example.com/requests?model=a|b&type=c>";
  expect(textsOf(slackMessage(notificationOf([{ requests_url }]), { language: "en" }))[1]).toContain(
    "<https://watch.example.com/requests?model=a%7Cb&amp;type=c%3E|those of the window>",
  );
});
