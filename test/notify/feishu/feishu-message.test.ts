import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import { feishuMessage } from "../../../src/notify/feishu/feishu-message.js";
import type { Notification } from "../../../src/notify/notification.js";
import { HOSTILE, hugeNotification, robotNotification } from "../robot/robot-notification.js";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const cardOf = (notification: Notification, language: Language, settings = {}) =>
  feishuMessage(notification, { language, ...settings }).card;

const OTHERS = [{ rule: "slow", name: { en: "Slow responses", zh: "响应时间过慢" }, severity: "warning" }] as const;

test("a firing alert in English", () => {
  expect(cardOf(robotNotification({}, ...OTHERS), "en", { at: { userIds: ["ou_1"] } })).toMatchInlineSnapshot(`
    {
      "config": {
        "wide_screen_mode": true,
      },
      "elements": [
        {
          "content": "**Since**: 2026-08-01 10:32:05 UTC
    **Value**: Success rate 71 % (alert when &#60; 90 %)
    **Where**: service checkout-bot, model gpt-5&#95;mini
    **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    **Runbook**: [https://wiki.example/success&#95;rate&#95;(low)](https://wiki.example/success_rate_%28low%29)",
          "tag": "markdown",
        },
        {
          "tag": "hr",
        },
        {
          "content": "WARNING: Slow responses, Success rate 71 %, since 2026-08-01 10:32:05 UTC",
          "tag": "markdown",
        },
        {
          "content": "<at id=ou_1></at>",
          "tag": "markdown",
        },
      ],
      "header": {
        "template": "red",
        "title": {
          "content": "🚨 CRITICAL: Very low success rate (checkout-bot, gpt-5_mini) and 1 more",
          "tag": "plain_text",
        },
      },
    }
  `);
});

test("a firing alert in Chinese", () => {
  expect(cardOf(robotNotification({}, ...OTHERS), "zh", { at: { all: true } })).toMatchInlineSnapshot(`
    {
      "config": {
        "wide_screen_mode": true,
      },
      "elements": [
        {
          "content": "**始于**：2026-08-01 10:32:05 UTC
    **数值**：成功率 71 %（告警条件 &#60; 90 %）
    **位置**：服务 checkout-bot，模型 gpt-5&#95;mini
    **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    **处理手册**：[https://wiki.example/success&#95;rate&#95;(low)](https://wiki.example/success_rate_%28low%29)",
          "tag": "markdown",
        },
        {
          "tag": "hr",
        },
        {
          "content": "警告：响应时间过慢，成功率 71 %，始于 2026-08-01 10:32:05 UTC",
          "tag": "markdown",
        },
        {
          "content": "<at id=all></at>",
          "tag": "markdown",
        },
      ],
      "header": {
        "template": "red",
        "title": {
          "content": "🚨 严重：成功率严重低（checkout-bot、gpt-5_mini） 等 2 条",
          "tag": "plain_text",
        },
      },
    }
  `);
});

test("a resolved alert in both languages", () => {
  const resolved = robotNotification({
    to: "resolved",
    from: "firing",
    reason: "condition_false",
    value: 97,
    at: "2026-08-01T10:40:05.000Z",
  });
  expect(cardOf(resolved, "en", { at: { all: true } })).toMatchInlineSnapshot(`
    {
      "config": {
        "wide_screen_mode": true,
      },
      "elements": [
        {
          "content": "**Lasted**: 8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    **Value**: Success rate 97 % (alert when &#60; 90 %)
    **Where**: service checkout-bot, model gpt-5&#95;mini
    **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    **Runbook**: [https://wiki.example/success&#95;rate&#95;(low)](https://wiki.example/success_rate_%28low%29)",
          "tag": "markdown",
        },
      ],
      "header": {
        "template": "green",
        "title": {
          "content": "✅ RESOLVED: Very low success rate (checkout-bot, gpt-5_mini)",
          "tag": "plain_text",
        },
      },
    }
  `);
  expect(cardOf(resolved, "zh", { at: { all: true } })).toMatchInlineSnapshot(`
    {
      "config": {
        "wide_screen_mode": true,
      },
      "elements": [
        {
          "content": "**持续**：8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    **数值**：成功率 97 %（告警条件 &#60; 90 %）
    **位置**：服务 checkout-bot，模型 gpt-5&#95;mini
    **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    **处理手册**：[https://wiki.example/success&#95;rate&#95;(low)](https://wiki.example/success_rate_%28low%29)",
          "tag": "markdown",
        },
      ],
      "header": {
        "template": "green",
        "title": {
          "content": "✅ 已恢复：成功率严重低（checkout-bot、gpt-5_mini）",
          "tag": "plain_text",
        },
      },
    }
  `);
});

