import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import { messageOf } from "../../../src/notify/message/message.js";
import { plainText } from "../../../src/notify/message/plain-text.js";
import type { Notification } from "../../../src/notify/notification.js";
import { FULL, HOSTILE, notificationOf, OVER, withoutValue } from "./notification-of.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "Asia/Shanghai";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

function told(notification: Notification, language: Language = "en"): string {
  const message = messageOf(notification, language);
  return `${message.icon} ${message.title}\n${plainText(message, language)}`;
}

const title = (notification: Notification, language: Language = "en"): string =>
  messageOf(notification, language).title;

const lineOf = (notification: Notification, label: string) =>
  messageOf(notification, "en").lines.find((line) => line.label === label);

test("a firing alert answers what, since when, how far, where, what changed, and where to look", () => {
  expect(told(notificationOf())).toMatchInlineSnapshot(`
    "🚨 CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2)
    What: Checkout fails for one in three.
    Since: 2026-08-01 18:32:05 UTC+08:00
    Value: Success rate 71 % (alert when < 90 %)
    Where: service checkout-bot, request type chat, model gpt-5, release 1.4.2, team shop
    Changed: release 1.4.2 began 4 min before
    Changed: it was 99 % 1h before
    Page: https://watch.example.com/alerts
    Requests: https://watch.example.com/requests?outcome=error
    Example trace: https://watch.example.com/traces/3f9c
    Runbook: https://wiki.example.com/checkout"
  `);
});

test("the same in Chinese", () => {
  expect(told(notificationOf(), "zh")).toMatchInlineSnapshot(`
    "🚨 严重：成功率严重低（checkout-bot、chat、gpt-5、1.4.2）
    说明：Checkout fails for one in three.
    始于：2026-08-01 18:32:05 UTC+08:00
    数值：成功率 71 %（告警条件 < 90 %）
    位置：服务 checkout-bot，请求类型 chat，模型 gpt-5，版本 1.4.2，team shop
    变化：4 分钟前开始出现版本 1.4.2
    变化：1h 前为 99 %
    页面：https://watch.example.com/alerts
    请求：https://watch.example.com/requests?outcome=error
    示例链路：https://watch.example.com/traces/3f9c
    处理手册：https://wiki.example.com/checkout"
  `);
});

test("a resolved alert says how long it lasted and its value now", () => {
  const over = notificationOf([OVER]);
  expect(told(over)).toMatchInlineSnapshot(`
    "✅ RESOLVED: Very low success rate
    Lasted: 3m15s, 2026-08-01 18:32:05 – 18:35:20 UTC+08:00
    Value: Success rate 97 % (alert when < 90 %)
    Page: https://watch.example.com/alerts"
  `);
  expect(told(over, "zh")).toMatchInlineSnapshot(`
    "✅ 已恢复：成功率严重低
    持续：3m15s, 2026-08-01 18:32:05 – 18:35:20 UTC+08:00
    数值：成功率 97 %（告警条件 < 90 %）
    页面：https://watch.example.com/alerts"
  `);
});

test("one that ended for another reason than its value says so", () => {
  const expired = withoutValue(notificationOf([{ ...OVER, reason: "no_data_expired" }]));
  expect(told(expired)).toMatchInlineSnapshot(`
    "✅ RESOLVED: Very low success rate
    Lasted: 3m15s, 2026-08-01 18:32:05 – 18:35:20 UTC+08:00
    Value: no data (Success rate)
    Ended because: no data any more
    Page: https://watch.example.com/alerts"
  `);
  expect(told(expired, "zh")).toMatchInlineSnapshot(`
    "✅ 已恢复：成功率严重低
    持续：3m15s, 2026-08-01 18:32:05 – 18:35:20 UTC+08:00
    数值：没有数据（成功率）
    结束原因：长时间没有数据
    页面：https://watch.example.com/alerts"
  `);
});

