import { beforeEach, describe, expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import { requestRoutes } from "../../../src/dashboard/api/request-routes.js";
import type { RequestFilter, UserDeletion } from "../../../src/store/telemetry-store.js";
import { UserDeletionError } from "../../../src/store/user-deletion-error.js";

const NOW = Date.UTC(2026, 0, 31, 9, 30);
const asked: RequestFilter[] = [];

const deletions: { user: string; resolve: (deletion: UserDeletion) => void; reject: (error: Error) => void }[] = [];
let told = 0;

/** Routes whose store notes what it is asked; what it answers is tested with the real one, on the running server. */
const routes = requestRoutes({
  store: {
    requestPage: async (filter) => {
      asked.push(filter);
      return { requests: [] };
    },
    requestDays: async () => [],
    requestLines: async () => undefined,
    deleteUser: (user) => new Promise((resolve, reject) => deletions.push({ user, resolve, reject })),
  },
  onDeleted: () => {
    told += 1;
  },
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

describe("the deletion of a user's data", () => {
  const remove = (path: string): Promise<object> =>
    answerApi(routes, { method: "DELETE", url: new URL(path, "http://localhost") });
  const NOTHING: UserDeletion = {
    ...{ requests: 0, traces: 0, spans: 0, errors: 0, jsonLines: 0, totals: 0, points: 0, setAside: [] },
  };
  beforeEach(() => {
    deletions.length = 0;
    told = 0;
  });

  test("is one at a time: a second one is refused, and taken when the first has ended", async () => {
    const first = remove("/api/users?id=ann");
    await expect(remove("/api/users?id=bob")).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining("one at a time"),
    });
    deletions[0]?.resolve(NOTHING);
    expect(await first).toMatchObject({ user_id: "ann" });
    const second = remove("/api/users?id=bob");
    deletions[1]?.resolve(NOTHING);
    expect(await second).toMatchObject({ user_id: "bob" });
    expect([deletions.map(({ user }) => user), told]).toEqual([["ann", "bob"], 2]);
  });

  test.each([
    ["disk_full", 507],
    ["failed", 503],
  ] as const)(
    "that fails (%s) is answered %i with what to do; pages ask again, and it can be tried again",
    async (reason, status) => {
      const failing = remove("/api/users?id=ann");
      deletions[0]?.reject(new UserDeletionError("Free 4096 bytes of its disk, and delete again.", reason));
      await expect(failing).rejects.toMatchObject({
        name: "ApiError",
        status,
        message: expect.stringMatching(/^Free 4096 bytes/),
      });
      expect(told).toBe(1);
      const again = remove("/api/users?id=ann");
      deletions[1]?.resolve(NOTHING);
      expect(await again).toMatchObject({ user_id: "ann" });
    },
  );

  test("that fails for a fault of the program is no refusal", async () => {
    const failing = remove("/api/users?id=ann");
    deletions[0]?.reject(new TypeError("a fault"));
    await expect(failing).rejects.toThrow(TypeError);
  });

  test.each([".", "..", "a/b", "安娜"])("takes %j by its query, as some names can stand in no path", async (user) => {
    const answer = remove(`/api/users?id=${encodeURIComponent(user)}`);
    deletions[0]?.resolve(NOTHING);
    expect(await answer).toMatchObject({ user_id: user });
  });

  test("of nobody is refused", async () => {
    for (const path of ["/api/users", "/api/users?id=", "/api/users?user=ann"]) {
      await expect(remove(path)).rejects.toMatchObject({ status: 400 });
    }
    for (const path of ["/api/users/", "/api/users/.."])
      await expect(remove(path)).rejects.toMatchObject({ status: 404 });
    expect(deletions).toEqual([]);
  });
});
