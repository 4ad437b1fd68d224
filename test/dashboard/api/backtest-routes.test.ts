import { expect, test } from "vitest";
import { answerApi } from "../../../src/dashboard/api/api.js";
import { type BacktestSources, backtestRoutes } from "../../../src/dashboard/api/backtest-routes.js";
import { BacktestAnswers, type BacktestView } from "../../../src/dashboard/api/backtest-view.js";
import { SourceFailure } from "../../../src/query/source-failure.js";
import { ruleOf } from "../../alert/rule-of.js";

const NOW_MS = Date.parse("2026-08-01T12:00:00Z");
const rule = ruleOf({ by: ["type"], intervalS: 60 });

function sources(ask: BacktestSources["askerFor"]): BacktestSources {
  return { rules: () => [rule], askerFor: ask, nowMs: () => NOW_MS };
}

function asking(routes: ReturnType<typeof backtestRoutes>, signal?: AbortSignal): Promise<BacktestView> {
  return answerApi(routes, {
    method: "POST",
    url: new URL("http://localhost/api/rules/slow/backtest"),
    readBody: async () => ({ from: "2026-08-01T11:50:00Z" }),
    ...(signal && { signal }),
  }) as Promise<BacktestView>;
}

test("of many series those nearest to firing are shown, and how many are left out", async () => {
  const samples = Array.from({ length: 11 }, (_, index) => ({ labels: { type: `m${index}` }, value: index }));
  const view = await asking(backtestRoutes(sources(() => ({ ask: async () => samples }))));
  expect(view.series.map(({ labels }) => labels.type)).toEqual(["m10", "m9", "m8", "m7", "m6", "m5", "m4", "m3"]);
  expect(view.series_left_out).toBe(3);
  expect(view.fired).toBe(5);
});

test("of a series for every user the values of those nearest to firing are kept, not of all", () => {
  const times = Array.from({ length: 2000 }, (_, index) => index * 1000);
  const answers = new BacktestAnswers(rule, times);
  const before = process.memoryUsage().heapUsed;
  for (const atMs of times.slice(0, 20)) {
    const samples = Array.from({ length: 20_000 }, (_, user) => ({ labels: { type: `u${user}` }, value: user % 5000 }));
    // One that comes near late, and one that was near only once.
    if (atMs === 5000) samples.push({ labels: { type: "once" }, value: 9000 });
    if (atMs > 10_000) samples.push({ labels: { type: "late" }, value: 8000 });
    answers.add(samples, atMs);
  }
  expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(150);
  const result = { rule, evaluations: 20, withoutData: 0, failed: 0, firings: [] };
  const { series, series_left_out: leftOut } = answers.view(result, [], 1);
  expect(series.map(({ labels }) => labels.type).slice(0, 2)).toEqual(["once", "late"]);
  expect(series.slice(2).map(({ values }) => values[19])).toEqual([4999, 4999, 4999, 4999, 4998, 4998]);
  expect(series[0]?.values.filter((value) => value !== null)).toEqual([9000]);
  expect(series[2]?.values.slice(0, 21)).toEqual([...Array(20).fill(4999), null]);
  expect(leftOut).toBe(20_002 - 8);
});

test("one runs at a time, a few wait, and more are refused", async () => {
  let running = 0;
  let most = 0;
  const routes = backtestRoutes(
    sources(() => {
      running += 1;
      most = Math.max(most, running);
      return {
        async ask(_, atMs) {
          await Promise.resolve();
          if (atMs === NOW_MS) running -= 1;
          return [];
        },
      };
    }),
  );
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => asking(routes)));
  expect(answers.map(({ status }) => status)).toEqual([...Array(4).fill("fulfilled"), "rejected"]);
  expect(answers[4]).toMatchObject({ reason: { status: 503, message: expect.stringContaining("try again later") } });
  expect(most).toBe(1);
  await expect(asking(routes)).resolves.toMatchObject({ evaluations: 11 });
});

/** Never answers; gives up when it is told to. */
const silent: BacktestSources["askerFor"] = () => ({
  ask: (_, __, { signal } = {}) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
});

test("it ends when whoever asked leaves, and the next has its turn", async () => {
  const leaving = new AbortController();
  let isFirst = true;
  const routes = backtestRoutes(
    sources((asked) => {
      const asker = isFirst ? silent(asked) : { ask: async () => [] };
      isFirst = false;
      return asker;
    }),
  );
  const left = asking(routes, leaving.signal);
  const next = asking(routes);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ status: 503 });
  await expect(next).resolves.toMatchObject({ without_data: 11 });
});

test("it ends at its time limit, and says how far it came and what to do", async () => {
  await expect(asking(backtestRoutes(sources(silent), 5))).rejects.toMatchObject({
    status: 503,
    message: expect.stringMatching(/^not over after 0.005 s: 0 of 11 evaluations\. Choose a shorter time/),
  });
});

test("why there was no answer is said in both languages", async () => {
  const unreachable = async () => {
    throw new SourceFailure("prometheus", { what: { en: "no answer", zh: "没有应答" }, cure: undefined });
  };
  const view = await asking(backtestRoutes(sources(() => ({ ask: unreachable }))));
  expect(view).toMatchObject({ failed: 11, error: { en: "prometheus: no answer", zh: "prometheus：没有应答" } });
});
