import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import { dingtalkMessage } from "../../../src/notify/dingtalk/dingtalk-message.js";
import type { Notification } from "../../../src/notify/notification.js";
import { HOSTILE, hugeNotification, robotNotification } from "../robot/robot-notification.js";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const textOf = (notification: Notification, language: Language, settings = {}): string =>
  dingtalkMessage(notification, { language, ...settings }).markdown.text;

const OTHERS = [{ rule: "slow", name: { en: "Slow responses", zh: "响应时间过慢" }, severity: "warning" }] as const;

test("a firing alert in English", () => {
  expect(textOf(robotNotification({}, ...OTHERS), "en", { at: { mobiles: ["13800000000"] } })).toMatchInlineSnapshot(`
    "### 🚨 CRITICAL: Very low success rate (checkout-bot, gpt-5\\_mini) and 1 more

    - **Since**: 2026-08-01 10:32:05 UTC
    - **Value**: Success rate 71 % (alert when < 90 %)
    - **Where**: service checkout-bot, model gpt-5\\_mini
    - **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    - **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    - **Runbook**: [https://wiki.example/success\\_rate\\_(low)](https://wiki.example/success_rate_%28low%29)
    - WARNING: Slow responses, Success rate 71 %, since 2026-08-01 10:32:05 UTC

    @13800000000"
  `);
});

