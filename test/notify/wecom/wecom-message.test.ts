import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import type { Notification } from "../../../src/notify/notification.js";
import { wecomMessage } from "../../../src/notify/wecom/wecom-message.js";
import { HOSTILE, hugeNotification, robotNotification } from "../robot/robot-notification.js";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const contentOf = (notification: Notification, language: Language, settings = {}): string => {
  const message = wecomMessage(notification, { language, ...settings });
  return message.msgtype === "markdown" ? message.markdown.content : message.text.content;
};

const OTHERS = [{ rule: "slow", name: { en: "Slow responses", zh: "响应时间过慢" }, severity: "warning" }] as const;

test("a firing alert in English", () => {
  expect(contentOf(robotNotification({}, ...OTHERS), "en", { at: { userIds: ["wang.qing"] } })).toMatchInlineSnapshot(`
    "### <font color="warning">🚨 CRITICAL: Very low success rate (checkout-bot, gpt-5_mini) and 1 more</font>
    > **Since**: 2026-08-01 10:32:05 UTC
    > **Value**: Success rate 71 % (alert when ＜ 90 %)
    > **Where**: service checkout-bot, model gpt-5_mini
    > **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    > **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    > **Runbook**: [https://wiki.example/success_rate_(low)](https://wiki.example/success_rate_%28low%29)

    WARNING: Slow responses, Success rate 71 %, since 2026-08-01 10:32:05 UTC

    <@wang.qing>"
  `);
});

