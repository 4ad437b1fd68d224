import { expect, test } from "vitest";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import type { NotifiedAlert } from "../../src/notify/notification.js";
import { ruleOf } from "../alert/rule-of.js";
import { recordedChannel } from "../notify/recorded-channel.js";
import { requestDurationsBody } from "./example-telemetry.js";
import { call, json, post, runningServer } from "./running-server.js";

const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString();

const rule = ruleOf({
  indicator: "success_rate",
  when: { op: "<", value: 90 },
  unit: "%",
  intervalS: 3600,
  windowS: 60,
});

async function firingServer(options: Parameters<typeof runningServer>[0] = {}) {
  const server = await runningServer({ rules: [rule], ...options });
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  const { active } = await server.evaluateNow();
  return { server, alert: active[0] as AlertTransition };
}

const silenceBody = (more: object = {}): string =>
  JSON.stringify({
    matchers: [{ name: "rule", op: "=", value: "slow" }],
    author: "ann",
    reason: "deploy",
    ends_at: IN_AN_HOUR,
    ...more,
  });

test("the history is given by page, rule, severity and time, with links to the page", async () => {
  const { server, alert } = await firingServer();
  expect(await json(server, "/api/alerts/history?rule=slow&severity=warning&limit=1")).toMatchObject({
    transitions: [
      {
        id: alert.id,
        value: 50,
        threshold: 90,
        reason: "condition_true",
        requests_url: expect.stringMatching(new RegExp(`^${server.url}/requests\\?ended_from=`)),
      },
    ],
  });
  expect(await json(server, "/api/alerts/history?rule=other")).toEqual({ transitions: [] });
  expect(await json(server, `/api/alerts/history?from=${IN_AN_HOUR}`)).toEqual({ transitions: [] });
  const refused = await call(server, "/api/alerts/history?severity=high");
  expect([refused.status, JSON.parse(refused.body).error]).toEqual([
    400,
    {
      message: 'parameter "severity": expected one of warning, error, critical, found "high"',
      expected: "one of warning, error, critical",
      found: '"high"',
    },
  ]);
});

test("an alert says what else changed: the release that came shortly before, and the figure of an hour before", async () => {
  const told: NotifiedAlert[] = [];
  const server = await runningServer({ rules: [rule], channels: [recordedChannel((alert) => told.push(alert))] });
  const minutes = (count: number): number => count * 60_000;
  const sent = (outcomes: Record<string, number>, msAgo: number, release: string) =>
    post(server, "/v1/metrics", requestDurationsBody(outcomes, { msAgo, release }));
  await sent({ success: 96, error: 4 }, minutes(60) + 10_000, "1.4.1");
  await sent({ success: 10 }, minutes(20), "1.4.1");
  await sent({ success: 10 }, minutes(4), "1.4.2");
  await sent({ success: 5, error: 5 }, 0, "1.4.2");
  const { active } = await server.evaluateNow();
  const changed = [
    {
      en: expect.stringMatching(/^release 1\.4\.2 of shop began [45] min before$/),
      zh: expect.stringContaining("版本 1.4.2"),
    },
    { en: "it was 96 % 1h before", zh: "1h 前为 96 %" },
  ];
  expect(active[0]?.changed).toEqual(changed);
  expect(told[0]?.changed).toEqual(changed);
});

test("the rules are given with their defaults filled in", async () => {
  const { server } = await firingServer();
  const { rules } = await json(server, "/api/rules");
  expect(rules).toMatchObject([
    { id: "slow", indicator: "success_rate", window_s: 60, interval_s: 3600, when: { op: "<", value: 90 }, for_s: 0 },
  ]);
});

test("a silence is made, listed, and expired once", async () => {
  const server = await runningServer();
  const made = JSON.parse((await post(server, "/api/silences", silenceBody())).body);
  expect(made).toMatchObject({ state: "active", author: "ann", reason: "deploy", ends_at: IN_AN_HOUR });
  const { matches, ...silence } = made;
  expect(matches).toEqual({ alerts: 0, rules: 0, unknown: [{ what: "rule", found: "slow" }] });
  expect(await json(server, "/api/silences")).toEqual({ silences: [silence] });
  const expired = await call(server, `/api/silences/${made.id}`, { method: "DELETE" });
  expect(JSON.parse(expired.body)).toMatchObject({ id: made.id, state: "expired" });
});

