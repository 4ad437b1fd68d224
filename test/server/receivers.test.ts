import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Receiver } from "../../src/notify/receiver.js";
import { loadConfig } from "../../src/server/load-config.js";
import type { LocalServer } from "../../src/server/local-server.js";
import { openReceivers } from "../../src/server/open-receivers.js";
import { answering, HttpService } from "../notify/http-service.js";
import { ROUTING_KEY, startPagerDuty } from "../notify/pagerduty/pagerduty-server.js";
import { recordedChannel } from "../notify/recorded-channel.js";
import { requestDurationsBody } from "./example-telemetry.js";
import { json, post, runningServer, temporaryFolder } from "./running-server.js";

const RULES =
  'rules: [{ id: failing, indicator: success_rate, when: "< 90%", window: 1m, interval: 1h, severity: critical }]\n';

/** A server with this file, whose rule `failing` fires. */
async function firing(text: string, env: Record<string, string>) {
  const path = join(temporaryFolder(), "chainwatch.yaml");
  const write = (sections: string): void => writeFileSync(path, `${RULES}${sections}`);
  write(text);
  const load = () => loadConfig(path, env);
  const logged: string[] = [];
  const file = { path, load };
  const server = await runningServer({ ...load(), rulesFile: file, log: (line) => logged.push(line) });
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  const evaluate = (): Promise<unknown> => server.evaluateNow();
  await evaluate();
  return { server, write, logged, evaluate };
}

const webhook = (name: string, variable: string): string =>
  `  - { name: ${name}, webhook: { url: "\${${variable}}" } }\n`;

const historyOf = async (server: LocalServer) =>
  (await json(server, "/api/alerts/history?rule=failing")).transitions[0].notification;

test("receivers of the file are told, with links to the page, by the routes of the file", async () => {
  const [oncall, finance] = [await HttpService.start(answering(200)), await HttpService.start(answering(200))];
  const { server } = await firing(
    `receivers:\n${webhook("oncall", "ONCALL")}${webhook("finance", "FINANCE")}route: { receivers: [finance], routes: [{ match: { rule: failing }, receivers: [oncall] }] }\n`,
    { ONCALL: oncall.url, FINANCE: finance.url },
  );
  await expect.poll(() => oncall.posted.length).toBe(1);
  expect(oncall.newest).toMatchObject({
    receiver: "oncall",
    externalURL: server.url,
    alerts: [{ status: "firing", labels: { alertname: "failing", severity: "critical" } }],
  });
  await expect
    .poll(() => historyOf(server))
    .toMatchObject({ result: "sent", receivers: { oncall: { result: "sent" } } });
  const told = finance.posted.map(({ body }) => JSON.parse(body).groupLabels);
  expect(JSON.stringify(told)).not.toContain("failing");
});

test("what waits for a receiver goes to its new address when the file is mended, with the same id", async () => {
  const [away, back] = [await HttpService.start(answering(503)), await HttpService.start(answering(200))];
  const env = { AWAY: away.url, BACK: back.url };
  const { server, write, logged } = await firing(
    `receivers:\n${webhook("oncall", "AWAY")}route: { receivers: [], routes: [{ match: { rule: failing }, receivers: [oncall] }] }\n`,
    env,
  );
  await expect.poll(() => away.posted.length).toBeGreaterThan(0);
  await expect.poll(() => historyOf(server)).toMatchObject({ receivers: { oncall: { result: "waiting" } } });
  write(
    `receivers:\n${webhook("oncall", "BACK")}route: { receivers: [], routes: [{ match: { rule: failing }, receivers: [oncall] }] }\n`,
  );
  await expect.poll(() => back.posted.length, { timeout: 30_000 }).toBe(1);
  const id = (service: HttpService): unknown => service.posted.at(-1)?.headers["webhook-id"];
  expect(id(back)).toBe(id(away));
  await expect.poll(() => historyOf(server)).toMatchObject({ receivers: { oncall: { result: "sent" } } });
  expect(logged).toContainEqual(expect.stringMatching(/was read again: 7 rules, 1 receiver$/));
});

const PAGER = `receivers:\n  - { name: pager, pagerduty: { routing_key: "\${KEY}", url: "\${PAGERDUTY}" } }\n`;

