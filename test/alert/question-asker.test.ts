import { describe, expect, test } from "vitest";
import { QuestionAsker } from "../../src/alert/question-asker.js";
import type { IndicatorQuestion } from "../../src/alert/rule.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../src/query/metric-source.js";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-08-10T12:00:00Z");

interface Request {
  atMs: number;
  release: string;
  seconds: number;
}

/** Answers counts and means of the requests that it is given, and remembers what it was asked. */
class RequestsSource implements MetricSource {
  readonly name = "requests";
  asked: IndicatorQuery[] = [];
  constructor(public requests: Request[]) {}

  async query(question: IndicatorQuery): Promise<Sample[]> {
    this.asked.push(question);
    const { atMs, windowS, by = [], where } = question;
    const inside = this.requests.filter(
      (one) =>
        one.atMs > atMs - windowS * 1000 &&
        one.atMs <= atMs &&
        (where?.release === undefined || where.release === one.release),
    );
    const split = by.includes("release");
    const groups = split ? [...new Set(inside.map(({ release }) => release))] : [""];
    return groups.flatMap((release) => {
      const group = inside.filter((one) => !split || one.release === release);
      if (group.length === 0) return [];
      const total = group.reduce((sum, { seconds }) => sum + seconds, 0);
      const value = question.indicator === "requests.count" ? group.length : total / group.length;
      return [{ labels: split ? { release } : {}, value, count: group.length }];
    });
  }
}

/** A request a minute of the release, from so many days before now until so many days before now. */
function steady(release: string, fromDays: number, toDays: number, seconds: number): Request[] {
  const requests: Request[] = [];
  for (let atMs = NOW_MS - fromDays * DAY_MS + 1000; atMs <= NOW_MS - toDays * DAY_MS; atMs += 60_000) {
    requests.push({ atMs, release, seconds });
  }
  return requests;
}

const QUESTION: IndicatorQuestion = {
  kind: "indicator",
  indicator: "response_time.avg",
  where: {},
  by: [],
  windowS: 600,
};

describe("an indicator", () => {
  test("is asked as it is", async () => {
    const source = new RequestsSource(steady("v1", 1, 0, 2));
    const asker = new QuestionAsker(source, undefined);
    expect(await asker.ask(QUESTION, NOW_MS)).toEqual([{ labels: {}, value: 2, count: 10 }]);
    expect(source.asked).toEqual([{ indicator: "response_time.avg", windowS: 600, atMs: NOW_MS }]);
  });

  test("without counts is a change without them", async () => {
    const source: MetricSource = {
      name: "uncounted",
      query: async ({ atMs, counts }) => [
        { labels: {}, value: atMs === NOW_MS ? 3 : 2, ...(counts !== false && { count: 1 }) },
      ],
    };
    const asker = new QuestionAsker(source, undefined);
    expect(await asker.ask({ ...QUESTION, compareTo: "1d" }, NOW_MS, { counts: false })).toEqual([
      { labels: {}, value: 50 },
    ]);
  });

  test("against a day before is asked twice and gives the change", async () => {
    const source = new RequestsSource([...steady("v1", 2, 0.5, 2), ...steady("v1", 0.5, 0, 3)]);
    const asker = new QuestionAsker(source, undefined);
    expect(await asker.ask({ ...QUESTION, compareTo: "1d" }, NOW_MS)).toEqual([{ labels: {}, value: 50, count: 10 }]);
    expect(source.asked.map(({ atMs }) => atMs)).toEqual([NOW_MS, NOW_MS - DAY_MS]);
  });
});

describe("an expression", () => {
  test("is asked of the source that speaks PromQL; the metric's name is no label", async () => {
    const asked: unknown[] = [];
    const asker = new QuestionAsker(new RequestsSource([]), {
      name: "prometheus",
      async queryExpr(question) {
        asked.push(question);
        return [{ labels: { __name__: "up", job: "api" }, value: 0 }];
      },
    });
    expect(await asker.ask({ kind: "expr", expr: "up == 0" }, NOW_MS)).toEqual([{ labels: { job: "api" }, value: 0 }]);
    expect(asked).toEqual([{ expr: "up == 0", atMs: NOW_MS }]);
  });

  test("is an error where no source speaks PromQL", async () => {
    const asker = new QuestionAsker(new RequestsSource([]), undefined);
    await expect(asker.ask({ kind: "expr", expr: "up == 0" }, NOW_MS)).rejects.toThrow(
      "expected a source that speaks PromQL, found requests",
    );
  });
});

describe("the previous release", () => {
  const question: IndicatorQuestion = { ...QUESTION, where: { service: "bot" }, compareTo: "previous_release" };
  const change = async (source: RequestsSource, asked = question, atMs = NOW_MS) =>
    (await new QuestionAsker(source, undefined).ask(asked, atMs)).map(({ value, count }) => [value, count]);

  test("is compared by the window that ended when the newest began", async () => {
    const source = new RequestsSource([
      ...steady("v0", 9, 3, 1),
      ...steady("v1", 3, 1.01, 8),
      // The last day of v1 counts, not its life.
      ...steady("v1", 1.01, 1, 2),
      ...steady("v2", 1, 0, 3),
    ]);
    expect(await change(source)).toEqual([[50, 10]]);
  });

  test("is the one with the most requests then", async () => {
    const all = [...steady("canary", 2, 0, 9), ...steady("v1", 9, 1, 2), ...steady("v1", 9.0001, 1, 2)];
    expect(await change(new RequestsSource([...all, ...steady("v2", 1, 0, 3)]))).toEqual([[50, 10]]);
  });

  test.each([
    ["no release began in the last seven days", steady("v1", 9, 0, 2)],
    ["nothing was there before the newest", steady("v2", 1, 0, 3)],
    ["there are no requests in the window", steady("v1", 5, 1, 3)],
    ["the newest was taken back", [...steady("v1", 9, 2, 2), ...steady("v2", 2, 1, 3), ...steady("v1", 1, 0, 2)]],
  ])("%s: no data", async (_, requests) => {
    expect(await change(new RequestsSource(requests))).toEqual([]);
  });

  test("is looked for again only when a release comes or goes", async () => {
    const source = new RequestsSource([...steady("v1", 9, 1, 2), ...steady("v2", 1, -1, 3)]);
    const asker = new QuestionAsker(source, undefined);
    await asker.ask(question, NOW_MS);
    const first = source.asked.length;
    await asker.ask(question, NOW_MS + 60_000);
    expect(source.asked.length - first).toBe(3);

    source.requests.push(...steady("v3", 0, -1, 6));
    const [sample] = await asker.ask(question, NOW_MS + 1_200_000);
    expect(sample?.value).toBe(100);
  });

  test("is that of the service, whatever model or tool the question is narrowed to", async () => {
    const source = new RequestsSource([...steady("v1", 9, 1, 2), ...steady("v2", 1, 0, 3)]);
    const narrowed = { ...question, indicator: "ttft.p95", where: { service: "bot", model: "gpt" } };
    await change(source, narrowed);
    const wheres = (indicator: string) =>
      source.asked.filter((asked) => asked.indicator === indicator).map(({ where }) => where);
    expect(new Set(wheres("requests.count").map((where) => JSON.stringify(where)))).toEqual(
      new Set(['{"service":"bot"}']),
    );
    expect(wheres("ttft.p95")).toEqual([
      { service: "bot", model: "gpt", release: "v2" },
      { service: "bot", model: "gpt", release: "v1" },
    ]);
  });
});