test("a firing alert in Chinese", () => {
  expect(contentOf(robotNotification({}, ...OTHERS), "zh")).toMatchInlineSnapshot(`
    "### <font color="warning">🚨 严重：成功率严重低（checkout-bot、gpt-5_mini） 等 2 条</font>
    > **始于**：2026-08-01 10:32:05 UTC
    > **数值**：成功率 71 %（告警条件 ＜ 90 %）
    > **位置**：服务 checkout-bot，模型 gpt-5_mini
    > **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    > **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    > **处理手册**：[https://wiki.example/success_rate_(low)](https://wiki.example/success_rate_%28low%29)

    警告：响应时间过慢，成功率 71 %，始于 2026-08-01 10:32:05 UTC"
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
  const at = { userIds: ["wang.qing"], mobiles: ["13800000000"], all: true };
  expect(contentOf(resolved, "en", { at })).toMatchInlineSnapshot(`
    "### <font color="info">✅ RESOLVED: Very low success rate (checkout-bot, gpt-5_mini)</font>
    > **Lasted**: 8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    > **Value**: Success rate 97 % (alert when ＜ 90 %)
    > **Where**: service checkout-bot, model gpt-5_mini
    > **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    > **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    > **Runbook**: [https://wiki.example/success_rate_(low)](https://wiki.example/success_rate_%28low%29)"
  `);
  expect(contentOf(resolved, "zh", { at })).toMatchInlineSnapshot(`
    "### <font color="info">✅ 已恢复：成功率严重低（checkout-bot、gpt-5_mini）</font>
    > **持续**：8m, 2026-08-01 10:32:05 – 10:40:05 UTC
    > **数值**：成功率 97 %（告警条件 ＜ 90 %）
    > **位置**：服务 checkout-bot，模型 gpt-5_mini
    > **请求**：[该时间窗内的请求](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    > **示例链路**：[3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    > **处理手册**：[https://wiki.example/success_rate_(low)](https://wiki.example/success_rate_%28low%29)"
  `);
});

test.each([
  [{ mobiles: ["13800000000"] }, { mentioned_list: [], mentioned_mobile_list: ["13800000000"] }],
  [
    { userIds: ["wang.qing"], all: true },
    { mentioned_list: ["wang.qing", "@all"], mentioned_mobile_list: [] },
  ],
])("who cannot be mentioned in markup is in a message without: %j", (at, mentions) => {
  expect(wecomMessage(robotNotification(), { language: "zh", at })).toMatchObject({ msgtype: "text", text: mentions });
});

test("a message without markup in both languages", () => {
  const at = { all: true };
  expect(contentOf(robotNotification({}, ...OTHERS), "en", { at })).toMatchInlineSnapshot(`
    "🚨 CRITICAL: Very low success rate (checkout-bot, gpt-5_mini) and 1 more
    Since: 2026-08-01 10:32:05 UTC
    Value: Success rate 71 % (alert when < 90 %)
    Where: service checkout-bot, model gpt-5_mini
    Requests: http://127.0.0.1:4318/requests?model=gpt-5_mini
    Example trace: http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21
    Runbook: https://wiki.example/success_rate_(low)

    WARNING: Slow responses, Success rate 71 %, since 2026-08-01 10:32:05 UTC"
  `);
  expect(contentOf(robotNotification({}, ...OTHERS), "zh", { at })).toMatchInlineSnapshot(`
    "🚨 严重：成功率严重低（checkout-bot、gpt-5_mini） 等 2 条
    始于：2026-08-01 10:32:05 UTC
    数值：成功率 71 %（告警条件 < 90 %）
    位置：服务 checkout-bot，模型 gpt-5_mini
    请求：http://127.0.0.1:4318/requests?model=gpt-5_mini
    示例链路：http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21
    处理手册：https://wiki.example/success_rate_(low)

    警告：响应时间过慢，成功率 71 %，始于 2026-08-01 10:32:05 UTC"
  `);
});

test("what looks like markup is shown in full width", () => {
  const content = contentOf(
    robotNotification({
      labels: { model: `${HOSTILE} &lt;` },
      annotations: { summary: `# ${HOSTILE}`, runbook_url: "https://wiki.example/a(b)c_d'e" },
    }),
    "en",
  );
  expect(content).toMatchInlineSnapshot(`
    "### <font color="warning">🚨 CRITICAL: Very low success rate (＊＊bold＊＊ _it_ ｀code｀ ~~no~~ ［click］(https://evil.example) !［］(https://evil.example/p.png) ＜font color=red＞x＜/font＞ ＜at id=all＞＜/at＞ ＜@all＞ @everyone @13800000000 # heading ＞ quote \\ | ］( ��［31m�# next���evil 👩‍👩‍👧‍👦 � ＆lt;)</font>
    > **What**: ＃ ＊＊bold＊＊ _it_ ｀code｀ ~~no~~ ［click］(https://evil.example) !［］(https://evil.example/p.png) ＜font color=red＞x＜/font＞ ＜at id=all＞＜/at＞ ＜@all＞ @everyone @13800000000 # heading ＞ quote \\ | ］( ��［31m�# next���evil 👩‍👩‍👧‍👦 �
    > **Since**: 2026-08-01 10:32:05 UTC
    > **Value**: Success rate 71 % (alert when ＜ 90 %)
    > **Where**: model ＊＊bold＊＊ _it_ ｀code｀ ~~no~~ ［click］(https://evil.example) !［］(https://evil.example/p.png) ＜font color=red＞x＜/font＞ ＜at id=all＞＜/at＞ ＜@all＞ @everyone @13800000000 # heading ＞ quote \\ | ］( ��［31m�# next���evil 👩‍👩‍👧‍👦 � ＆lt;
    > **Requests**: [those of the window](http://127.0.0.1:4318/requests?model=gpt-5_mini)
    > **Example trace**: [3f9c0d5e8a7b4c21](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)
    > **Runbook**: [https://wiki.example/a(b)c_d'e](https://wiki.example/a%28b%29c_d%27e)"
  `);
  const markup = content
    .replace(/^### <font color="warning">|<\/font>$/gm, "")
    .replace(/^> (\*\*[A-Z][a-z ]+\*\*: )/gm, "")
    .replace(/\[[^\]]*\]\(\S*\)/g, "");
  expect(markup).not.toMatch(/[<>[\]*`]|&lt;/);
});

test("nobody is mentioned by what somebody put into a label", () => {
  const hostile = robotNotification({ labels: { model: "<@all>" }, annotations: { summary: "# <@wang.qing>" } });
  for (const at of [{}, { all: true }]) {
    const content = contentOf(hostile, "zh", { at });
    expect(content).toContain("＜@all");
    expect(content).not.toContain("<@");
  }
});

test("a template's line cannot become a heading", () => {
  const template = { text: "{{ labels.model }}" };
  const content = contentOf(robotNotification({ labels: { model: "# huge" } }), "en", { template });
  expect(content.split("\n")[1]).toBe("> ＃ huge");
});

test.each(["en", "zh"] as const)("as much as fits into 4,096 bytes of UTF-8 is sent (%s)", (language) => {
  const bytes = Buffer.byteLength(contentOf(hugeNotification(), language));
  expect(bytes).toBeLessThanOrEqual(4_096);
  expect(bytes).toBeGreaterThan(2_500);
});

test.each(["en", "zh"] as const)("and into 2,048 without markup (%s)", (language) => {
  const bytes = Buffer.byteLength(contentOf(hugeNotification(), language, { at: { all: true } }));
  expect(bytes).toBeLessThanOrEqual(2_048);
  expect(bytes).toBeGreaterThan(1_000);
});

test("links are kept where texts must be cut", () => {
  const long = robotNotification({ annotations: { summary: "长".repeat(5_000), description: "👍".repeat(5_000) } });
  const content = contentOf(long, "zh");
  expect(content).toContain("](http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21)");
  expect(content).toContain("](http://127.0.0.1:4318/requests?model=gpt-5_mini)");
  expect(content).toMatch(/^> \*\*说明\*\*：长+…$/m);
  expect(content).toMatch(/^> \*\*详情\*\*：(👍)+…$/mu);
});
