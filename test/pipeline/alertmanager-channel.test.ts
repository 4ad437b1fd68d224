import { expect, test } from "vitest";
import { alertmanagerChannel } from "../../src/notify/alertmanager/alertmanager-channel.js";
import { ALERTMANAGER_SETTINGS } from "../../src/notify/alertmanager/alertmanager-settings.js";
import type { Notification, NotifiedAlert } from "../../src/notify/notification.js";
import { type WebhookMessage, webhookMessage } from "../../src/notify/webhook/webhook-message.js";
import { answering, HttpService } from "../notify/http-service.js";
import { FULL, HOSTILE, notificationOf } from "../notify/message/notification-of.js";
import { type RealAlertmanager, startAlertmanager } from "./parts/alertmanager.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";

const parts = new RunningParts();
const signal = new AbortController().signal;

/** One Alertmanager, or a cluster, which tells a webhook of everything within a second. */
async function alertmanagers(count: number): Promise<{ peers: RealAlertmanager[]; people: HttpService }> {
  const people = await HttpService.start(answering(200));
  const config = `
route: { receiver: people, group_by: [alertname, model], group_wait: 1s, group_interval: 5s }
receivers: [{ name: people, webhook_configs: [{ url: "${people.url}" }] }]
`;
  const peers: RealAlertmanager[] = [];
  for (let index = 0; index < count; index++) {
    peers.push(await parts.keep(startAlertmanager(await parts.folder(), config, peers[0])));
  }
  for (const { url } of peers) {
    await until(`a cluster of ${count} at ${url}`, async () => {
      const { cluster } = await json<{ cluster: { status: string; peers: unknown[] } }>(`${url}/api/v2/status`);
      return cluster.status === "ready" && cluster.peers.length === count;
    });
  }
  return { peers, people };
}

const channelTo = (peers: readonly RealAlertmanager[], now = Date.now) =>
  alertmanagerChannel(
    "am",
    { ...ALERTMANAGER_SETTINGS.parse({ urls: peers.map(({ url }) => url), resend_every: "10s" }), language: "en" },
    now,
  );

/** About an alert that began a minute ago. */
const firing = (parts: Partial<NotifiedAlert> = FULL): Notification =>
  notificationOf([{ ...parts, since: new Date(Date.now() - 60_000).toISOString() }]);

const resolved = ({ alerts, ...notification }: Notification): Notification => ({
  ...notification,
  alerts: alerts.map((alert) => ({ ...alert, from: "firing", to: "resolved", at: new Date().toISOString() })),
});

const told = ({ posted }: HttpService): WebhookMessage[] => posted.map(({ body }) => JSON.parse(body));
const statuses = (people: HttpService): string[] => told(people).map(({ status }) => status);

/** The models whose alerts fire, as that Alertmanager knows. */
async function active({ url }: RealAlertmanager): Promise<(string | undefined)[]> {
  const alerts = await json<{ labels: Record<string, string> }[]>(`${url}/api/v2/alerts`);
  return alerts.map(({ labels }) => labels.model);
}

test("people hear of an alert and of its end, and our own webhook would have told them the same", async () => {
  const { peers, people } = await alertmanagers(1);
  const notification = firing();
  expect(await channelTo(peers).deliver(notification, signal)).toMatchObject({ delivered: true });
  await until("the firing alert", () => people.posted.length === 1);
  const over = resolved(notification);
  expect(await channelTo(peers).deliver(over, signal)).toMatchObject({ delivered: true });
  await until("its end", () => people.posted.length === 2);

  for (const [index, sent] of [notification, over].entries()) {
    const theirs = told(people)[index] as WebhookMessage;
    const ours = webhookMessage(sent, { receiver: "people", language: "en" });
    expect(comparable(theirs)).toEqual({
      ...comparable(ours),
      // What is theirs by nature: their key, their groups and their page.
      groupKey: expect.stringContaining("very-low-success-rate"),
      groupLabels: { alertname: "very-low-success-rate", model: "gpt-5" },
      externalURL: expect.stringContaining("http"),
    });
  }
});