test("a firing alert in Chinese", () => {
  expect(textOf(robotNotification({}, ...OTHERS), "zh", { at: { userIds: ["manager_1"] } })).toMatchInlineSnapshot(`
    "### 🚨 严重：成功率严重低（checkout-bot、gpt-5\\_mini） 等 2 条

    - **始于**：2026-08-01 10:32:05 UTC
    - **数值**：成功率 71 %（告警条件 < 90 %）
    - **位置**：服务 checkout-bot，模型 gpt-5\\_mini
    - **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    - **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    - **处理手册**：[https://wiki.example/success\\_rate\\_(low)](https://wiki.example/success_rate_%28low%29)
    - 警告：响应时间过慢，成功率 71 %，始于 2026-08-01 10:32:05 UTC

    @manager_1"
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
  expect(textOf(resolved, "en")).toMatchInlineSnapshot(`
    "### ✅ RESOLVED: Very low success rate (checkout-bot, gpt-5\\_mini)

    - **Lasted**: 8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    - **Value**: Success rate 97 % (alert when < 90 %)
    - **Where**: service checkout-bot, model gpt-5\\_mini
    - **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    - **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    - **Runbook**: [https://wiki.example/success\\_rate\\_(low)](https://wiki.example/success_rate_%28low%29)"
  `);
  expect(textOf(resolved, "zh")).toMatchInlineSnapshot(`
    "### ✅ 已恢复：成功率严重低（checkout-bot、gpt-5\\_mini）

    - **持续**：8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    - **数值**：成功率 97 %（告警条件 < 90 %）
    - **位置**：服务 checkout-bot，模型 gpt-5\\_mini
    - **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    - **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    - **处理手册**：[https://wiki.example/success\\_rate\\_(low)](https://wiki.example/success_rate_%28low%29)"
  `);
});

test("a phone shows the title before the message is opened", () => {
  const { markdown } = dingtalkMessage(robotNotification(), { language: "en" });
  expect(markdown.title).toBe("🚨 CRITICAL: Very low success rate (checkout-bot, gpt-5_mini)");
});

test("mentions are in the text as well as beside it, or nobody is told", () => {
  const at = { mobiles: ["13800000000"], userIds: ["manager_1"], all: true };
  const message = dingtalkMessage(robotNotification(), { language: "en", at });
  expect(message.at).toEqual({ atMobiles: ["13800000000"], atUserIds: ["manager_1"], isAtAll: true });
  expect(message.markdown.text.split("\n").at(-1)).toBe("@13800000000 @manager_1");
});

test("nobody is called for what is over", () => {
  const at = { mobiles: ["13800000000"], all: true };
  const message = dingtalkMessage(robotNotification({ to: "resolved" }), { language: "en", at });
  expect(message.at).toEqual({ atMobiles: [], atUserIds: [], isAtAll: false });
  expect(message.markdown.text).not.toContain("@");
});

test("the keyword is added where the text lacks it, as it is", () => {
  expect(textOf(robotNotification(), "zh", { keyword: "成功率" }).split("成功率")).toHaveLength(
    textOf(robotNotification(), "zh").split("成功率").length,
  );
  expect(textOf(robotNotification(), "zh", { keyword: "*告警*" }).split("\n").at(-1)).toBe("*告警*");
});

test("what looks like markup is shown as it is written", () => {
  const text = textOf(
    robotNotification({
      name: { en: HOSTILE, zh: HOSTILE },
      labels: { model: HOSTILE },
      annotations: { summary: `# ${HOSTILE}`, runbook_url: "https://wiki.example/a(b)c_d'e" },
    }),
    "en",
  );
  expect(text).toMatchInlineSnapshot(`
    "### 🚨 CRITICAL: \\*\\*bold\\*\\* \\_it\\_ \\\`code\\\` \\~\\~no\\~\\~ \\[click\\](https://evil.example) !\\[\\](https://evil.example/p.png) \\<font color=red>x\\</font> \\<at id=all>\\</at> <@all> @everyone @13800000000 # heading > quote \\\\ | \\]( ��\\[31m�# next���evil 👩‍👩‍👧‍👦 � (\\*\\*bold\\*\\* \\_it\\_ \\\`code\\\` \\~\\~no\\~\\~ \\[click\\](https://evil.example) !\\[\\](https://evil.example/p.png) \\<font color=red>x\\</font> \\<at id=all>\\</at> <@all> @everyone @13800000000 # heading > quote \\\\ | \\]( ��\\[31m�# next���evil 👩‍👩‍👧‍👦 �)

    - **What**: \\# \\*\\*bold\\*\\* \\_it\\_ \\\`code\\\` \\~\\~no\\~\\~ \\[click\\](https://evil.example) !\\[\\](https://evil.example/p.png) \\<font color=red>x\\</font> \\<at id=all>\\</at> <@all> @everyone @13800000000 # heading > quote \\\\ | \\]( ��\\[31m�# next���evil 👩‍👩‍👧‍👦 �
    - **Since**: 2026-08-01 10:32:05 UTC
    - **Value**: Success rate 71 % (alert when < 90 %)
    - **Where**: model \\*\\*bold\\*\\* \\_it\\_ \\\`code\\\` \\~\\~no\\~\\~ \\[click\\](https://evil.example) !\\[\\](https://evil.example/p.png) \\<font color=red>x\\</font> \\<at id=all>\\</at> <@all> @everyone @13800000000 # heading > quote \\\\ | \\]( ��\\[31m�# next���evil 👩‍👩‍👧‍👦 �
    - **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    - **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    - **Runbook**: [https://wiki.example/a(b)c\\_d'e](https://wiki.example/a%28b%29c_d%27e)"
  `);
  // Nothing but the heading, list items, our bold labels and links is left when what is escaped is taken away.
  const markup = text.replace(/\\[!-/:-@[-`{-~]/g, "");
  expect(markup.match(/\[[^\]]*\]\([^)]*\)/g)).toHaveLength(3);
  expect(markup.replace(/\]\(\S*\)|\*\*[A-Z][a-z ]+\*\*: /g, "")).not.toMatch(/!\[|[`~*_]|<[a-z/]/i);
});

test("a template's line cannot become a heading or a list", () => {
  const template = { text: "{{ labels.model }}\n1. one" };
  const text = textOf(robotNotification({ labels: { model: "# huge" } }), "en", { template });
  expect(text.split("\n").slice(2, 4)).toEqual(["- \\# huge", "- 1\\. one"]);
});

test.each(["en", "zh"] as const)("as much as fits into 20,000 bytes is sent (%s)", (language) => {
  const message = dingtalkMessage(hugeNotification(), { language, keyword: "告警" });
  const bytes = Buffer.byteLength(JSON.stringify(message));
  expect(bytes).toBeLessThanOrEqual(20_000);
  expect(bytes).toBeGreaterThan(15_000);
  expect(message.markdown.text).toContain("告警");
});

test("of many alerts it is said that there are more", () => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    rule: `r${index}`,
    name: { en: "long ".repeat(250), zh: "长".repeat(900) },
  }));
  const text = textOf(robotNotification({}, ...many), "zh");
  expect(text.split("\n").at(-1)).toBe("- 其余因篇幅限制未列出");
  expect(text).toContain("[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)");
});