test("no data, flapping and repeated alerts are named as such, in the title too", () => {
  const silent = withoutValue(notificationOf([{ reason: "no_data" }]));
  expect(told(silent)).toMatchInlineSnapshot(`
    "🚨 CRITICAL, no data: Very low success rate
    Since: 2026-08-01 18:32:05 UTC+08:00
    Value: no data (Success rate)
    Page: https://watch.example.com/alerts"
  `);
  expect(title(silent, "zh")).toBe("严重，没有数据：成功率严重低");
  const flapping = notificationOf([{ flapping: true }]);
  expect(told(flapping)).toMatchInlineSnapshot(`
    "🚨 CRITICAL, flapping: Very low success rate
    Since: 2026-08-01 18:32:05 UTC+08:00
    Value: Success rate 71 % (alert when < 90 %)
    Page: https://watch.example.com/alerts
    Note: It keeps changing between firing and resolved: further changes are held back for a while."
  `);
  expect(told(flapping, "zh")).toMatchInlineSnapshot(`
    "🚨 严重，反复波动：成功率严重低
    始于：2026-08-01 18:32:05 UTC+08:00
    数值：成功率 71 %（告警条件 < 90 %）
    页面：https://watch.example.com/alerts
    提示：该告警在触发与恢复之间反复变化：后续变化将暂缓发送。"
  `);
  const repeated = notificationOf([{}], { repeat: true });
  expect(title(repeated)).toBe("CRITICAL, still firing: Very low success rate");
  expect(title(repeated, "zh")).toBe("严重，仍在触发：成功率严重低");
});

test("a test says that nothing is wrong", () => {
  const trial = notificationOf([{}], { test: true });
  expect(title(trial)).toBe("[TEST] CRITICAL: Very low success rate");
  expect(title(trial, "zh")).toBe("【测试】严重：成功率严重低");
  expect(lineOf(trial, "Note")?.text).toBe("A test of this receiver: nothing is wrong.");
});

test("after an outage it says how many messages it stands for", () => {
  const summary = notificationOf([{}], { summarises: 12 });
  expect(lineOf(summary, "Note")?.text).toBe("This stands for 12 messages that could not be delivered before.");
  expect(messageOf(summary, "zh").lines.at(-1)).toEqual({
    label: "提示",
    text: "此消息汇总了此前未能送达的 12 条消息。",
  });
});

describe("a group", () => {
  const group = notificationOf([
    { labels: { model: "a" } },
    { severity: "warning", labels: { model: "b" } },
    { ...OVER, labels: { model: "c" } },
  ]);

  test("has a line for each further alert", () => {
    const { others } = messageOf(group, "en");
    expect(title(group)).toBe("CRITICAL: Very low success rate (a) and 2 more");
    expect(others).toEqual([
      "WARNING: Very low success rate (b), Success rate 71 %, since 2026-08-01 18:32:05 UTC+08:00",
      "RESOLVED: Very low success rate (c), Success rate 97 %, lasted 3m15s",
    ]);
    expect(title(group, "zh")).toBe("严重：成功率严重低（a） 等 3 条");
    expect(messageOf(group, "zh").others[1]).toBe("已恢复：成功率严重低（c），成功率 97 %，持续 3m15s");
  });

  test("of very many is cut, and says so", () => {
    const { others } = messageOf(notificationOf(Array.from({ length: 51 }, () => ({}))), "en");
    expect(others).toHaveLength(21);
    expect(others.at(-1)).toBe("and 30 more");
  });

  test("is firing while one of it is, and resolved then", () => {
    expect(messageOf(group, "en")).toMatchObject({ status: "firing", severity: "critical", icon: "🚨" });
    expect(messageOf(notificationOf([OVER]), "en")).toMatchObject({ status: "resolved", icon: "✅" });
  });

  test("names what its rule is narrowed to, and its labels where the alert has none of its own", () => {
    const narrowed = notificationOf([{ labels: { model: "a" }, where: { service: "bot", type: "chat" } }]);
    expect(lineOf(narrowed, "Where")?.text).toBe("service bot, request type chat, model a");
    expect(messageOf(narrowed, "en", { title: "{{ labels.service }}" }).title).toBe("bot");
    const grouped = notificationOf([{ labels: { model: "a" } }], { groupLabels: { service: "bot" } });
    expect(lineOf(grouped, "Where")?.text).toBe("service bot, model a");
  });
});