test("whatever is in names and labels, it takes the alert, and gives it the fingerprint that ours has", async () => {
  const { peers, people } = await alertmanagers(1);
  const labels = { ...HOSTILE.labels, "gen_ai.request.model": "ä👩‍👩‍👧‍👦 \ud800", "9": "x", empty: "" };
  const notification = firing({ ...HOSTILE, labels, annotations: { ...HOSTILE.annotations, "a b": "c" } });
  expect(await channelTo(peers).deliver(notification, signal)).toMatchObject({ delivered: true });
  await until("the alert", () => people.posted.length === 1);
  const ours = webhookMessage(notification, { receiver: "people", language: "en" });
  expect(told(people)[0]?.alerts[0]?.fingerprint).toBe(ours.alerts[0]?.fingerprint);
});

test("a re-send keeps an alert firing; one that is not sent again is taken for resolved when its hold is over", async () => {
  const { peers, people } = await alertmanagers(1);
  const [alertmanager] = peers as [RealAlertmanager];
  const kept = firing({ labels: { model: "kept" } });
  // As if it had been sent long ago, so that three seconds of its hold are left.
  const earlier = channelTo(peers, () => Date.now() - 97_000);
  await earlier.deliver({ ...kept, alerts: [...kept.alerts, ...firing({ labels: { model: "left" } }).alerts] }, signal);
  await until("both", async () => (await active(alertmanager)).length === 2);
  await channelTo(peers).deliver(kept, signal);
  await until("the end of one", () => statuses(people).includes("resolved"));
  expect(await active(alertmanager)).toEqual(["kept"]);
  expect(told(people).find(({ status }) => status === "resolved")?.commonLabels.model).toBe("left");
  expect(statuses(people)).toEqual(["firing", "firing", "resolved"]);
});

test("one that was killed knows the alert again after the next re-send", async () => {
  const { peers } = await alertmanagers(1);
  const [alertmanager] = peers as [RealAlertmanager];
  const notification = firing();
  await channelTo(peers).deliver(notification, signal);
  await alertmanager.part.kill();
  expect(await channelTo(peers).deliver(notification, signal)).toMatchObject({ delivered: false, retry: true });
  await alertmanager.part.start();
  expect(await active(alertmanager)).toEqual([]);
  await channelTo(peers).deliver(notification, signal);
  await until("the alert", async () => (await active(alertmanager)).includes("gpt-5"));
});

test("of a cluster every peer is told, and people once; with one peer dead they hear of the end all the same", async () => {
  const { peers, people } = await alertmanagers(2);
  const notification = firing();
  await channelTo(peers).deliver(notification, signal);
  for (const peer of peers) await until("the alert at each", async () => (await active(peer)).includes("gpt-5"));
  await until("the firing alert", () => people.posted.length > 0);

  await peers[1]?.part.kill();
  const delivery = await channelTo(peers).deliver(resolved(notification), signal);
  expect(delivery).toMatchObject({ delivered: true, exchange: { answer: expect.stringContaining("ECONNREFUSED") } });
  // It comes five seconds after the first, and the other peer would have spoken after three.
  await until("its end", () => statuses(people).includes("resolved"));
  expect(statuses(people)).toEqual(["firing", "resolved"]);
});

/** Times to the millisecond, since one writes them with trailing zeros and the other without. */
function comparable(message: WebhookMessage): WebhookMessage {
  const time = (iso: string): string => (iso.startsWith("0001") ? iso : new Date(iso).toISOString());
  return {
    ...message,
    alerts: message.alerts.map((alert) => ({ ...alert, startsAt: time(alert.startsAt), endsAt: time(alert.endsAt) })),
  };
}

async function json<Body>(url: string): Promise<Body> {
  return (await (await fetch(url)).json()) as Body;
}
