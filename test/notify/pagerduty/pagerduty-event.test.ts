import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NotifiedAlert } from "../../../src/notify/notification.js";
import { pagerDutyEvents } from "../../../src/notify/pagerduty/pagerduty-event.js";
import { FULL, notificationOf, OVER } from "../message/notification-of.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "UTC";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const ACKNOWLEDGED: Partial<NotifiedAlert> = { acknowledged: { author: "ann", at: "2026-08-01T10:33:00Z" } };
const KNOWN: Partial<NotifiedAlert> = { ...ACKNOWLEDGED, known: true };
const WARNING: Partial<NotifiedAlert> = { rule: "slow-response", severity: "warning" };

const events = (alerts: readonly Partial<NotifiedAlert>[], parts = {}) =>
  pagerDutyEvents(notificationOf(alerts, parts), { language: "en" });
const actions = (alerts: readonly Partial<NotifiedAlert>[], parts = {}) =>
  events(alerts, parts).map(({ event_action }) => event_action);

test("a critical alert, in English", () => {
  expect(events([FULL], { groupLabels: { service: "checkout-bot", environment: "production" } })).toEqual([
    {
      event_action: "trigger",
      dedup_key: expect.stringMatching(/^[0-9a-f]{32}$/),
      client: "Chainwatch",
      client_url: "https://watch.example.com/alerts",
      links: [
        { href: "https://watch.example.com/alerts", text: "Page" },
        { href: "https://watch.example.com/requests?outcome=error", text: "Requests" },
        { href: "https://watch.example.com/traces/3f9c", text: "Example trace" },
        { href: "https://wiki.example.com/checkout", text: "Runbook" },
      ],
      payload: {
        summary:
          "CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2), Success rate 71 % (alert when < 90 %)",
        source: "checkout-bot",
        severity: "critical",
        timestamp: "2026-08-01T10:32:05.000Z",
        component: "checkout-bot",
        group: "checkout-bot, production",
        class: "very-low-success-rate",
        custom_details: {
          What: "Checkout fails for one in three.",
          Since: "2026-08-01 10:32:05 UTC",
          Value: "Success rate 71 % (alert when < 90 %)",
          Where:
            "service checkout-bot, environment production, request type chat, model gpt-5, release 1.4.2, team shop",
          Changed: "release 1.4.2 began 4 min before\nit was 99 % 1h before",
          Page: "https://watch.example.com/alerts",
          Requests: "https://watch.example.com/requests?outcome=error",
          "Example trace": "https://watch.example.com/traces/3f9c",
          Runbook: "https://wiki.example.com/checkout",
        },
      },
    },
  ]);
});

test("the same in Chinese", () => {
  const [event] = pagerDutyEvents(notificationOf(), { language: "zh" });
  expect(event).toMatchObject({
    links: [{ text: "页面" }, { text: "请求" }, { text: "示例链路" }, { text: "处理手册" }],
    payload: {
      summary: "严重：成功率严重低（checkout-bot、chat、gpt-5、1.4.2），成功率 71 %（告警条件 < 90 %）",
      custom_details: { 数值: "成功率 71 %（告警条件 < 90 %）", 始于: "2026-08-01 10:32:05 UTC" },
    },
  });
});

test("a receiver's own title is the whole summary, and further alerts of the rule are in the details", () => {
  const notification = notificationOf([
    {},
    { id: "1", labels: { model: "gpt-6" } },
    { id: "2", labels: { model: "b" } },
  ]);
  const [event] = pagerDutyEvents(notification, { language: "en", template: { title: "{{ rule.id }} now" } });
  expect(event).toMatchObject({ payload: { summary: "very-low-success-rate now" } });
  expect(event).toHaveProperty(
    "payload.custom_details.Others",
    expect.stringMatching(/^CRITICAL: Very low success rate \(gpt-6\).*\nCRITICAL: Very low success rate \(b\)/),
  );
});

describe("a rule of a group is one alert", () => {
  test("with a severity and a key of its own", () => {
    const [critical, warning] = events([{}, WARNING]);
    expect(critical).toMatchObject({ payload: { severity: "critical", class: "very-low-success-rate" } });
    expect(warning).toMatchObject({ payload: { severity: "warning", class: "slow-response" } });
    expect(critical?.dedup_key).not.toBe(warning?.dedup_key);
  });

  test("whose key stays from the first message to the end, and differs from that in other groups", () => {
    const [fires] = events([{}]);
    const [ends] = events([OVER], { id: "0c".repeat(16) });
    const [elsewhere] = events([{}], { groupId: "0d".repeat(16) });
    expect(ends).toEqual({ event_action: "resolve", dedup_key: fires?.dedup_key });
    expect(elsewhere?.dedup_key).not.toBe(fires?.dedup_key);
  });

  test("that goes on while any of it fires", () => {
    const model = (name: string) => ({ labels: { model: name } });
    expect(actions([model("a"), { ...model("b"), ...OVER }])).toEqual(["trigger"]);
    expect(
      actions([
        { ...model("a"), ...OVER },
        { ...model("b"), ...OVER },
      ]),
    ).toEqual(["resolve"]);
    expect(actions([WARNING, OVER])).toEqual(["trigger", "resolve"]);
  });

  test("that is acknowledged once all of it that fires is", () => {
    expect(actions([KNOWN, OVER])).toEqual(["acknowledge"]);
    expect(actions([KNOWN, {}])).toEqual(["trigger"]);
    expect(actions([KNOWN, WARNING])).toEqual(["acknowledge", "trigger"]);
  });

  test("that is opened before it is acknowledged, and not again when nothing else is new", () => {
    expect(actions([ACKNOWLEDGED])).toEqual(["trigger", "acknowledge"]);
    const known = { known: true } as const;
    expect(actions([KNOWN, known, { ...WARNING, ...KNOWN }], { acknowledgement: true })).toEqual(["acknowledge"]);
  });
});

test("a test is no more than information, and is over at once", () => {
  const [trigger, resolve] = events([{}], { test: true });
  expect(trigger).toMatchObject({
    event_action: "trigger",
    payload: { severity: "info", summary: expect.stringContaining("[TEST] ") },
  });
  expect(resolve).toEqual({ event_action: "resolve", dedup_key: trigger?.dedup_key });
});

test("of a rule that is narrowed to a service, that is the source", () => {
  expect(events([{ where: { service: "checkout-bot" } }])[0]).toMatchObject({
    payload: { source: "checkout-bot", component: "checkout-bot" },
  });
});

test("without a service the page is the source, and without a page we are", () => {
  expect(events([{ labels: {} }])[0]).toMatchObject({ payload: { source: "watch.example.com" } });
  const { pageUrl: _, ...notification } = notificationOf([{ labels: {} }]);
  expect(pagerDutyEvents(notification, { language: "en" })[0]).toMatchObject({ payload: { source: "chainwatch" } });
});
