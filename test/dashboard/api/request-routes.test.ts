import { expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import { requestRoutes } from "../../../src/dashboard/api/request-routes.js";
import type { RequestFilter } from "../../../src/store/telemetry-store.js";

const NOW = Date.UTC(2026, 0, 31, 9, 30);
const asked: RequestFilter[] = [];

/** Routes whose store notes what it is asked; what it answers is tested with the real one, on the running server. */
const routes = requestRoutes({
  store: {
    requestPage: async (filter) => {
      asked.push(filter);
      return { requests: [] };
    },
    requestDays: async () => [],
    requestLines: async () => undefined,
    deleteUser: () => {
      throw new Error("not part of this test");
    },
  },
  onDeleted: () => {},
  nowMs: () => NOW,
});

async function get(query: string): Promise<RequestFilter | undefined> {
  asked.length = 0;
  await answerApi(routes, { method: "GET", url: new URL(`/api/requests?${query}`, "http://localhost") });
  return asked[0];
}

test("a list of requests is of 100 unless more are asked for: nobody gets all by accident", async () => {
  const limits: unknown[] = [];
  for (const query of ["", "limit=1000", "ended_from=2026-01-31T09:00:00Z&ended_to=2026-01-31T09:30:00Z"]) {
    limits.push((await get(query))?.limit);
  }
  expect(limits).toEqual([100, 1000, 100]);
  await expect(get("limit=1001")).rejects.toMatchObject({ status: 400 });
});

test("a window is what ended in the seconds until now, as every figure counts", async () => {
  expect(await get("window=60&sort=slowest")).toEqual({
    ended: { fromUs: (NOW - 60_000) * 1000, toUs: NOW * 1000 },
    ...{ sort: "slowest", limit: 100 },
  });
});

test.each([
  ["sort=slowest", "expected window, from, or ended_from and ended_to beside it"],
  ["window=60&from=2026-01-31T09:00:00Z", "found two of them"],
  ["window=60&ended_from=2026-01-31T09:00:00Z", "expected window, or ended_from and ended_to"],
  ["ended_from=2026-01-31T09:00:00Z", "found one of them alone"],
  ["cursor=x", "expected the next_cursor of a page"],
  ["window=60&sort=slowest&cursor=1-2-3", "expected the newest first"],
])("%s is refused with what was expected", async (query, message) => {
  await expect(get(query)).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
});