test.each([
  [{ severity: "critical" }, "red"],
  [{ severity: "error" }, "orange"],
  [{ severity: "warning" }, "yellow"],
  [{ severity: "critical", to: "resolved" }, "green"],
] as const)("the header of %j is %s", (parts, color) => {
  expect(cardOf(robotNotification(parts), "en").header.template).toBe(color);
});

test("the keyword is added where the card lacks it", () => {
  expect(cardOf(robotNotification(), "zh", { keyword: "成功率" })).toEqual(cardOf(robotNotification(), "zh"));
  expect(cardOf(robotNotification(), "zh", { keyword: "<报警>" }).elements.at(-1)).toEqual({
    tag: "div",
    text: { tag: "plain_text", content: "<报警>" },
  });
});

test("what looks like markup is shown as it is written", () => {
  const { elements } = cardOf(
    robotNotification({
      labels: { model: HOSTILE },
      annotations: { summary: `# ${HOSTILE} :DONE:`, runbook_url: "https://wiki.example/a(b)c_d'e" },
    }),
    "en",
  );
  const [element] = elements;
  const content = element?.tag === "markdown" ? element.content : "";
  expect(content).toMatchInlineSnapshot(`
    "**What**: &#35; &#42;&#42;bold&#42;&#42; &#95;it&#95; &#96;code&#96; &#126;&#126;no&#126;&#126; &#91;click&#93;(https://evil.example) !&#91;&#93;(https://evil.example/p.png) &#60;font color=red&#62;x&#60;/font&#62; &#60;at id=all&#62;&#60;/at&#62; &#60;@all&#62; @everyone @13800000000 # heading &#62; quote &#92; | &#93;( ��&#91;31m�# next���evil 👩‍👩‍👧‍👦 � &#58;DONE:
    **Since**: 2026-08-01 10:32:05 UTC
    **Value**: Success rate 71 % (alert when &#60; 90 %)
    **Where**: model &#42;&#42;bold&#42;&#42; &#95;it&#95; &#96;code&#96; &#126;&#126;no&#126;&#126; &#91;click&#93;(https://evil.example) !&#91;&#93;(https://evil.example/p.png) &#60;font color=red&#62;x&#60;/font&#62; &#60;at id=all&#62;&#60;/at&#62; &#60;@all&#62; @everyone @13800000000 # heading &#62; quote &#92; | &#93;( ��&#91;31m�# next���evil 👩‍👩‍👧‍👦 �
    **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    **Runbook**: [https://wiki.example/a(b)c&#95;d'e](https://wiki.example/a%28b%29c_d%27e)"
  `);
  // Nothing but our bold labels and links is left when those are taken away.
  const markup = content.replace(/\[[^\]]*\]\(\S*\)|\*\*[A-Z][a-z ]+\*\*: /g, "");
  expect(markup).not.toMatch(/[<>*_~`[\]\\]|&(?!#\d+;)|:DONE:|^#/m);
});

test("a template's line cannot become a list", () => {
  const template = { text: "{{ labels.model }}\n1. one" };
  const [element] = cardOf(robotNotification({ labels: { model: "- item" } }), "en", { template }).elements;
  expect(element).toMatchObject({ content: expect.stringMatching(/^&#45; item\n1&#46; one/) });
});

test.each(["en", "zh"] as const)("as much as fits into 20 KB is sent (%s)", (language) => {
  const message = feishuMessage(hugeNotification(), { language, keyword: "告警" });
  const bytes = Buffer.byteLength(JSON.stringify(message));
  expect(bytes).toBeLessThanOrEqual(20_000);
  expect(bytes).toBeGreaterThan(15_000);
});
