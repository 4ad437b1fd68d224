import { expect, test } from "vitest";
import type { LocalServer } from "../../src/server/local-server.js";
import { ruleOf } from "../alert/rule-of.js";
import { requestDurationsBody } from "./example-telemetry.js";
import { call, json, post, runningServer } from "./running-server.js";

const WINDOW_S = 60;
const rule = ruleOf({
  id: "low-success",
  indicator: "success_rate",
  when: { op: "<", value: 90 },
  unit: "%",
  intervalS: 5,
  windowS: WINDOW_S,
  minRequests: 5,
  receivers: ["oncall"],
});

const agoIso = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

/** Half of ten requests failed five minutes ago, and three of three a minute later. */
async function serverWithFailures(): Promise<LocalServer> {
  const server = await runningServer({ rules: [rule] });
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }, { msAgo: 300_000 }));
  await post(server, "/v1/metrics", requestDurationsBody({ error: 3 }, { msAgo: 200_000 }));
  return server;
}

async function backtestOf(server: LocalServer, body: object, id = rule.id) {
  const answer = await post(server, `/api/rules/${id}/backtest`, JSON.stringify(body));
  return { status: answer.status, body: JSON.parse(answer.body) };
}

test("a rule is tried against the past: what it saw, when it would have fired, and how long", async () => {
  const server = await serverWithFailures();
  const { status, body } = await backtestOf(server, { from: agoIso(600) });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: "low-success",
    fired: 1,
    firing_s: body.firings[0].duration_s,
    longest_s: body.firings[0].duration_s,
    failed: 0,
    step_s: 5,
    series_left_out: 0,
    odd: [],
    rule: { id: "low-success", when: { op: "<", value: 90 }, window_s: WINDOW_S },
  });
  // Nothing judges until data has been away for an hour, so the alert outlives its window.
  expect(body.firings).toMatchObject([{ labels: {}, value: 50, reason: "condition_true" }]);
  expect(Math.abs(Date.parse(body.firings[0].from) - Date.parse(agoIso(300)))).toBeLessThan(7000);
  const [series] = body.series;
  expect(series.values).toHaveLength(body.evaluations);
  expect(series.values.filter((value: number | null) => value !== null)).toEqual(Array(WINDOW_S / 5).fill(50));
  expect(Date.parse(body.to) - Date.parse(body.from)).toBe((body.evaluations - 1) * 5000);
  // Three failed requests are too few for this rule to judge by, and no point of the chart.
  expect(body.too_few).toBe(WINDOW_S / 5);
  expect(body.without_data).toBe(body.evaluations - 2 * (WINDOW_S / 5));
});

test("threshold, for and window are tried otherwise, and the rule that runs stays as it is", async () => {
  const server = await serverWithFailures();
  const before = await json(server, "/api/rules");
  const edits = { when: "< 40 %", for: "30s", window: "2m" };
  const { body } = await backtestOf(server, { from: agoIso(600), ...edits });
  expect(body).toMatchObject({ fired: 0, firings: [], rule: { when: { value: 40 }, for_s: 30, window_s: 120 } });
  for (const line of ["when: < 40 %", "for: 30s", "window: 2m", "- oncall"]) expect(body.yaml).toContain(line);
  expect(await json(server, "/api/rules")).toEqual(before);
  expect(await json(server, "/api/alerts/history")).toEqual({ transitions: [] });
});

test("a long time is tried in longer steps, and says so", async () => {
  const { status, body } = await backtestOf(await serverWithFailures(), { from: agoIso(2 * 86_400) });
  expect([status, body.step_s]).toEqual([200, 90]);
  expect(body.evaluations).toBeLessThanOrEqual(2000);
});

test.each([
  ["a condition without its unit", { when: "< 95" }, "found no unit"],
  ["a duration that is none", { for: "soon" }, "expected a duration"],
  ["more than a week", { from: agoIso(8 * 86_400) }, "from: expected at most 7 days before to"],
  ["a time to come", { to: "2999-01-01T00:00:00Z" }, "to: expected a time that is over"],
  ["an unknown key", { threshold: 5 }, "the body: expected an object with from"],
  ["a part that cannot be tried", { indicator: "cost.total" }, 'found also "indicator"'],
  ["no time between two evaluations", { from: agoIso(60), to: agoIso(60 - 0.001) }, "expected at least 5 s"],
])("%s is refused", async (_, body, message) => {
  const server = await runningServer({ rules: [rule] });
  const answer = await backtestOf(server, { from: agoIso(600), ...body });
  expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(message)]);
});

test("an unknown rule is refused with the nearest, and what is not sent as JSON too", async () => {
  const server = await runningServer({ rules: [rule] });
  const unknown = await backtestOf(server, { from: agoIso(600) }, "low-sucess");
  expect([unknown.status, unknown.body.error.message]).toEqual([
    404,
    'no rule "low-sucess": did you mean low-success?',
  ]);
  const path = `/api/rules/${rule.id}/backtest`;
  expect((await call(server, path)).status).toBe(405);
  const plain = await call(server, path, { method: "POST", body: "{}", headers: { "content-type": "text/plain" } });
  expect(plain.status).toBe(415);
});
