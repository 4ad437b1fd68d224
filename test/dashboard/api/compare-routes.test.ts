import { expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import { type CompareSources, compareRoutes } from "../../../src/dashboard/api/compare-routes.js";
import type { CompareView } from "../../../src/dashboard/api/compare-view.js";
import type { ComparedRequestsQuery } from "../../../src/store/telemetry-store.js";

const NOW_MS = Date.parse("2026-08-01T12:00:00Z");
const OUTCOMES = [
  {
    ...{ outcome: "success" as const, requests: 2, cost_usd: new Float64Array() },
    ...{ response_time: Float64Array.of(1, 2), tokens: Float64Array.of(3, 4) },
  },
];

const routesOf = (compared: CompareSources["store"]["compared"]) =>
  compareRoutes({ store: { compared, versions: async () => [] }, nowMs: () => NOW_MS });

const asking = (routes: ReturnType<typeof compareRoutes>): Promise<CompareView> =>
  answerApi(routes, {
    method: "GET",
    url: new URL("http://localhost/api/compare?by=release&a=1.0&b=1.1"),
  }) as Promise<CompareView>;

test("the newest requests of each side are read, and how many are left out is said", async () => {
  const asked: ComparedRequestsQuery[] = [];
  const routes = routesOf(async (query) => {
    asked.push(query);
    return { outcomes: OUTCOMES, leftOut: query.version === "1.0" ? 7 : 0, worst: [] };
  });
  const { a, b } = await asking(routes);
  expect(asked.map(({ most }) => most)).toEqual([200_000, 200_000]);
  expect(a).toMatchObject({ version: "1.0", requests: 2, left_out: 7 });
  expect(b).toMatchObject({ version: "1.1", requests: 2, left_out: 0 });
});

test("one comparison is made at a time, and of too many the last are refused", async () => {
  let running = 0;
  let most = 0;
  const routes = routesOf(async ({ version }) => {
    if (version === "1.0") running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    if (version === "1.1") running -= 1;
    return { outcomes: OUTCOMES, leftOut: 0, worst: [] };
  });
  const answers = await Promise.allSettled(Array.from({ length: 12 }, () => asking(routes)));
  expect(answers.map(({ status }) => status)).toEqual([...Array(11).fill("fulfilled"), "rejected"]);
  expect(answers[11]).toMatchObject({ reason: { status: 503, message: expect.stringContaining("comparisons wait") } });
  expect(most).toBe(1);
});
