import { expect, test } from "vitest";
import { type BacktestOptions, backtest, type RuleBacktest } from "../../src/alert/backtest.js";
import type { Rule } from "../../src/alert/rule.js";
import type { RuleSample } from "../../src/alert/rule-sample.js";
import { ruleOf } from "./rule-of.js";
import { START_MS } from "./rule-run.js";

const seconds = (s: number): number => START_MS + s * 1000;
const bad = (fromS: number, toS: number) => (atMs: number) => atMs >= seconds(fromS) && atMs < seconds(toS);

interface Told {
  askedAt: number[];
  progress: [done: number, total: number][];
}

async function tried(
  rules: Rule[],
  answer: (atMs: number) => RuleSample[],
  options: Partial<BacktestOptions> = {},
): Promise<RuleBacktest[] & Told> {
  const askedAt: number[] = [];
  const progress: [number, number][] = [];
  const results = await backtest({
    rules,
    askerFor: () => ({
      async ask(_, atMs) {
        askedAt.push((atMs - START_MS) / 1000);
        return answer(atMs);
      },
    }),
    fromMs: START_MS,
    toMs: seconds(600),
    onProgress: (done, total) => progress.push([done, total]),
    ...options,
  });
  return Object.assign(results, { askedAt, progress });
}

const value = (is: (atMs: number) => boolean) => (atMs: number) => [{ labels: {}, value: is(atMs) ? 9 : 1, count: 10 }];

test("every firing has its beginning, end and length", async () => {
  const twice = (atMs: number) => bad(60, 120)(atMs) || bad(300, 345)(atMs);
  const [result] = await tried([ruleOf({ forS: 15 })], value(twice));
  expect(result).toMatchObject({ evaluations: 41, withoutData: 0, failed: 0 });
  expect(result?.firings.map(({ began, ended, durationS }) => [began.at, ended?.at, durationS])).toEqual([
    ["2026-08-01T10:01:15.000Z", "2026-08-01T10:02:00.000Z", 45],
    ["2026-08-01T10:05:15.000Z", "2026-08-01T10:05:45.000Z", 30],
  ]);
});

test("what fires at the end has no end, and lasted until then", async () => {
  const [result] = await tried([ruleOf()], value(bad(540, 10_000)));
  expect(result?.firings).toEqual([{ began: expect.objectContaining({ to: "firing" }), durationS: 60 }]);
});

test("each value of a split fires by itself, and only pending is no firing", async () => {
  const answer = (atMs: number) => [
    { labels: { model: "a" }, value: bad(0, 300)(atMs) ? 9 : 1 },
    { labels: { model: "b" }, value: bad(30, 45)(atMs) ? 9 : 1 },
    { labels: { model: "c" }, value: bad(60, 120)(atMs) ? 9 : 1 },
  ];
  const [result] = await tried([ruleOf({ by: ["model"], forS: 15 })], answer);
  expect(result?.firings.map(({ began, durationS }) => [began.labels.model, durationS])).toEqual([
    ["a", 285],
    ["c", 45],
  ]);
});

test("evaluations are at whole multiples of the interval within the times", async () => {
  const { askedAt } = await tried([ruleOf({ intervalS: 60 })], value(bad(0, 0)), {
    fromMs: seconds(1),
    toMs: seconds(185),
  });
  expect(askedAt).toEqual([60, 120, 180]);
});

test("rules with the same question share their answers", async () => {
  const rules = [ruleOf(), ruleOf({ id: "slower", when: { op: ">", value: 8 } })];
  const results = await tried(rules, value(bad(60, 120)));
  expect(results.askedAt).toHaveLength(41);
  expect(results.map(({ firings }) => firings.length)).toEqual([1, 1]);
  expect(results.progress.at(-1)).toEqual([82, 82]);
});

test("no data and failed questions are counted, and end nothing", async () => {
  const [result] = await tried([ruleOf()], (atMs) => {
    if (bad(60, 120)(atMs)) throw new Error("source down");
    if (bad(120, 180)(atMs)) return [];
    return [{ labels: {}, value: bad(30, 240)(atMs) ? 9 : 1 }];
  });
  expect(result).toMatchObject({ failed: 4, error: { en: "source down", zh: "source down" }, withoutData: 4 });
  expect(result?.firings.map(({ durationS }) => durationS)).toEqual([210]);
});

test("can be stopped", async () => {
  const stop = new AbortController();
  const running = tried([ruleOf()], value(bad(0, 0)), { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(running).rejects.toThrow("aborted");
});
