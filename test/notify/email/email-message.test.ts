import { simpleParser } from "mailparser";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Language } from "../../../src/indicators/language.js";
import { emailMessage } from "../../../src/notify/email/email-message.js";
import type { Notification } from "../../../src/notify/notification.js";
import { FULL, HOSTILE, notificationOf, OVER } from "../message/notification-of.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "UTC";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const emailOf = (notification: Notification, language: Language = "en") =>
  emailMessage(notification, "example.com", { language });

/** What a mail program shows of the body, tags as they are. */
function bodyOf(notification: Notification, language: Language = "en"): string {
  return /<body>\n(.*)<\/body>/s.exec(emailOf(notification, language).html)?.[1] ?? "";
}

test("the text is the plain message under its title", () => {
  expect(emailOf(notificationOf([OVER]), "zh").text).toMatchInlineSnapshot(`
    "已恢复：成功率严重低

    持续：3m15s, 2026-08-01 10:32:05 – 10:35:20 UTC
    数值：成功率 97 %（告警条件 < 90 %）
    页面：https://watch.example.com/alerts
    "
  `);
  expect(emailOf(notificationOf([FULL, { labels: { model: "b" } }])).text).toMatchInlineSnapshot(`
    "CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2) and 1 more

    What: Checkout fails for one in three.
    Since: 2026-08-01 10:32:05 UTC
    Value: Success rate 71 % (alert when < 90 %)
    Where: service checkout-bot, request type chat, model gpt-5, release 1.4.2, team shop
    Changed: release 1.4.2 began 4 min before
    Changed: it was 99 % 1h before
    Page: https://watch.example.com/alerts
    Requests: https://watch.example.com/requests?outcome=error
    Example trace: https://watch.example.com/traces/3f9c
    Runbook: https://wiki.example.com/checkout

    CRITICAL: Very low success rate (b), Success rate 71 %, since 2026-08-01 10:32:05 UTC
    "
  `);
});

test("the HTML has the same, with links", () => {
  expect(bodyOf(notificationOf([FULL, { labels: { model: "b" } }]))).toMatchInlineSnapshot(`
    "<div class="card" style="border-top: 4px solid #b3261e; overflow-wrap: anywhere;">
    <h1>🚨 CRITICAL: Very low success rate (checkout-bot, chat, gpt-5, 1.4.2) and 1 more</h1>
    <p><span class="label">What</span>Checkout fails for one in three.</p>
    <p><span class="label">Since</span>2026-08-01 10:32:05 UTC</p>
    <p><span class="label">Value</span>Success rate 71 % (alert when &lt; 90 %)</p>
    <p><span class="label">Where</span>service checkout-bot, request type chat, model gpt-5, release 1.4.2, team shop</p>
    <p><span class="label">Changed</span>release 1.4.2 began 4 min before</p>
    <p><span class="label">Changed</span>it was 99 % 1h before</p>
    <p><span class="label">Page</span><a href="https://watch.example.com/alerts">alerts</a></p>
    <p><span class="label">Requests</span><a href="https://watch.example.com/requests?outcome=error">those of the window</a></p>
    <p><span class="label">Example trace</span><a href="https://watch.example.com/traces/3f9c">3f9c</a></p>
    <p><span class="label">Runbook</span><a href="https://wiki.example.com/checkout">https://wiki.example.com/checkout</a></p>
    <hr>
    <p>CRITICAL: Very low success rate (b), Success rate 71 %, since 2026-08-01 10:32:05 UTC</p>
    </div>
    "
  `);
  expect(bodyOf(notificationOf([OVER]), "zh")).toMatchInlineSnapshot(`
    "<div class="card" style="border-top: 4px solid #1b6e3c; overflow-wrap: anywhere;">
    <h1>✅ 已恢复：成功率严重低</h1>
    <p><span class="label">持续</span>3m15s, 2026-08-01 10:32:05 – 10:35:20 UTC</p>
    <p><span class="label">数值</span>成功率 97 %（告警条件 &lt; 90 %）</p>
    <p><span class="label">页面</span><a href="https://watch.example.com/alerts">告警</a></p>
    </div>
    "
  `);
});

test("the HTML fits a phone, knows dark mode, and loads nothing", () => {
  const { html } = emailOf(notificationOf(), "zh");
  expect(html).toContain('<html lang="zh-CN">');
  expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(html).toContain("@media (prefers-color-scheme: dark)");
  expect(html).not.toMatch(/<(img|link|script|iframe|form)|src=|url\(|@import/i);
});

describe.each(["en", "zh"] as const)("hostile names (%s)", (language) => {
  const email = emailOf(notificationOf([HOSTILE, HOSTILE]), language);

  test("are text in the HTML", () => {
    const tags = [...email.html.matchAll(/<\/?([a-z1-6]+)/gi)].map(([, name]) => name);
    expect([...new Set(tags)].sort()).toEqual(
      ["a", "body", "div", "h1", "head", "hr", "html", "meta", "p", "span", "style", "title"].sort(),
    );
    expect(email.html).toContain("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
    expect(email.html).not.toContain('href="javascript:');
  });

  test("make no header of their own, and no subject that is longer than 200", async () => {
    expect(email.subject.length).toBeLessThanOrEqual(200);
    expect(email.subject).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}]/u);
    const { message } = await createTransport({ streamTransport: true, buffer: true }).sendMail({
      ...email,
      from: "a@example.com",
      to: "b@example.com",
    });
    const mail = await simpleParser(message as Buffer);
    expect(mail.headers.has("bcc")).toBe(false);
    expect(mail.subject).toBe(email.subject);
  });
});
