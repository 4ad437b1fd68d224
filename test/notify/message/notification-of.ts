import type { Notification, NotifiedAlert } from "../../../src/notify/notification.js";
import { transitionOf } from "../transition-of.js";

/** One group with the alerts that a test cares about; without any, one critical alert with all there is to say. */
export function notificationOf(
  alerts: readonly Partial<NotifiedAlert>[] = [FULL],
  parts: Partial<Omit<Notification, "alerts">> = {},
): Notification {
  return {
    id: "0a".repeat(16),
    groupId: "0b".repeat(16),
    groupLabels: {},
    pageUrl: "https://watch.example.com",
    alerts: alerts.map(transitionOf),
    ...parts,
  };
}

/** Every part of an alert that people can be told. */
export const FULL: Partial<NotifiedAlert> = {
  labels: { release: "1.4.2", model: "gpt-5", type: "chat", service: "checkout-bot" },
  rule_labels: { team: "shop" },
  annotations: {
    summary: "Checkout fails for one in three.",
    runbook_url: "https://wiki.example.com/checkout",
  },
  changed: [
    { en: "release 1.4.2 began 4 min before", zh: "4 分钟前开始出现版本 1.4.2" },
    { en: "it was 99 % 1h before", zh: "1h 前为 99 %" },
  ],
  requests_url: "https://watch.example.com/requests?outcome=error",
  trace_id: "3f9c",
  trace_url: "https://watch.example.com/traces/3f9c",
};

/** The same alert when it is over. */
export const OVER: Partial<NotifiedAlert> = {
  from: "firing",
  to: "resolved",
  reason: "condition_false",
  value: 97,
  at: "2026-08-01T10:35:20Z",
};

/** Names and labels as an attacker, or a careless developer, would choose them. */
export const HOSTILE: Partial<NotifiedAlert> = {
  name: {
    en: `<script>alert(1)</script> **bold** [x](http://evil.example) @everyone <@all> \u001b[2J\r\nBcc: x@evil.example ${"🚨".repeat(300)}`,
    zh: `<b>失败</b>\u202e\r\n主题: 假 <at user_id="all"></at> ${"严重".repeat(3000)}`,
  },
  labels: { model: `"><img src=x onerror=alert(1)>`, service: "a\nb\u0000c", type: "x".repeat(5000) },
  annotations: { summary: "{{ value }} & \u2028 <https://evil.example|safe>", runbook_url: "javascript:alert(1)" },
};

/** The same of alerts for which there was no data. */
export function withoutValue(notification: Notification): Notification {
  return { ...notification, alerts: notification.alerts.map(({ value: _, ...rest }) => rest) };
}
