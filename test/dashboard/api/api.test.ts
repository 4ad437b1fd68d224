import { expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import type { SamplesListView, SplitSeriesView } from "../../../src/dashboard/api/indicators-view.js";
import { type TelemetrySources, telemetryRoutes } from "../../../src/dashboard/api/telemetry-routes.js";
import type { IndicatorQuery, Sample } from "../../../src/query/metric-source.js";
import { QueryError } from "../../../src/query/query-error.js";
import { seriesByQueries, timesOf } from "../../../src/query/series-source.js";

const NOW = Date.UTC(2026, 0, 31, 9, 30, 17);
const asked: IndicatorQuery[] = [];

/** Sources whose store is never reached: what reaches it is tested with the real one, on the running server. */
function sources(answer: (question: IndicatorQuery) => number | undefined): TelemetrySources {
  asked.length = 0;
  const unused = (): never => {
    throw new Error("not part of this test");
  };
  const query = async (question: IndicatorQuery): Promise<Sample[]> => {
    asked.push(question);
    const value = answer(question);
    return value === undefined ? [] : [{ labels: {}, value, count: 3 }];
  };
  return {
    store: { traces: unused, trace: unused, requests: unused, errors: unused, status: unused },
    indicators: {
      name: "test",
      query,
      querySeries: (question, times) => seriesByQueries((atMs) => query({ ...question, atMs }), times),
    },
    server: {
      version: "1.0.0",
      startedAt: new Date(NOW).toISOString(),
      dataDir: "/data",
      setAside: [],
      sources: { metrics: "local", records: "local" },
      jaegerUrl: undefined,
    },
    alertWork: unused,
    nowMs: () => NOW,
  };
}

const get = (from: TelemetrySources, path: string): Promise<unknown> =>
  answerApi(telemetryRoutes(from), { method: "GET", url: new URL(path, "http://localhost") });

test("the board asks every figure over the same window and filter, and leaves out what has no data", async () => {
  const from = sources(({ indicator }) => (indicator === "success_rate" ? 99.5 : undefined));
  const answer = (await get(from, "/api/indicators?window=60&where.service=shop")) as {
    indicators: Record<string, unknown>[];
  };
  expect(answer).toMatchObject({ window_s: 60, at: "2026-01-31T09:30:17.000Z" });
  const withValue = answer.indicators.filter((figure) => "value" in figure);
  expect(withValue).toEqual([
    {
      id: "success_rate",
      name: { en: "Success rate", zh: "成功率" },
      unit: "%",
      group: "quality",
      value: 99.5,
      count: 3,
    },
  ]);
  expect(new Set(asked.map(({ windowS, atMs, where }) => JSON.stringify({ windowS, atMs, where }))).size).toBe(1);
  expect(asked[0]).toMatchObject({ windowS: 60, atMs: NOW, where: { service: "shop" } });
});

test("the board compares with the hour before when asked to", async () => {
  const from = sources(({ indicator, atMs }) => (indicator === "requests.count" ? (atMs === NOW ? 8 : 5) : undefined));
  const answer = (await get(from, "/api/indicators?compare=hour")) as { indicators: Record<string, unknown>[] };
  expect(answer.indicators.find(({ id }) => id === "requests.count")).toMatchObject({ value: 8, before: 5 });
  expect(new Set(asked.map(({ atMs }) => atMs))).toEqual(new Set([NOW, NOW - 3_600_000]));
});

test("one indicator is answered with its samples, split as asked", async () => {
  const from = sources(() => 2);
  expect(await get(from, "/api/indicators/cost.total?by=model&window=3600")).toMatchObject({
    indicator: "cost.total",
    unit: "USD",
    window_s: 3600,
    samples: [{ value: 2, count: 3 }],
  });
  expect(asked).toMatchObject([{ indicator: "cost.total", windowS: 3600, by: ["model"] }]);
});

test("a series has its points at multiples of the step, and gaps where there is no data", async () => {
  const from = sources(({ atMs }) => (atMs % 60_000 === 0 ? 1 : undefined));
  expect(await get(from, "/api/indicators/requests.count/series?step=30&points=3")).toEqual({
    indicator: "requests.count",
    unit: "requests",
    window_s: 30,
    step_s: 30,
    points: [
      { at: "2026-01-31T09:29:00.000Z", value: 1 },
      { at: "2026-01-31T09:29:30.000Z" },
      { at: "2026-01-31T09:30:00.000Z", value: 1 },
    ],
  });
});

test("a series between two times has its first window begin at the one and its last end by the other", async () => {
  const from = sources(({ atMs }) => atMs - NOW);
  const range = "from=2026-01-31T08:00:07Z&to=2026-01-31T09:30:00Z";
  expect(await get(from, `/api/indicators/requests.count/series?${range}&step=1800&where.service=shop`)).toEqual({
    indicator: "requests.count",
    unit: "requests",
    window_s: 1800,
    step_s: 1800,
    points: [
      { at: "2026-01-31T08:30:07.000Z", value: Date.UTC(2026, 0, 31, 8, 30, 7) - NOW },
      { at: "2026-01-31T09:00:07.000Z", value: Date.UTC(2026, 0, 31, 9, 0, 7) - NOW },
    ],
  });
  expect(asked[0]).toMatchObject({ windowS: 1800, where: { service: "shop" } });
});

test.each([
  // Added up, many small ones are more than one large; an average is not larger for having more of them.
  ["requests.count", ["steady", "rare", "small"]],
  ["response_time.avg", ["rare", "steady", "small"]],
])(
  "a split %s has its largest lines first, all at the same times, and says how many are left out",
  async (id, order) => {
    const from = sources(() => undefined);
    const values: Record<string, (number | undefined)[]> = {
      small: [1, 1, 1],
      rare: [undefined, 5, undefined],
      steady: [3, 3, 3],
    };
    from.indicators.querySeries = async ({ by }, times) => {
      expect(by).toEqual(["type"]);
      return Object.entries(values).map(([type, all]) => ({
        labels: { type },
        points: timesOf(times).flatMap((atMs, index) => {
          const value = all[index];
          return value === undefined ? [] : [{ atMs, value }];
        }),
      }));
    };
    const path = `/api/indicators/${id}/series?step=30&points=3&by=type`;
    const whole = (await get(from, path)) as SplitSeriesView;
    expect(whole.series.map(({ labels }) => labels.type)).toEqual(order);
    expect(whole.others).toBe(0);
    expect(whole.series.find(({ labels }) => labels.type === "rare")?.points).toEqual([
      { at: "2026-01-31T09:29:00.000Z" },
      { at: "2026-01-31T09:29:30.000Z", value: 5 },
      { at: "2026-01-31T09:30:00.000Z" },
    ]);
    const cut = (await get(from, `${path}&limit=2`)) as SplitSeriesView;
    expect([cut.series.length, cut.others]).toEqual([2, 1]);
  },
);

test("several indicators are answered at once, over the same window or at the same times", async () => {
  const from = sources(({ indicator }) => (indicator === "llm.calls" ? 2 : undefined));
  expect(await get(from, "/api/samples?ids=llm.calls,cost.total&by=model&window=60")).toMatchObject({
    indicators: [
      { indicator: "llm.calls", unit: "calls", window_s: 60, samples: [{ value: 2 }] },
      { indicator: "cost.total", unit: "USD", window_s: 60, samples: [] },
    ],
  });
  expect(asked).toMatchObject([
    { indicator: "llm.calls", windowS: 60, by: ["model"], counts: false },
    { indicator: "cost.total", windowS: 60, by: ["model"], counts: false },
  ]);
  expect(await get(from, "/api/series?ids=llm.calls,cost.total&step=30&points=1")).toMatchObject({
    indicators: [
      { indicator: "llm.calls", points: [{ at: "2026-01-31T09:30:00.000Z", value: 2 }] },
      { indicator: "cost.total", points: [{ at: "2026-01-31T09:30:00.000Z" }] },
    ],
  });
});

test("of several indicators' values those with the most of the first are told, and the others counted", async () => {
  const from = sources(() => undefined);
  const values: Record<string, Record<string, number>> = {
    "cost.total": { a: 1, b: 8, c: 4 },
    "llm.calls": { a: 90, b: 2, unpriced: 5 },
  };
  from.indicators.query = async ({ indicator }) =>
    Object.entries(values[indicator] ?? {}).map(([model, value]) => ({ labels: { model }, value }));
  const path = "/api/samples?ids=cost.total,llm.calls&by=model";
  const some = (await get(from, `${path}&limit=2`)) as SamplesListView;
  expect(some.indicators.map(({ samples }) => samples.map(({ labels, value }) => [labels.model, value]))).toEqual([
    [
      ["b", 8],
      ["c", 4],
    ],
    [["b", 2]],
  ]);
  expect([some.others, some.total]).toEqual([2, 13]);
  const all = (await get(from, path)) as SamplesListView;
  expect(all.indicators.map(({ samples }) => samples.length)).toEqual([3, 3]);
  expect([all.others, all.total]).toEqual([0, 13]);
});

test.each([
  ["GET", "/api/indicators/nothing", 404, 'no indicator "nothing"'],
  ["GET", "/api/indicators?window=0", 400, "from 1 to"],
  ["GET", "/api/indicators?compare=day", 400, "one of hour"],
  ["GET", "/api/indicators?by=model", 400, "split one at /api/indicators/:id?by="],
  ["GET", "/api/indicators/requests.by_type/series", 400, "list"],
  ["GET", "/api/indicators/cost.total/series?points=9999", 400, "from 1 to 400"],
  ["GET", "/api/indicators/cost.total/series?from=2026-01-31T09:00:00Z", 400, "from and to together"],
  [
    "GET",
    "/api/indicators/cost.total/series?from=2026-01-31T00:00:00Z&to=2026-01-31T09:00:00Z&step=5",
    400,
    "a step of which from 1 to 400 lie between from and to, found 6480 of 5 s",
  ],
  ["GET", "/api/indicators/cost.total/series?by=colour", 400, "any of service"],
  ["GET", "/api/series", 400, "expected indicators, separated by commas"],
  ["GET", "/api/series?ids=cost.total,nothing", 400, 'no indicator "nothing"'],
  ["GET", "/api/series?ids=requests.by_type", 400, "list"],
  ["GET", "/api/series?ids=cost.total&by=model", 400, "by"],
  ["GET", "/api/traces?outcome=good", 400, "success, error, timeout"],
  ["GET", "/api/traces/xyz", 400, "expected 32 hex digits"],
  ["GET", "/api/traces/%E0%A4%A", 400, "expected 32 hex digits"],
  ["GET", "/api/trace", 404, "no /api/trace in the API"],
  ["POST", "/api/status", 405, "/api/status: expected GET"],
])("%s %s is answered %i", async (method, path, status, message) => {
  const routes = telemetryRoutes(sources(() => undefined));
  const answer = answerApi(routes, { method, url: new URL(path, "http://localhost") });
  await expect(answer).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
});

test.each([
  ["timeout", 503],
  ["source_failed", 503],
  ["unsupported_dimension", 400],
] as const)("a source that says %s is answered %i, never as no data", async (reason, status) => {
  const from = sources(() => {
    throw new QueryError(reason, "why");
  });
  await expect(get(from, "/api/indicators/cost.total")).rejects.toMatchObject({ status, message: "why" });
});
