import { expect, test } from "vitest";
import { ChangeFinder } from "../../src/alert/change-finder.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { transitionOf } from "../notify/transition-of.js";
import { ruleOf } from "./rule-of.js";

const AT = "2026-08-01T10:32:05.000Z";
const MINUTE_MS = 60_000;

/** A request a minute of a release, from so many minutes before the alert until so many before it. */
interface Use {
  service: string;
  release: string;
  environment?: string;
  from: number;
  to?: number;
  seconds?: number;
}

class UsedSource implements MetricSource {
  readonly name = "used";
  readonly asked: IndicatorQuery[] = [];
  constructor(private readonly uses: readonly Use[]) {}

  async query(question: IndicatorQuery): Promise<Sample[]> {
    this.asked.push(question);
    const { indicator, atMs, windowS, by = [], where = {} } = question;
    const groups = new Map<string, Sample & { requests: number }>();
    for (const { from, to = 0, seconds = 1, ...labels } of this.uses) {
      if (Object.entries(where).some(([name, value]) => labels[name as keyof typeof labels] !== value)) continue;
      for (let minute = from; minute >= to; minute--) {
        const requestMs = Date.parse(AT) - minute * MINUTE_MS;
        if (requestMs <= atMs - windowS * 1000 || requestMs > atMs) continue;
        const split = Object.fromEntries(by.map((name) => [name, labels[name as keyof typeof labels]]));
        const group = groups.get(JSON.stringify(split)) ?? { labels: split, value: 0, requests: 0 };
        group.requests++;
        group.value += indicator === "requests.count" ? 1 : seconds;
        groups.set(JSON.stringify(split), group);
      }
    }
    return [...groups.values()].map(({ labels, value, requests }) => ({
      labels,
      value: indicator === "requests.count" ? value : value / requests,
    }));
  }
}

const OLD: Use = { service: "shop", release: "1", from: 3000, to: 5 };

async function releases(uses: readonly Use[], parts = {}): Promise<string[]> {
  const found = await new ChangeFinder(new UsedSource(uses)).releases(transitionOf({ at: AT, ...parts }));
  return found.map(({ en }) => en);
}

test("a release that appeared within the hour is named with its time, to the minute, in both languages", async () => {
  const source = new UsedSource([OLD, { service: "shop", release: "2", from: 4 }]);
  const found = await new ChangeFinder(source).releases(transitionOf({ at: AT, labels: { service: "shop" } }));
  expect(found).toEqual([{ en: "release 2 began 4 min before", zh: "4 分钟前开始出现版本 2" }]);
  expect(source.asked.length).toBeLessThanOrEqual(8);
});

test("of an alert about several services it is said whose release it is, the newest first", async () => {
  const other: Use = { service: "search", release: "7", from: 3000 };
  const fresh = [
    { service: "shop", release: "2", from: 40 },
    { service: "search", release: "8", from: 0 },
  ];
  expect(await releases([OLD, other, ...fresh])).toEqual([
    "release 8 of search has just begun",
    "release 2 of shop began 40 min before",
  ]);
});

test("that of another service, environment or release than the alert's is not named", async () => {
  const uses: Use[] = [
    { ...OLD, environment: "production" },
    { service: "search", release: "7", environment: "production", from: 3000 },
    { service: "search", release: "8", environment: "production", from: 10 },
    { service: "shop", release: "2", environment: "staging", from: 10 },
    { service: "shop", release: "3", environment: "production", from: 10 },
  ];
  const where = { service: "shop", environment: "production" };
  expect(await releases(uses, { where })).toEqual(["release 3 began 10 min before"]);
  expect(await releases(uses, { where, labels: { release: "1" } })).toEqual([]);
});

test.each<[string, Use[]]>([
  ["the only one there ever was", [{ ...OLD, from: 30 }]],
  ["older than an hour", [OLD, { service: "shop", release: "2", from: 90 }]],
  [
    "used again after hours without a request",
    [OLD, { ...OLD, release: "2", from: 600, to: 500 }, { ...OLD, release: "2", from: 5 }],
  ],
])("a release that is %s is no news", async (_, uses) => {
  expect(await releases(uses, { labels: { service: "shop" } })).toEqual([]);
});

const model = (seconds: number, from: number, to: number, release = "1"): Use => ({
  ...{ service: "shop", release, from, to, seconds },
});

test("the figure of an hour before is given in its unit, and for its own labels", async () => {
  const rule = ruleOf({ by: ["release"], windowS: 300 });
  const source = new UsedSource([model(2, 90, 30), model(9, 29, 0), model(4, 90, 0, "2")]);
  const finder = new ChangeFinder(source);
  const of = (release: string) =>
    finder.before(transitionOf({ at: AT, indicator: "response_time.avg", unit: "s", labels: { release } }), rule);
  expect(await of("1")).toEqual({ en: "it was 2 s 1h before", zh: expect.stringContaining("1h 前为 2") });
  expect(await of("2")).toMatchObject({ en: "it was 4 s 1h before" });
  expect(await of("3")).toBeUndefined();
  expect(source.asked).toHaveLength(1);
});

test("where the window is longer, it is that of the window before", async () => {
  const source = new UsedSource([model(2, 3000, 1441), model(9, 1440, 0)]);
  const rule = ruleOf({ windowS: 86_400 });
  const before = await new ChangeFinder(source).before(transitionOf({ at: AT, unit: "s" }), rule);
  expect(before).toMatchObject({ en: expect.stringMatching(/^it was 2 s 1d before$/) });
});

test("a comparison has its own before", async () => {
  const source = new UsedSource([OLD]);
  const rule = ruleOf({ compareTo: "1h" });
  expect(await new ChangeFinder(source).before(transitionOf({ at: AT }), rule)).toBeUndefined();
  expect(source.asked).toEqual([]);
});

test("alerts that fire at the same time ask no more than one does, also when the answer is that there is none", async () => {
  const source = new UsedSource([OLD, { service: "shop", release: "2", from: 4 }]);
  const finder = new ChangeFinder(source);
  const alerts = Array.from({ length: 50 }, (_, index) =>
    transitionOf({ at: AT, labels: { service: index % 2 === 0 ? "shop" : `other-${index}` } }),
  );
  const rule = ruleOf({ by: ["service"] });
  const found = await Promise.all(alerts.flatMap((alert) => [finder.releases(alert), finder.before(alert, rule)]));
  expect(found.filter((one) => Array.isArray(one) && one.length === 1)).toHaveLength(25);
  expect(source.asked.length).toBeLessThanOrEqual(9);
});

test("what cannot be answered is an error of this time only", async () => {
  let isDown = true;
  const used = new UsedSource([OLD, { service: "shop", release: "2", from: 4 }]);
  const source: MetricSource = {
    name: "flaky",
    query: (question) => (isDown ? Promise.reject(new QueryError("source_failed", "down")) : used.query(question)),
  };
  const finder = new ChangeFinder(source);
  await expect(finder.releases(transitionOf({ at: AT }))).rejects.toThrow("down");
  isDown = false;
  const later = new Date(Date.parse(AT) + 15_000).toISOString();
  expect(await finder.releases(transitionOf({ at: later, labels: { service: "shop" } }))).toHaveLength(1);
});
