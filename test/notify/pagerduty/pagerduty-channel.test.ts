import { describe, expect, test } from "vitest";
import type { NotifiedAlert } from "../../../src/notify/notification.js";
import { pagerDutyChannel } from "../../../src/notify/pagerduty/pagerduty-channel.js";
import { enqueueAddress, PAGERDUTY_SETTINGS } from "../../../src/notify/pagerduty/pagerduty-settings.js";
import { answering, HttpService } from "../http-service.js";
import { failed, httpTroubleTests } from "../http-trouble.js";
import { FULL, HOSTILE, notificationOf, OVER } from "../message/notification-of.js";
import { ROUTING_KEY, startPagerDuty } from "./pagerduty-server.js";

const signal = new AbortController().signal;
const WARNING: Partial<NotifiedAlert> = { rule: "slow-response", severity: "warning" };
const ACKNOWLEDGED: Partial<NotifiedAlert> = {
  known: true,
  acknowledged: { author: "ann", at: "2026-08-01T10:33:00Z" },
};

const channel = (url: string, language: "en" | "zh" = "en") =>
  pagerDutyChannel("pager", { ...PAGERDUTY_SETTINGS.parse({ routing_key: ROUTING_KEY, url }), language });

httpTroubleTests((url) => channel(url));

test("an alert is opened, acknowledged and resolved", async () => {
  const { service, alerts } = await startPagerDuty();
  const pager = channel(service.url);
  for (const alert of [FULL, { ...FULL, ...ACKNOWLEDGED }, { ...FULL, ...OVER }]) {
    expect(await pager.deliver(notificationOf([alert]), signal)).toMatchObject({ delivered: true });
  }
  expect([...alerts.values()]).toEqual([["critical", "acknowledge", "resolve"]]);
});

test("each rule of a group has an alert of its own, so what is worse pages again", async () => {
  const { service, alerts } = await startPagerDuty();
  const pager = channel(service.url);
  await pager.deliver(notificationOf([WARNING]), signal);
  await pager.deliver(notificationOf([{}, WARNING]), signal);
  await pager.deliver(notificationOf([WARNING, OVER]), signal);
  expect([...alerts.values()]).toEqual([
    ["warning", "warning", "warning"],
    ["critical", "resolve"],
  ]);
});

test("groups are kept apart for it", () => {
  expect(channel("https://events.example.com").keepsGroupsApart).toBe(true);
});

test("what is shown has all events and answers, and not the key", async () => {
  const { service, events } = await startPagerDuty();
  const delivery = await channel(service.url).deliver(notificationOf([{}, WARNING]), signal);
  expect(events.map(({ routing_key }) => routing_key)).toEqual([ROUTING_KEY, ROUTING_KEY]);
  const shown = delivery.exchange?.body?.split("\n").map((body) => JSON.parse(body));
  expect(shown).toEqual(events.map((event) => ({ ...event, routing_key: "[redacted]" })));
  expect(delivery.exchange?.answer?.split("\n")).toHaveLength(2);
  const settings = PAGERDUTY_SETTINGS.parse({ routing_key: ROUTING_KEY });
  expect(JSON.stringify([delivery, settings])).not.toContain(ROUTING_KEY);
});

describe.each(["en", "zh"] as const)("hostile names and labels (%s)", (language) => {
  const huge = (unit: string): string => unit.repeat(20_000);
  test.each([
    ["hostile", [HOSTILE]],
    [
      "huge",
      Array.from(
        { length: 300 },
        (_, index): Partial<NotifiedAlert> => ({
          id: String(index),
          name: { en: huge('"🚨'), zh: huge("失败") },
          labels: { service: huge("失\\"), model: huge("\ud800") },
          annotations: {
            summary: huge("👩‍👩‍👧‍👦"),
            description: huge('"'),
            runbook_url: `https://wiki.example/${"a".repeat(600_000)}`,
          },
        }),
      ),
    ],
  ])("%s: within the limits", async (_, alerts) => {
    const { service, events } = await startPagerDuty();
    const delivery = await channel(service.url, language).deliver(notificationOf(alerts), signal);
    expect(delivery).toMatchObject({ delivered: true });
    expect(events).toHaveLength(1);
  });
});

describe("of what PagerDuty refuses", () => {
  const refusing = (errors: unknown) =>
    answering(400, JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }));

  test("a wrong key has its cure", async () => {
    const error = "Length of 'routing_key' is incorrect (should be 32 characters)";
    const { url } = await HttpService.start(refusing([error]));
    expect(failed(await channel(url).deliver(notificationOf(), signal))).toMatchObject({
      retry: false,
      message: `400 Event object is invalid: ${error}`,
      cure: { en: expect.stringContaining("region: eu") },
    });
  });

  test("anything else is a fault of ours", async () => {
    const { url } = await HttpService.start(refusing(["'payload.summary' is missing or blank", "x"]));
    expect(failed(await channel(url).deliver(notificationOf(), signal))).toMatchObject({
      message: "400 Event object is invalid: 'payload.summary' is missing or blank; x",
      cure: { en: expect.stringContaining("please report it") },
    });
  });

  test("one event does not keep the others back", async () => {
    const { url, posted } = await HttpService.start((request, response) => {
      const isFirst = posted.length === 1;
      const taken = answering(202, JSON.stringify({ status: "success" }));
      (isFirst ? refusing("no") : taken)(request, response);
    });
    const delivery = failed(await channel(url).deliver(notificationOf([{}, WARNING]), signal));
    expect(posted).toHaveLength(2);
    expect(delivery).toMatchObject({ retry: false, message: "400 Event object is invalid: no" });
  });

  test("too many events are sent again later, and no more now", async () => {
    const { url, posted } = await HttpService.start(answering(429, "", { "retry-after": "60" }));
    const delivery = failed(await channel(url).deliver(notificationOf([{}, WARNING]), signal));
    expect(posted).toHaveLength(1);
    expect(delivery).toMatchObject({ retry: true, retryAfterMs: 60_000 });
  });
});

test.each([["<html>Log in to the network</html>"], ['"success"'], ["null"]])(
  "a 200 that says %s is no delivery",
  async (body) => {
    const { url } = await HttpService.start(answering(200, body));
    expect(failed(await channel(url).deliver(notificationOf(), signal))).toMatchObject({
      retry: true,
      cure: { en: expect.stringContaining("not PagerDuty's answer") },
    });
  },
);

test("events go where the account is", () => {
  const address = (settings: object): string =>
    enqueueAddress(PAGERDUTY_SETTINGS.parse({ routing_key: ROUTING_KEY, ...settings })).reveal();
  expect(address({})).toBe("https://events.pagerduty.com/v2/enqueue");
  expect(address({ region: "eu" })).toBe("https://events.eu.pagerduty.com/v2/enqueue");
});

test.each([
  [{}, "the integration key of an Events API v2 integration: 32 letters and digits"],
  [{ routing_key: "short" }, "32 letters and digits"],
  [{ routing_key: ROUTING_KEY, region: "cn" }, "one of us, eu"],
  [{ routing_key: ROUTING_KEY, region: "eu", url: "https://e.example" }, "either region or url"],
])("settings %j are refused", (settings, expected) => {
  const { error } = PAGERDUTY_SETTINGS.safeParse(settings);
  expect(error?.issues.map(({ message }) => message).join()).toContain(expected);
});