test("an alert shows the silence that keeps it quiet now, also when it was told before", async () => {
  const { server } = await firingServer();
  const { id, matches } = JSON.parse((await post(server, "/api/silences", silenceBody())).body);
  expect(matches).toEqual({ alerts: 1, rules: 1, unknown: [] });
  const silenced = { id, author: "ann", reason: "deploy", ends_at: IN_AN_HOUR };
  expect((await json(server, "/api/alerts")).active).toMatchObject([{ rule: "slow", silenced }]);
  await call(server, `/api/silences/${id}`, { method: "DELETE" });
  expect((await json(server, "/api/alerts")).active[0]).not.toHaveProperty("silenced");
});

test("who fires under a silence is told when it is expired", async () => {
  const told: string[] = [];
  const channel = recordedChannel(({ rule, to }) => told.push(`${rule} ${to}`));
  const server = await runningServer({ rules: [rule], channels: [channel] });
  const { id } = JSON.parse((await post(server, "/api/silences", silenceBody())).body);
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  await server.evaluateNow();
  expect(told).toEqual([]);
  const { active } = await json(server, "/api/alerts");
  expect(active).toMatchObject([{ notification: { result: "not_sent", reason: "silenced", silenced_by: id } }]);
  await call(server, `/api/silences/${id}`, { method: "DELETE" });
  // Told with the value that an evaluation after the end finds, and not that of the same millisecond.
  await expect
    .poll(async () => {
      await server.evaluateNow();
      return told;
    })
    .toEqual(["slow firing"]);
});

test.each<[string, object | string, string]>([
  ["no matcher", { matchers: [] }, "matchers: expected at least one matcher, found []"],
  [
    "an operator that is none",
    { matchers: [{ name: "rule", op: "==", value: "slow" }] },
    'matchers[0].op: expected one of = != =~ !~, found "=="',
  ],
  [
    "an expression that is none",
    { matchers: [{ name: "rule", op: "=~", value: "(" }] },
    "matchers[0]: expected a regular expression",
  ],
  [
    "an expression with look-around",
    { matchers: [{ name: "rule", op: "=~", value: "(?!slow).*" }] },
    "matchers[0]: expected a regular expression without look-around",
  ],
  [
    "matchers that match everything",
    { matchers: [{ name: "rule", op: "=~", value: ".*" }] },
    "matchers: expected at least one that not every alert matches",
  ],
  ["no reason", { reason: "" }, "reason: expected why: a text of 1 to 1000 characters"],
  ["control characters", { author: "a\u001b[31m" }, "author: expected who made it: a text of 1 to 200 characters"],
  ["an end in the past", { ends_at: "2020-01-01T00:00:00Z" }, "ends_at: expected a time to come"],
  ["a time without an offset", { ends_at: "2030-01-01T00:00:00" }, "ends_at: expected an ISO 8601 time"],
  ["an end before the start", { starts_at: "2999-01-01T00:00:00Z" }, "ends_at: expected a time after starts_at"],
  ["an unknown key", { comment: "x" }, "the body: expected an object with matchers, author, reason, ends_at"],
  ["something else than JSON", "rule=slow", "the body: expected JSON"],
  ["another shape", "[]", "the body: expected an object with matchers"],
])("a silence with %s is refused", async (_, body, message) => {
  const server = await runningServer();
  const answer = await post(server, "/api/silences", typeof body === "string" ? body : silenceBody(body));
  expect([answer.status, JSON.parse(answer.body).error.message]).toEqual([400, expect.stringContaining(message)]);
});

