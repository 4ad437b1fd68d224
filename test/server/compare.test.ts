import { expect, test } from "vitest";
import type { LocalServer } from "../../src/server/local-server.js";
import { type ExampleRequest, many, requestRecordsBody } from "./example-requests.js";
import { call, json, post, runningServer } from "./running-server.js";

async function send(server: LocalServer, requests: readonly ExampleRequest[]): Promise<void> {
  expect((await post(server, "/v1/logs", requestRecordsBody(requests))).status).toBe(200);
}

test("two releases are compared in what their requests say", async () => {
  const server = await runningServer();
  await send(server, [
    ...many(30, (index) => ({ release: "1.0", durationS: 1 + (index % 5) / 10 })),
    ...many(30, (index) => ({ release: "1.1", durationS: 2 + (index % 5) / 10 })),
    { release: "1.1", durationS: 0.2, outcome: "error" },
    { release: "1.1", durationS: 50, endedSAgo: 90_000 },
    { release: "1.1", durationS: 50, type: "batch" },
    { release: "1.1", durationS: 50, service: "other" },
  ]);
  const answer = await json(server, "/api/compare?by=release&a=1.0&b=1.1&where.service=shop&where.type=chat");
  expect(answer).toMatchObject({
    by: "release",
    a: { version: "1.0", requests: 30, left_out: 0 },
    b: { requests: 31 },
  });
  const figure = (id: string) => answer.figures.find(({ indicator }: { indicator: string }) => indicator === id);
  expect(figure("response_time.avg")).toMatchObject({ unit: "s", a: { count: 30 }, difference: { told_apart: true } });
  expect(figure("response_time.avg").a.value).toBeCloseTo(1.2, 6);
  expect(figure("cost.per_request").difference).toMatchObject({ value: 0, told_apart: false });
  expect(answer.b.worst).toHaveLength(5);
  expect(answer.b.worst[0]).toMatchObject({ outcome: "error", response_time: 0.2 });
  expect(answer.b.worst[1]).toMatchObject({ outcome: "success", response_time: 2.4 });
  expect(Date.parse(answer.to) - Date.parse(answer.from)).toBe(86_400_000);
});

test("two versions of a prompt are compared by the requests that used them", async () => {
  const server = await runningServer();
  await send(server, [
    { prompts: ["support@7", "triage@1"], durationS: 1 },
    { prompts: ["support@8"], durationS: 2 },
    { prompts: ["support@8", "triage@1"], durationS: 4 },
  ]);
  const { choices } = await json(server, "/api/compare/choices?by=prompt");
  expect(choices.map(({ version, requests }: Record<string, unknown>) => [version, requests]).sort()).toEqual([
    ["support@7", 1],
    ["support@8", 2],
    ["triage@1", 2],
  ]);
  const answer = await json(server, "/api/compare?by=prompt&a=support%407&b=support%408");
  expect(answer).toMatchObject({ a: { requests: 1 }, b: { requests: 2, worst: [{ response_time: 4 }, {}] } });
});

test("releases are told with when they were seen", async () => {
  const server = await runningServer();
  await send(server, [
    { release: "1.0", durationS: 1, endedSAgo: 3600 },
    { release: "1.1", durationS: 1, endedSAgo: 60 },
    { release: "9", durationS: 1, service: "other" },
  ]);
  const { releases } = await json(server, "/api/releases?where.service=shop");
  expect(releases).toMatchObject([
    { service: "shop", release: "1.1", requests: 1 },
    { service: "shop", release: "1.0", requests: 1 },
  ]);
  expect(Date.parse(releases[0].first_seen)).toBeCloseTo(Date.now() - 61_000, -4);
  const before = encodeURIComponent(new Date(Date.now() - 600_000).toISOString());
  const earlier = await json(server, `/api/releases?to=${before}`);
  expect(earlier.releases).toMatchObject([{ release: "1.0" }]);
});

test.each([
  ["by=release&a=1.0", "expected a release, found nothing"],
  ["a=1.0&b=1.1", "expected release or prompt"],
  ["by=model&a=1&b=2", "one of release, prompt"],
  ["by=release&a=1.0&b=1.0", "two different releases"],
  ["by=release&a=1&b=2&where.model=gpt", "only by, a, b"],
  ["by=release&a=1&b=2&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from before to"],
  ["by=release&a=1&b=2&from=2024-11-02T00:00:00Z", "at most 90 days"],
])("/api/compare?%s is refused: %s", async (query, reason) => {
  const server = await runningServer();
  const answer = await call(server, `/api/compare?${query}`);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).error.message).toContain(reason);
});
