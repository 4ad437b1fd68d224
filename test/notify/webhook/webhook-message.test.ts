import { expect, test } from "vitest";
import { webhookMessage } from "../../../src/notify/webhook/webhook-message.js";
import { FULL, HOSTILE, notificationOf, OVER } from "../message/notification-of.js";

test("a firing alert is as Alertmanager would post it, with our figures in its annotations", () => {
  const notification = notificationOf([FULL], { groupLabels: { service: "checkout-bot" } });
  expect(webhookMessage(notification, { receiver: "hook", language: "en" })).toEqual({
    version: "4",
    groupKey: "0b".repeat(16),
    truncatedAlerts: 0,
    status: "firing",
    receiver: "hook",
    groupLabels: { service: "checkout-bot" },
    commonLabels: LABELS,
    commonAnnotations: ANNOTATIONS,
    externalURL: "https://watch.example.com",
    alerts: [
      {
        status: "firing",
        labels: LABELS,
        annotations: ANNOTATIONS,
        startsAt: "2026-08-01T10:32:05.000Z",
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "https://watch.example.com/requests?outcome=error",
        // What Alertmanager 0.25 gave an alert with these labels.
        fingerprint: "bff0476024c0a28e",
      },
    ],
  });
});

const LABELS = {
  alertname: "very-low-success-rate",
  severity: "critical",
  service: "checkout-bot",
  type: "chat",
  model: "gpt-5",
  release: "1.4.2",
  team: "shop",
};

const ANNOTATIONS = {
  name: "Very low success rate",
  summary: "Checkout fails for one in three.",
  runbook_url: "https://wiki.example.com/checkout",
  value: "71 %",
  threshold: "< 90 %",
  changed: "release 1.4.2 began 4 min before\nit was 99 % 1h before",
  requests_url: "https://watch.example.com/requests?outcome=error",
  trace_id: "3f9c",
  trace_url: "https://watch.example.com/traces/3f9c",
};

test("what its rule is narrowed to is among the labels, so that it can be routed by", () => {
  const { commonLabels } = webhookMessage(notificationOf([{ where: { service: "checkout-bot" } }]), {
    receiver: "hook",
    language: "en",
  });
  expect(commonLabels.service).toBe("checkout-bot");
});

test("texts are in the receiver's language, and a rule without a summary gets one", () => {
  const { alerts } = webhookMessage(notificationOf([{}]), { receiver: "hook", language: "zh" });
  expect(alerts[0]?.annotations).toMatchObject({
    name: "成功率严重低",
    summary: expect.stringContaining("严重：成功率严重低，成功率 71 %"),
  });
});

test("a resolved alert has its end, the same fingerprint and the reason when it is not a good one", () => {
  const message = webhookMessage(notificationOf([{ ...FULL, ...OVER, reason: "no_data_expired" }]), {
    receiver: "hook",
    language: "en",
  });
  const firing = webhookMessage(notificationOf([FULL]), { receiver: "hook", language: "en" });
  expect(message).toMatchObject({
    status: "resolved",
    alerts: [
      {
        status: "resolved",
        endsAt: "2026-08-01T10:35:20Z",
        fingerprint: firing.alerts[0]?.fingerprint,
        annotations: { reason: "no data any more" },
      },
    ],
  });
});

test("a group fires while any of it does, and has in common what all have with the same value", () => {
  const labels = { service: "checkout-bot", model: "gpt-5" };
  const message = webhookMessage(
    notificationOf([
      { labels, rule_labels: { constructor: "x" } },
      { labels: { ...labels, model: "gpt-6" }, severity: "warning", ...OVER },
    ]),
    { receiver: "hook", language: "en" },
  );
  expect(message).toMatchObject({
    status: "firing",
    commonLabels: { alertname: "very-low-success-rate", service: "checkout-bot" },
    alerts: [{ status: "firing" }, { status: "resolved" }],
  });
  expect(Object.keys(message.commonLabels)).toEqual(["service", "alertname"]);
  expect(message.alerts[0]?.labels).toHaveProperty("constructor", "x");
});

test("of more alerts than the receiver takes it says how many are missing", () => {
  const notification = notificationOf([{ id: "1" }, { id: "2" }, { id: "3" }]);
  const message = webhookMessage(notification, { receiver: "hook", language: "en", maxAlerts: 2 });
  expect(message).toMatchObject({ truncatedAlerts: 1, alerts: [{}, {}] });
});

test("without a page there are no links to one, and a test says that it is one", () => {
  const { pageUrl: _, ...notification } = notificationOf([{}], { test: true });
  expect(webhookMessage(notification, { receiver: "hook", language: "en" })).toMatchObject({
    externalURL: "",
    alerts: [{ generatorURL: "", annotations: { test: "true" } }],
  });
});

test("names are those that Alertmanager takes, and hostile texts are texts", () => {
  const labels = { "team name": "a", "9lives": "b", "": "c", empty: "", ...HOSTILE.labels };
  const message = webhookMessage(notificationOf([{ ...HOSTILE, labels }]), { receiver: "hook", language: "en" });
  const read = JSON.parse(JSON.stringify(message));
  expect(Object.keys(read.alerts[0].labels).sort()).toEqual(
    ["_", "_9lives", "alertname", "model", "service", "severity", "team_name", "type"].sort(),
  );
  expect(read.alerts[0].labels.model).toBe(HOSTILE.labels?.model);
});