test("no expression of a silence keeps the server from its work", async () => {
  const rules = [rule, { ...rule, id: "slow-response-of-the-whole-application" }];
  const { server } = await firingServer({ rules });
  const value = `${".*".repeat(20)}x`;
  const body = silenceBody({
    matchers: Array(49).fill({ name: "rule", op: "!~", value }).concat({ name: "rule", op: "=", value: "slow" }),
  });
  const answer = await post(server, "/api/silences", body);
  expect([answer.status, JSON.parse(answer.body).matches]).toMatchObject([200, { rules: 1 }]);
});

test("a firing alert is acknowledged; an unknown one is refused with the nearest id", async () => {
  const { server, alert } = await firingServer();
  const body = JSON.stringify({ author: "ann", comment: "on it" });
  const answer = await post(server, `/api/alerts/${alert.id}/ack`, body);
  expect(answer.status).toBe(200);
  const acknowledged = { author: "ann", comment: "on it", at: expect.stringMatching(/Z$/) };
  expect(await json(server, "/api/alerts")).toMatchObject({ active: [{ id: alert.id, acknowledged }] });
  const unknown = await post(server, `/api/alerts/${alert.id.slice(0, 8)}/ack`, body);
  expect([unknown.status, JSON.parse(unknown.body).error.message]).toEqual([
    404,
    `no firing alert "${alert.id.slice(0, 8)}": did you mean ${alert.id}?`,
  ]);
});

test("a pending alert cannot be acknowledged", async () => {
  const { server, alert } = await firingServer({ rules: [{ ...rule, forS: 60 }] });
  const answer = await post(server, `/api/alerts/${alert.id}/ack`, '{"author":"ann"}');
  expect([answer.status, answer.body]).toEqual([409, expect.stringContaining("pending")]);
});

test("no web page of another origin can change anything", async () => {
  const server = await runningServer();
  const body = silenceBody();
  const foreign = { origin: "https://evil.example" };
  const attempts = await Promise.all([
    post(server, "/api/silences", body, foreign),
    call(server, "/api/silences/0f", { method: "DELETE", headers: foreign }),
    // What a form can send without asking first.
    call(server, "/api/silences", { method: "POST", body, headers: { "content-type": "text/plain" } }),
    call(server, "/api/silences", { method: "POST", body }),
    post(server, "/api/silences", body, { host: "evil.example" }),
  ]);
  expect(attempts.map(({ status }) => status)).toEqual([403, 403, 415, 415, 403]);
  expect(await json(server, "/api/silences")).toEqual({ silences: [] });
});

test("a server with a token asks for it", async () => {
  const { Secret } = await import("../../src/receive/secret.js");
  const server = await runningServer({ token: new Secret("0123456789abcdef") });
  expect((await post(server, "/api/silences", silenceBody())).status).toBe(401);
  const authorization = "Bearer 0123456789abcdef";
  expect((await post(server, "/api/silences", silenceBody(), { authorization })).status).toBe(200);
});

test("a body that is too long is refused", async () => {
  const server = await runningServer();
  expect((await post(server, "/api/silences", silenceBody({ reason: "x".repeat(70_000) }))).status).toBe(413);
});

test("the evaluator's own instruments are at /metrics", async () => {
  const { server } = await firingServer();
  const { body } = await call(server, "/metrics");
  expect(body).toContain("# TYPE chainwatch_evaluator_evaluations_total counter\n");
  // At the start, and when the test asked for it.
  expect(body).toContain("chainwatch_evaluator_evaluations_total 2\n");
  expect(body).toContain("# TYPE chainwatch_evaluator_evaluation_duration_seconds histogram\n");
  expect(body).toContain('chainwatch_evaluator_evaluation_duration_seconds_bucket{le="+Inf"} 2\n');
  expect(body).toContain("chainwatch_evaluator_evaluation_duration_seconds_count 2\n");
  expect(body).toContain("# TYPE chainwatch_evaluator_alerts gauge\n");
  expect(body).toContain('chainwatch_evaluator_alerts{state="firing"} 1\n');
  expect(body).toContain("chainwatch_evaluator_missed_total 0\n");
  expect(body).toContain('chainwatch_evaluator_errors_total{error_type="timeout"} 0\n');
});
