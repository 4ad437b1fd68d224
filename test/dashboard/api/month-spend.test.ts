import { expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import type { MonthSpendView } from "../../../src/dashboard/api/month-spend-view.js";
import { setupRoutes } from "../../../src/dashboard/api/setup-routes.js";
import type { SetupSources } from "../../../src/dashboard/api/setup-view.js";
import { timesOf } from "../../../src/query/series-source.js";

const NOW_MS = Date.parse("2026-11-20T12:00:00Z");
const DAY_MS = 86_400_000;

/** A backend that knows of a dollar an hour since a time. */
function backend(sinceMs: number): SetupSources["indicators"] {
  const spentIn = (atMs: number, windowS: number): number | undefined => {
    const fromMs = Math.max(sinceMs, atMs - windowS * 1000);
    return fromMs < atMs ? (atMs - fromMs) / 3_600_000 : undefined;
  };
  return {
    name: "backend",
    async query({ windowS, atMs }) {
      const value = spentIn(atMs, windowS);
      return value === undefined ? [] : [{ labels: {}, value }];
    },
    async querySeries({ windowS }, times) {
      const points = timesOf(times).flatMap((atMs) => {
        const value = spentIn(atMs, windowS);
        return value === undefined ? [] : [{ atMs, value }];
      });
      return points.length === 0 ? [] : [{ labels: {}, points }];
    },
  };
}

/** @param first_seen of the one service that the store knows */
const asking = (indicators: SetupSources["indicators"], keepsMetrics: boolean, first_seen?: string) => {
  const services = first_seen === undefined ? [] : [{ service: "shop", first_seen, last_seen: first_seen, spans: 1 }];
  const store = { status: async () => ({ services }), senders: async () => [] } as unknown as SetupSources["store"];
  const sources = { store, indicators, keepsMetrics, senderSight: () => ({}), nowMs: () => NOW_MS };
  return answerApi(setupRoutes(sources as SetupSources), {
    method: "GET",
    url: new URL("http://localhost/api/costs/month"),
  }) as Promise<MonthSpendView>;
};

test.each([undefined, "2026-11-20T11:59:00.000Z"])(
  "a backend's spend is told whatever the store itself has seen (%s)",
  async (firstSeen) => {
    const view = await asking(backend(NOW_MS - 60 * DAY_MS), false, firstSeen);
    expect(view).not.toHaveProperty("seen_since");
    expect(view.spent_usd).toBeCloseTo(19.5 * 24, 6);
    expect(view.rate?.from).toBe("2026-11-13T12:00:00.000Z");
    expect(view.rate?.per_day_usd).toBeCloseTo(24, 6);
  },
);

test("of a backend that has not seen seven days the rate is of what it has", async () => {
  const view = await asking(backend(NOW_MS - 2 * 3_600_000 - 600_000), false);
  expect(view.rate?.from).toBe("2026-11-20T09:49:00.000Z");
  expect(view.rate?.per_day_usd).toBeCloseTo((24 * 130) / 131, 6);
});

test("a backend without spend has none, and one without spend of late has that of the month", async () => {
  expect(await asking(backend(NOW_MS), false)).not.toHaveProperty("spent_usd");
  const over = backend(NOW_MS - 60 * DAY_MS);
  const query: typeof over.query = async (question) => (question.windowS < 8 * 86_400 ? [] : over.query(question));
  const view = await asking({ ...over, query, querySeries: async () => [] }, false);
  expect(view.spent_usd).toBeCloseTo(19.5 * 24, 6);
  expect(view).not.toHaveProperty("rate");
});

test("of the store's own metrics it is said since when they are known", async () => {
  const view = await asking(backend(NOW_MS - DAY_MS), true, "2026-11-19T12:00:00.000Z");
  expect(view.seen_since).toBe("2026-11-19T12:00:00.000Z");
  expect(view.rate?.from).toBe("2026-11-19T11:59:00.000Z");
  expect(await asking(backend(NOW_MS - DAY_MS), true)).not.toHaveProperty("spent_usd");
});
