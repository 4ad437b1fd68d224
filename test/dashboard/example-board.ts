import type { SamplesView, SeriesView } from "../../src/dashboard/api/indicators-view.js";
import type { Board } from "../../src/dashboard/board-reader.js";
import { findIndicator } from "../../src/indicators/catalogue.js";
import type { DimensionValues } from "../../src/indicators/dimension.js";
import { exampleAlert, NOTHING_FIRING } from "./example-alerts.js";
import { exampleFigures } from "./example-figures.js";

const AT = "2026-11-24T10:32:05.000Z";

/** The figures of a busy service, and what most of them were an hour earlier. */
const BUSY: Readonly<Record<string, readonly [now: number, before?: number]>> = {
  "requests.count": [1234, 1000],
  success_rate: [71.428, 99.2],
  error_rate: [26.2, 0.8],
  timeout_rate: [2.372, 0],
  "response_time.avg": [1.27, 0.61],
  "response_time.p50": [0.81, 0.6],
  "response_time.p95": [9.43, 0.94],
  "response_time.p99": [12.7, 1.2],
  "ttft.p50": [0.31, 0.31],
  "ttft.p95": [1.67, 1.72],
  "requests.rate": [4.113, 3.333],
  "requests.rate_peak": [9.5, 7],
  "concurrency.current": [7, 4],
  "concurrency.peak": [23, 11],
  "users.active": [412, 399],
  "llm.calls": [1876, 1400],
  "llm.time": [2210.4, 880],
  "llm.error_rate": [30.3, 0.4],
  "llm.retries": [36, 0],
  "cost.total": [1.2345, 0.4],
  "cost.per_request": [0.00104, 0.0004],
  "cost.per_call": [0.000658, 0.000286],
  "tokens.input": [102_945, 91_000],
  "tokens.output": [8329],
  "tokens.total": [111_274],
  "tokens.per_request": [90.17],
  "tokens.cached": [52_480, 52_480],
  "tokens.reasoning": [2176, 1],
  "tools.calls": [41, 44],
};

export function exampleBoard({ service = "checkout-bot" }: { service?: string } = {}): Board {
  const now = Object.fromEntries(Object.entries(BUSY).map(([id, [value]]) => [id, value]));
  const figures = exampleFigures(now);
  return {
    ...figures,
    indicators: figures.indicators.map((figure) => {
      const before = BUSY[figure.id]?.[1];
      return { ...figure, ...(before !== undefined && { before }) };
    }),
    alerts: {
      ...NOTHING_FIRING,
      active: [
        exampleAlert({ labels: { service } }),
        exampleAlert({ to: "pending", rule: "high-cost", severity: "warning" }),
      ],
    },
    charts: [
      exampleSeries("requests.rate", (at) => 3 + 2 * Math.sin(at / 5)),
      // Nothing was measured at first, and once in between.
      exampleSeries("response_time.p95", (at) => (at < 10 || at === 40 ? undefined : 0.5 + at / 12)),
      exampleSeries("success_rate", (at) => (at < 50 ? 99.5 : 99.5 - 5 * (at - 50))),
      exampleSeries("cost.total", (at) => (at % 3) * 0.004),
    ],
    lists: {
      cost_by_model: exampleSamples("cost.total", [
        [{ model: "demo-small" }, 0.0345],
        [{ model: "gpt-4o" }, 1.1],
        [{ model: "text-embedding-3-small" }, 0.1],
      ]),
      requests_by_type: exampleSamples("requests.by_type", [
        [{ type: "chat" }, 1000],
        [{ type: "summarise" }, 234],
      ]),
      top_queries: exampleSamples(
        "queries.top",
        ["向量数据库是做什么的？", "Is there a warranty on the desk lamp, and for how long?", "a\x1b[2Jb\nc"].map(
          (query, at) => [{ query } as DimensionValues, 30 - at],
        ),
      ),
    },
  };
}

export function exampleSeries(indicator: string, value: (at: number) => number | undefined, stepS = 30): SeriesView {
  const points = Array.from({ length: 60 }, (_, at) => {
    const known = value(at);
    const time = Date.parse(AT) - (59 - at) * stepS * 1000;
    return { at: new Date(time).toISOString(), ...(known !== undefined && { value: known }) };
  });
  const unit = findIndicator(indicator)?.unit ?? "requests";
  return { indicator, unit, window_s: stepS, step_s: stepS, points };
}

export function exampleSamples(id: string, entries: readonly (readonly [DimensionValues, number])[]): SamplesView {
  const { name = { en: id, zh: id }, unit = "requests" } = findIndicator(id) ?? {};
  const samples = entries.map(([labels, value]) => ({ labels, value, count: 1 }));
  return { indicator: id, name, unit, window_s: 300, at: AT, samples };
}