test("an acknowledgement over the API reaches PagerDuty at once, for the incident that the alert opened", async () => {
  const { service, events } = await startPagerDuty();
  const { server } = await firing(PAGER, { KEY: ROUTING_KEY, PAGERDUTY: service.url });
  const opened = (): string | undefined =>
    events.flatMap((event) =>
      event.event_action === "trigger" && event.payload.class === "failing" ? event.dedup_key : [],
    )[0];
  await expect.poll(opened).toBeDefined();
  const { active } = await json(server, "/api/alerts");
  const { id } = active.find(({ rule }: { rule: string }) => rule === "failing");
  await post(server, `/api/alerts/${id}/ack`, '{"author":"ann"}');
  const acknowledged = () => events.filter(({ event_action }) => event_action === "acknowledge");
  await expect.poll(() => acknowledged().map(({ dedup_key }) => dedup_key)).toEqual([opened()]);
});

test("what a receiver refused for good arrives once its secret is mended in the file", async () => {
  const service = await HttpService.start(({ headers }, response) => {
    response.writeHead(headers.authorization === "Bearer right" ? 200 : 401).end();
  });
  const file = (token: string): string =>
    `receivers:\n  - { name: oncall, webhook: { url: "\${URL}", headers: { Authorization: "Bearer \${${token}}" } } }\n`;
  const { server, write } = await firing(file("OLD"), { URL: service.url, OLD: "wrong", NEW: "right" });
  await expect.poll(() => historyOf(server)).toMatchObject({ receivers: { oncall: { result: "failed" } } });
  write(file("NEW"));
  await expect.poll(() => historyOf(server)).toMatchObject({ receivers: { oncall: { result: "sent" } } });
});

test("a receiver that is new hears of what fires already, and the others do not hear it twice", async () => {
  const [first, second] = [await HttpService.start(answering(200)), await HttpService.start(answering(200))];
  const env = { FIRST: first.url, SECOND: second.url };
  const { write } = await firing(`receivers:\n${webhook("first", "FIRST")}`, env);
  await expect.poll(() => first.posted.length).toBeGreaterThan(0);
  const before = first.posted.length;
  write(`receivers:\n${webhook("first", "FIRST")}${webhook("second", "SECOND")}`);
  await expect
    .poll(() => second.posted.map(({ body }) => JSON.parse(body).alerts[0].labels.alertname))
    .toContain("failing");
  expect(first.posted).toHaveLength(before);
});

test("a file whose receiver lacks its variable is refused, and those from before are told on", async () => {
  const service = await HttpService.start(answering(200));
  const { server, write, evaluate } = await firing(`receivers:\n${webhook("oncall", "ONCALL")}`, {
    ONCALL: service.url,
  });
  write(`receivers:\n${webhook("oncall", "NOT_SET")}`);
  await expect
    .poll(async () => (await json(server, "/api/rules")).file.error?.message)
    .toMatch(/chainwatch\.yaml:3:\d+: expected the environment variable NOT_SET/);
  await post(server, "/v1/metrics", requestDurationsBody({ success: 500, error: 5 }));
  await evaluate();
  const resolved = (): unknown[] =>
    service.posted.map(({ body }) => JSON.parse(body).alerts[0]).filter(({ status }) => status === "resolved");
  await expect
    .poll(resolved)
    .toContainEqual(expect.objectContaining({ labels: expect.objectContaining({ alertname: "failing" }) }));
});

test("a receiver whose settings stay keeps its channel, which knows how much it has sent", () => {
  const opened: string[] = [];
  const receiver = (name: string, digest: string): Receiver => ({
    name,
    kind: "dingtalk",
    language: undefined,
    digest,
    open(language) {
      opened.push(`${name} ${language}`);
      return recordedChannel(() => {}, name);
    },
  });
  const before = openReceivers([receiver("a", "1"), receiver("b", "2")], "zh");
  const after = openReceivers([receiver("a", "1"), receiver("b", "3")], "zh", before);
  expect(opened).toEqual(["a zh", "b zh", "b zh"]);
  expect(after.get("1")).toBe(before.get("1"));
  expect([...after.keys()]).toEqual(["1", "3"]);
});
