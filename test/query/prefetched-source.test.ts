import { expect, test } from "vitest";
import type { ExprSeriesSource } from "../../src/query/expr-source.js";
import { PrefetchedSource } from "../../src/query/prefetched-source.js";
import { type SeriesQuery, type SeriesSource, type SeriesTimes, timesOf } from "../../src/query/series-source.js";

const STEP_MS = 15_000;
const AT = 1_000_000 * STEP_MS;
const HOUR_MS = 3_600_000;

/** Values are the times themselves, so that an answer for another time would show. */
class RecordingSource implements SeriesSource, ExprSeriesSource {
  readonly name = "recording";
  readonly series: SeriesTimes[] = [];
  single = 0;

  async query() {
    this.single++;
    return [];
  }
  async queryExpr() {
    this.single++;
    return [];
  }
  async querySeries({ counts = false }: SeriesQuery, times: SeriesTimes) {
    const series = this.#answer(times);
    return counts ? series : series.map(({ labels }) => ({ labels, points: [] }));
  }
  async queryExprSeries(_: string, times: SeriesTimes) {
    return this.#answer(times);
  }
  #answer(times: SeriesTimes) {
    this.series.push(times);
    const points = timesOf(times).map((atMs) => ({ atMs, value: atMs, count: 7 }));
    return [
      { labels: { model: "a" }, points },
      { labels: { model: "b" }, points: points.filter(({ atMs }) => atMs % (2 * STEP_MS) === 0) },
    ];
  }
}

const question = { indicator: "cost.total", windowS: 300, by: ["model"] as const, where: { service: "shop" } };

function prefetched(of: ConstructorParameters<typeof PrefetchedSource>[0]["question"] = question) {
  const recording = new RecordingSource();
  return {
    recording,
    source: new PrefetchedSource({ source: recording, exprSource: recording, question: of, stepMs: STEP_MS }),
  };
}

test("a week at 15 s is asked in 81 series, each time answered with its own values and counts", async () => {
  const { recording, source } = prefetched();
  for (let step = 0; step < 40_320; step++) {
    const atMs = AT + step * STEP_MS;
    const answer = await source.query({ ...question, atMs });
    const a = { labels: { model: "a" }, value: atMs, count: 7 };
    expect(answer).toEqual(step % 2 === 0 ? [a, { ...a, labels: { model: "b" } }] : [a]);
  }
  expect(recording.series).toHaveLength(81);
  expect(recording.single).toBe(0);
});

test("a comparison asks at two times, and each is asked in series of its own", async () => {
  const { recording, source } = prefetched();
  for (let step = 0; step < 1000; step++) {
    const atMs = AT + step * STEP_MS;
    const before = atMs - HOUR_MS - 1000;
    const [now, base] = await Promise.all([
      source.query({ ...question, atMs }),
      source.query({ ...question, atMs: before }),
    ]);
    expect(now[0]?.value).toBe(atMs);
    expect(base[0]?.value).toBe(before);
  }
  expect(recording.series.length).toBeLessThanOrEqual(6);
});

test("equal questions at the same time are one series, a failed one fails them all and is asked again by the next", async () => {
  const { recording, source } = prefetched();
  recording.querySeries = async (_: object, times: SeriesTimes) => {
    recording.series.push(times);
    throw new Error("down");
  };
  const answers = [0, 1, 2].map((step) => source.query({ ...question, atMs: AT + step * STEP_MS }));
  expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
  expect(recording.series).toHaveLength(1);
  await expect(source.query({ ...question, atMs: AT })).rejects.toThrow("down");
  expect(recording.series).toHaveLength(2);
});

test("other questions are passed on", async () => {
  const { recording, source } = prefetched();
  await source.query({ ...question, windowS: 60, atMs: AT });
  await source.query({ ...question, where: {}, atMs: AT });
  await source.queryExpr({ expr: "up", atMs: AT });
  expect(recording.single).toBe(3);
  expect(recording.series).toEqual([]);
});

test("an expression is asked in series too", async () => {
  const { recording, source } = prefetched({ expr: "up == 0" });
  const answer = await source.queryExpr({ expr: "up == 0", atMs: AT + STEP_MS });
  expect(answer).toMatchObject([{ labels: { model: "a" }, value: AT + STEP_MS }]);
  await source.queryExpr({ expr: "up == 0", atMs: AT + 2 * STEP_MS });
  expect(recording.series).toHaveLength(1);
});
