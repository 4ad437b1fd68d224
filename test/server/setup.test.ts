import { expect, test } from "vitest";
import type { LocalServer } from "../../src/server/local-server.js";
import { type ExampleSetUp, setUpBody } from "./example-set-up.js";
import { json, post, runningServer } from "./running-server.js";

async function send(server: LocalServer, setUp: ExampleSetUp): Promise<void> {
  expect((await post(server, "/v1/metrics", setUpBody(setUp))).status).toBe(200);
}

test("the set-up says who sends, what was lost, how far a clock is off and what has no price", async () => {
  const server = await runningServer();
  expect(await json(server, "/api/setup")).toEqual({ window_s: 86_400, senders: [], unpriced: [] });
  await send(server, {
    counters: [
      { metric: "chainwatch.telemetry.dropped", value: 40, attributes: { what: "span", reason: "queue_full" } },
      { metric: "chainwatch.telemetry.errors", value: 2, attributes: { what: "handleLLMEnd" } },
      { metric: "chainwatch.price.unknown", value: 3, attributes: { "gen_ai.request.model": "house-model" } },
    ],
    costs: [0.25],
    aheadS: -120,
  });
  const setup = await json(server, "/api/setup");
  expect(setup).toEqual({
    window_s: 86_400,
    senders: [
      {
        ...{ service: "shop", instance: "shop-1", release: "1.2", host: "web-1" },
        sdk: { language: "nodejs", version: "2.12.0" },
        first_seen: expect.any(String),
        last_seen: expect.any(String),
        clock_ahead: expect.any(Number),
        requests: 0,
        dropped: [{ what: "span", reason: "queue_full", items: 40 }],
        faults: [{ what: "handleLLMEnd", items: 2 }],
      },
    ],
    unpriced: [{ service: "shop", model: "house-model", calls: 3, of: 3 }],
  });
  expect(setup.senders[0].clock_ahead).toBeGreaterThan(-130);
  expect(setup.senders[0].clock_ahead).toBeLessThan(-119);
});

test("the month's spend says since when it is known, its rate and what it comes to", async () => {
  const server = await runningServer();
  const empty = await json(server, "/api/costs/month");
  expect(empty).toEqual({ from: expect.any(String), to: expect.any(String), at: expect.any(String) });
  expect(empty.from).toMatch(/^\d{4}-\d\d-01T00:00:00.000Z$/);

  await send(server, { costs: [0.25, 0.5] });
  const month = await json(server, "/api/costs/month?where.service=shop");
  expect(month.spent_usd).toBeCloseTo(0.75, 9);
  const seenMs = Date.parse(month.at) - Date.parse(month.rate.from);
  expect(seenMs).toBeGreaterThanOrEqual(60_000);
  expect(seenMs).toBeLessThan(90_000);
  const perMs = month.spent_usd / seenMs;
  expect(month.rate.per_day_usd / (perMs * 86_400_000)).toBeCloseTo(1, 9);
  const rest = perMs * (Date.parse(month.to) - Date.parse(month.at));
  expect(month.by_end_usd / (month.spent_usd + rest)).toBeCloseTo(1, 9);
  expect(await json(server, "/api/costs/month?where.service=other")).not.toHaveProperty("spent_usd");
});