test.each([
  [{ indicator: "cost.total", unit: "USD", value: 1.5, op: ">", threshold: 1 }, "Cost $1.50 (alert when > $1.00)"],
  [
    { indicator: "response_time.avg", compare_to: "1d", unit: "%", value: 25, op: ">", threshold: 20 },
    "Average response time against 1 day before +25 % (alert when > +20 %)",
  ],
  [{ indicator: undefined, expr: "sum(\n  up)", unit: "", value: 3, op: undefined }, "sum( up) → 3"],
  [{ indicator: undefined, expr: "x".repeat(900), unit: "", value: 3, op: undefined }, `${"x".repeat(200)}… → 3`],
] as const)("$expr$indicator is shown in plain words with its unit", (parts, text) => {
  expect(lineOf(notificationOf([parts as object]), "Value")?.text).toContain(text);
});

test("times have the zone of the server, and both days when they differ", () => {
  process.env.TZ = "America/St_Johns";
  expect(lineOf(notificationOf([{}]), "Since")?.text).toBe("2026-08-01 08:02:05 UTC-02:30");
  process.env.TZ = "UTC";
  expect(lineOf(notificationOf([{}]), "Since")?.text).toBe("2026-08-01 10:32:05 UTC");
  expect(lineOf(notificationOf([{ ...OVER, at: "2026-08-02T10:32:05Z" }]), "Lasted")?.text).toBe(
    "1d, 2026-08-01 10:32:05 UTC – 2026-08-02 10:32:05 UTC",
  );
});

test("nothing is linked that is not there, and only web addresses are", () => {
  const { pageUrl: _, ...pageless } = notificationOf([{ annotations: { runbook_url: "javascript:alert(1)" } }]);
  expect(messageOf(pageless, "en").lines.filter(({ url }) => url !== undefined)).toEqual([]);
  expect(lineOf(pageless, "Runbook")).toEqual({ label: "Runbook", text: "javascript:alert(1)" });
  expect(lineOf(notificationOf([{ trace_id: "3f9c" }]), "Example trace")).toEqual({
    label: "Example trace",
    text: "3f9c",
  });
});

test.each(["en", "zh"] as const)("no text of a message has control characters or line breaks (%s)", (language) => {
  const { title: head, lines, others } = messageOf(notificationOf([HOSTILE, HOSTILE]), language);
  for (const text of [head, ...others, ...lines.map((line) => line.text)]) {
    expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  }
});

describe("a receiver's own template", () => {
  const filled = (template: { title?: string; text?: string }, language: Language = "en") =>
    messageOf(notificationOf([FULL, { labels: { model: "b" } }]), language, template);

  test("takes the place of title and text; links, notes and further alerts stay", () => {
    const message = filled({
      title: "{{ rule.name }} {{ state }}",
      text: "{{ value }} vs {{ threshold }}\n\n{{ labels.model }} of {{ labels.team }}, {{ labels.user }}",
    });
    expect(message.title).toBe("Very low success rate firing");
    expect(message.lines.slice(0, 2)).toEqual([
      { label: "", text: "71 % vs 90 %" },
      { label: "", text: "gpt-5 of shop, –" },
    ]);
    expect(message.lines.slice(2).map(({ label }) => label)).toEqual(["Page", "Requests", "Example trace", "Runbook"]);
    expect(message.others).toHaveLength(1);
    expect(filled({ title: "{{ rule.name }}" }, "zh").title).toBe("成功率严重低");
    expect(messageOf(notificationOf([{}], { test: true }), "en", { text: "x" }).lines.at(-1)?.label).toBe("Note");
  });

  test("that is wrong leaves the plain message in its place, and the message says so", () => {
    const plain = messageOf(notificationOf([FULL, { labels: { model: "b" } }]), "en");
    const message = filled({ title: "{{ valeu }}", text: "{{ value" });
    expect(message.title).toBe(plain.title);
    expect(message.lines.slice(0, plain.lines.length)).toEqual(plain.lines);
    expect(message.lines.slice(plain.lines.length)).toEqual([
      {
        label: "Template not used",
        text: "template.title: expected a placeholder of this rule's alerts, found {{ valeu }}; did you mean {{ value }}?",
      },
      { label: "Template not used", text: "template.text: expected {{ and }} in pairs, found one alone" },
    ]);
    expect(filled({ title: "{{ valeu }}" }, "zh").lines.at(-1)?.label).toBe("模板未生效");
  });

  test("is filled once: what a label holds is no template", () => {
    const message = messageOf(notificationOf([{ labels: { model: "{{ value }} $&" } }]), "en", {
      title: "{{ labels.model }}",
    });
    expect(message.title).toBe("{{ value }} $&");
  });
});
