import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import type { Notification } from "../../../src/notify/notification.js";
import { smsSegments } from "../../../src/notify/sms/sms-segments.js";
import { smsText } from "../../../src/notify/sms/sms-text.js";
import { FULL, HOSTILE, notificationOf, OVER } from "../message/notification-of.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "Asia/Shanghai";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const text = (notification: Notification, language: Language = "en") => smsText(notification, { language });

test("a firing alert says what, how far, since when and where to look", () => {
  expect(text(notificationOf())).toMatchInlineSnapshot(`
    "CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2)
    Success rate 71 % (alert when < 90 %)
    since 2026-08-01 18:32:05 UTC+08:00
    https://watch.example.com/alerts"
  `);
  expect(smsSegments(text(notificationOf()))).toEqual({ encoding: "GSM-7", segments: 2 });
  expect(text(notificationOf(), "zh")).toMatchInlineSnapshot(`
    "严重：成功率严重低（checkout-bot、chat、gpt-5、1.4.2）
    成功率 71 %（告警条件 < 90 %）
    始于 2026-08-01 18:32:05 UTC+08:00
    https://watch.example.com/alerts"
  `);
  expect(smsSegments(text(notificationOf(), "zh"))).toEqual({ encoding: "UCS-2", segments: 2 });
});

test("a resolved alert says how long it lasted", () => {
  expect(text(notificationOf([OVER]))).toMatchInlineSnapshot(`
    "RESOLVED: Very low success rate
    Success rate 97 % (alert when < 90 %)
    lasted 3m15s
    https://watch.example.com/alerts"
  `);
  expect(smsSegments(text(notificationOf([OVER])))).toEqual({ encoding: "GSM-7", segments: 1 });
  expect(text(notificationOf([OVER]), "zh")).toMatchInlineSnapshot(`
    "已恢复：成功率严重低
    成功率 97 %（告警条件 < 90 %）
    持续 3m15s
    https://watch.example.com/alerts"
  `);
});

test("a test, a summary and a group are named as such", () => {
  const notification = notificationOf([{}, {}, {}], { test: true, summarises: 12 });
  expect(text(notification)).toMatchInlineSnapshot(`
    "[TEST] CRITICAL: Very low success rate and 2 more
    Success rate 71 % (alert when < 90 %)
    since 2026-08-01 18:32:05 UTC+08:00
    A test of this receiver: nothing is wrong.
    This stands for 12 messages that could not be delivered before.
    https://watch.example.com/alerts"
  `);
});

test("the receiver's own words are used; a mistake in them is said", () => {
  const own = (template: object) => smsText(notificationOf([FULL]), { language: "en", template });
  expect(own({ title: "{{ rule.id }}", text: "{{ value }}" })).toBe(
    "very-low-success-rate\n71 %\nhttps://watch.example.com/alerts",
  );
  expect(own({ text: "{{ valeu }}" })).toContain("\nTemplate not used: template.text: expected a placeholder");
});

test("without a page the link is the next best, or there is none", () => {
  const { pageUrl: _, ...pageless } = notificationOf([FULL]);
  expect(text(pageless)).toMatch(/\nhttps:\/\/watch\.example\.com\/requests\?outcome=error$/);
  const { pageUrl: __, ...linkless } = notificationOf([{}]);
  expect(text(linkless)).not.toContain("http");
});

describe.each(["en", "zh"] as const)("hostile names (%s)", (language) => {
  const long = (characters: string) => ({
    name: { en: characters.repeat(900), zh: characters.repeat(900) },
    labels: { model: characters.repeat(500) },
  });

  test.each([
    ["as attackers choose them", HOSTILE],
    ["of emojis", long("👩‍👩‍👧‍👦")],
    ["of escaped characters", long("[€]")],
    ["of Chinese", long("严")],
    ["of halves of characters", long("\ud83d")],
  ])("%s: at most three segments, the link whole and last", (_, alert) => {
    const sms = text(notificationOf([alert, alert], { test: true, summarises: 3 }), language);
    expect(smsSegments(sms).segments).toBeLessThanOrEqual(3);
    expect(sms).toMatch(/\nhttps:\/\/watch\.example\.com\/alerts$/);
    expect(sms).not.toMatch(/[\p{Bidi_Control}\p{Surrogate}]|[^\P{Cc}\n]/u);
    expect(sms).toContain(language === "en" ? "Success rate 71 %" : "成功率 71 %");
  });

  test("a link that would leave no room is left out", () => {
    const sms = text(notificationOf([{}], { pageUrl: `https://watch.example.com/${"严".repeat(300)}` }), language);
    expect(sms).not.toContain("https://");
    expect(sms).toContain("71 %");
  });
});
