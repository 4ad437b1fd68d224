import { describe, expect, it, test } from "vitest";
import { promqlMistake } from "../../../src/alert/promql.js";
import { CATALOGUE, findIndicator } from "../../../src/indicators/catalogue.js";
import type { Dimension } from "../../../src/indicators/dimension.js";
import { metricDimensions } from "../../../src/indicators/metric-attribute.js";
import type { MetricQuestion } from "../../../src/indicators/metric-question.js";
import {
  METRIC_REQUEST_ACTIVE_PEAK,
  METRIC_REQUEST_COST,
  METRIC_REQUEST_DURATION,
  METRIC_TIME_TO_FIRST_CHUNK,
} from "../../../src/instrument/semconv.js";
import {
  compileGrownBuckets,
  compilePromQl,
  compileVmrangeBuckets,
  type PromQlOptions,
} from "../../../src/query/prometheus/compile-promql.js";
import {
  PROMETHEUS_DIALECT,
  type PromQlDialect,
  VICTORIAMETRICS_DIALECT,
} from "../../../src/query/prometheus/promql-dialect.js";
import { atMs } from "../example-app.js";

const DIALECTS: Record<string, PromQlDialect> = {
  prometheus: PROMETHEUS_DIALECT,
  victoriametrics: VICTORIAMETRICS_DIALECT,
  "explicit buckets": { ...PROMETHEUS_DIALECT, histograms: ["classic"] },
  "no suffixes": { naming: { separator: "_", suffixes: false }, histograms: ["native"] },
  "plain names with suffixes": { naming: { separator: ".", suffixes: true }, histograms: ["classic"] },
  "prometheus with both kinds": { ...PROMETHEUS_DIALECT, histograms: ["native", "classic"] },
  "victoriametrics with both kinds": { ...VICTORIAMETRICS_DIALECT, histograms: ["vmrange", "classic"] },
};

const METRIC_INDICATORS = CATALOGUE.flatMap(({ id, metricQuestion }) =>
  metricQuestion === undefined ? [] : [{ id, metricQuestion }],
);

function compile(question: MetricQuestion, dialect: PromQlDialect, more: Partial<PromQlOptions> = {}) {
  return compilePromQl(question, { dialectOf: () => dialect, window: 300, ...more });
}

function valueQuery(indicator: string, dialect = PROMETHEUS_DIALECT, more: Partial<PromQlOptions> = {}): string {
  const question = findIndicator(indicator)?.metricQuestion;
  if (question === undefined) throw new Error(`${indicator} has no metric question`);
  return compile(question, dialect, more).value;
}

describe("every metric indicator", () => {
  for (const [name, dialect] of Object.entries(DIALECTS)) {
    test.each(METRIC_INDICATORS)(
      `$id in ${name} is PromQL, whatever it is split by and filtered on`,
      ({ metricQuestion }) => {
        const dimensions: Dimension[] = metricDimensions(metricQuestion);
        const asked: Partial<PromQlOptions>[] = [
          {},
          { by: dimensions, where: dimensions.map((dimension) => ({ dimension, operator: "=", value: 'a "b" \\ c' })) },
          { window: "5m", where: [{ dimension: "service", operator: "=~", value: "$service" }] },
          { atMs: atMs(17.25) },
          { window: 0.5, atMs: atMs(59.9) },
          { window: 86_400, atMs: atMs(0) },
        ];
        for (const each of asked) {
          const { value, count } = compile(metricQuestion, dialect, each);
          expect(promqlMistake(value)).toBeUndefined();
          expect(promqlMistake(count)).toBeUndefined();
        }
      },
    );
  }

  it("never extrapolates", () => {
    for (const { metricQuestion } of METRIC_INDICATORS) {
      for (const dialect of Object.values(DIALECTS)) {
        const { value, count } = compile(metricQuestion, dialect);
        expect(value + count).not.toMatch(/\b(increase|rate|irate|delta)\(/);
      }
    }
  });
});

const COUNT = {
  native:
    "(histogram_count(last_over_time(X[300s])) - histogram_count(last_over_time(X[1h] offset 300s))) or histogram_count(last_over_time(X[300s]))",
  series: "(last_over_time(X[300s]) - last_over_time(X[1h] offset 300s)) or last_over_time(X[300s])",
};

describe("a number of events", () => {
  it("is what the series grew by", () => {
    const native = COUNT.native.replaceAll("X", "chainwatch_request_duration_seconds");
    expect(valueQuery("requests.count")).toBe(`sum(${native})`);
    expect(valueQuery("requests.rate")).toBe(`(sum(${native})) / 300`);
    const series = COUNT.series.replaceAll("X", '{"chainwatch.request.duration_count"}');
    expect(valueQuery("requests.count", VICTORIAMETRICS_DIALECT)).toBe(`sum(${series})`);
    expect(valueQuery("requests.count", DIALECTS["explicit buckets"])).toBe(
      `sum(${COUNT.series.replaceAll("X", "chainwatch_request_duration_seconds_count")})`,
    );
  });

  it("is of all apps, whichever kind of histogram they send", () => {
    const name = "chainwatch_request_cost";
    const last = (range: string) =>
      `(histogram_sum(last_over_time(${name}${range})) or last_over_time(${name}_sum${range}))`;
    const { value } = compile(
      { ask: "sum", of: { metric: METRIC_REQUEST_COST, where: [{ attribute: "a", present: true }] } },
      DIALECTS["prometheus with both kinds"] as PromQlDialect,
    );
    expect(value.replaceAll('{a!=""}', "")).toBe(
      `sum((${last("[300s]")} - ${last("[1h] offset 300s")}) or ${last("[300s]")}) or 0 * count((last_over_time(${name}[300s]) or last_over_time(${name}_count[300s])))`,
    );
    expect(valueQuery("requests.count", DIALECTS["victoriametrics with both kinds"])).toBe(
      valueQuery("requests.count", VICTORIAMETRICS_DIALECT),
    );
  });

  it("is 0 where the instrument is known and nothing passes the filter", () => {
    const calls = valueQuery("llm.calls", DIALECTS["explicit buckets"], { by: ["model"] });
    const filtered = COUNT.series.replaceAll(
      "X",
      'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name=~"chat|text_completion|generate_content"}',
    );
    expect(calls).toBe(
      `sum by (gen_ai_request_model) (${filtered}) or 0 * count by (gen_ai_request_model) (last_over_time(gen_ai_client_operation_duration_seconds_count[300s]))`,
    );
  });

  it("takes only the series that pass all matchers, and quotes what PromQL cannot read bare", () => {
    const where = [
      { dimension: "service", operator: "=", value: 'a"\\b' },
      { dimension: "type", operator: "=~", value: "$type" },
    ] as const;
    expect(valueQuery("requests.count", PROMETHEUS_DIALECT, { where })).toContain(
      'chainwatch_request_duration_seconds{service_name="a\\"\\\\b",chainwatch_request_type=~"$type"}[300s]',
    );
    expect(valueQuery("requests.count", VICTORIAMETRICS_DIALECT, { where, by: ["service", "release"] })).toMatch(
      /^sum by \("service\.name", "service\.version"\) \(\(last_over_time\(\{"chainwatch\.request\.duration_count","service\.name"="a\\"\\\\b","chainwatch\.request\.type"=~"\$type"\}\[300s\]\)/,
    );
  });
});

describe("a window", () => {
  it("in seconds that are not whole is written in milliseconds", () => {
    expect(valueQuery("requests.count", DIALECTS["explicit buckets"], { window: 1.5 })).toContain("[1500ms]");
  });

  it("may be a variable", () => {
    const rate = valueQuery("requests.rate", DIALECTS["explicit buckets"], { window: "$__range" });
    expect(rate).toBe(
      `(sum(${COUNT.series.replaceAll("X", "chainwatch_request_duration_seconds_count").replaceAll("300s", "$__range")})) / $__range`,
    );
  });
});

describe("a share", () => {
  it("has 0 for a missing numerator and no data without events", () => {
    const rate = valueQuery("error_rate", DIALECTS["explicit buckets"]);
    const rated = 'outcome=~"success|error|timeout"';
    const series = (matchers: string) =>
      `sum(${COUNT.series.replaceAll("X", `chainwatch_request_duration_seconds_count{${matchers}}`)})`;
    expect(rate).toBe(`100 * (${series(`${rated},outcome="error"`)} or 0 * ${series(rated)}) / (${series(rated)} > 0)`);
  });

  it("of failed calls leaves out those that were cut short", () => {
    expect(valueQuery("tools.error_rate")).toContain(
      'gen_ai_execute_tool_duration_seconds{error_type!~"cancelled|abandoned|interrupted",error_type!=""}',
    );
  });
});

describe("a mean", () => {
  it("is sum over count, and no data without events", () => {
    const cost = valueQuery("cost.per_request", DIALECTS["explicit buckets"]);
    const part = (name: string) => `sum(${COUNT.series.replaceAll("X", `chainwatch_request_cost_${name}`)})`;
    expect(cost).toBe(`${part("sum")} / (${part("count")} > 0)`);
    expect(valueQuery("cost.per_request")).toMatch(
      /^sum\(\(histogram_sum\(last_over_time\(chainwatch_request_cost\[300s\]/,
    );
  });
});

describe("a percentile", () => {
  const question: MetricQuestion = { ask: "quantile", of: { metric: METRIC_TIME_TO_FIRST_CHUNK }, q: 0.95 };
  const buckets = (metric: string) => COUNT.series.replaceAll("X", metric);
  const name = "gen_ai_client_operation_time_to_first_chunk_seconds";

  it.each([
    ["prometheus", `sum by (gen_ai_request_model) (${buckets(name)})`],
    ["explicit buckets", `sum by (gen_ai_request_model, le) (${buckets(`${name}_bucket`)})`],
    [
      "victoriametrics",
      `sum by ("gen_ai.request.model", vmrange) (${buckets('{"gen_ai.client.operation.time_to_first_chunk_bucket"}')})`,
    ],
  ])("in %s comes from what the buckets grew by", (dialect, grown) => {
    const { value } = compile(question, DIALECTS[dialect] ?? PROMETHEUS_DIALECT, { by: ["model"] });
    expect(value).toBe(`histogram_quantile(0.95, ${grown})`);
  });

  it("of several kinds can be had from what the buckets of each grew by", () => {
    const dialect = DIALECTS["prometheus with both kinds"] as PromQlDialect;
    const grown = (kind: "native" | "classic") =>
      compileGrownBuckets(question.of, kind, { dialectOf: () => dialect, window: 300, by: ["model"] });
    expect(grown("native")).toBe(`sum by (gen_ai_request_model) (${buckets(name)})`);
    expect(grown("classic")).toBe(`sum by (gen_ai_request_model, le) (${buckets(`${name}_bucket`)})`);
  });

  it("of vmrange buckets can be had from the ranges that the newest report has, less those of the same series before", () => {
    const { last, before } = compileVmrangeBuckets(question.of, {
      dialectOf: () => VICTORIAMETRICS_DIALECT,
      window: 300,
      by: ["model"],
    });
    const bucket = '{"gen_ai.client.operation.time_to_first_chunk_bucket"}';
    const count = '{"gen_ai.client.operation.time_to_first_chunk_count"}';
    const reported = (range: string) =>
      `last_over_time(${bucket}${range}) and (tlast_over_time(${bucket}${range}) >= ignoring (vmrange) group_left () tlast_over_time(${count}${range}))`;
    expect(last).toBe(`sum by ("gen_ai.request.model", vmrange) (${reported("[300s]")})`);
    expect(before).toBe(
      `sum by ("gen_ai.request.model", vmrange) ((${reported("[1h] offset 300s")}) and ignoring (vmrange) last_over_time(${count}[300s]))`,
    );
  });
});

describe("the growth of a counter", () => {
  it("is of the types that are asked for", () => {
    const counter = COUNT.series.replaceAll("X", 'chainwatch_llm_tokens_total{token_type=~"input|output"}');
    expect(valueQuery("tokens.total")).toBe(
      `sum(${counter}) or 0 * count(last_over_time(chainwatch_llm_tokens_total[300s]))`,
    );
    expect(valueQuery("tokens.total", VICTORIAMETRICS_DIALECT)).toContain('{"chainwatch.llm.tokens","token.type"=~');
  });

  it("is 0 where something else says that the app is known, and counts its events by another instrument", () => {
    const question = findIndicator("llm.retries")?.metricQuestion as MetricQuestion;
    const { value, count } = compile(question, PROMETHEUS_DIALECT, { by: ["model"] });
    const by = "by (gen_ai_request_model)";
    expect(value).toBe(
      `sum ${by} (${COUNT.series.replaceAll("X", "chainwatch_llm_retries_total")}) or 0 * count ${by} (last_over_time(chainwatch_llm_tokens_total[300s]))`,
    );
    expect(count).toContain("gen_ai_client_operation_duration_seconds");
  });
});

describe("the share of a counter", () => {
  it("is of it and the events of another instrument, and either may be missing", () => {
    const question = findIndicator("llm.unpriced_rate")?.metricQuestion as MetricQuestion;
    const { value, count } = compile(question, DIALECTS["explicit buckets"] as PromQlDialect);
    const unknown = `sum(${COUNT.series.replaceAll("X", "chainwatch_price_unknown_total")})`;
    const priced = `sum(${COUNT.series.replaceAll("X", "chainwatch_llm_cost_count")})`;
    const all = `(${unknown} or 0 * ${priced}) + (${priced} or 0 * ${unknown})`;
    expect(value).toBe(`100 * (${unknown} or 0 * ${priced}) / ((${all}) > 0)`);
    expect(count).toBe(all);
  });
});

describe("the peak rate", () => {
  const question: MetricQuestion = { ask: "peak_rate", of: { metric: METRIC_REQUEST_DURATION }, slotS: 60 };
  const classic = DIALECTS["explicit buckets"] as PromQlDialect;
  const name = "chainwatch_request_duration_seconds_count";
  const growth = (length: string, offset = "", before = length) =>
    `sum((last_over_time(${name}[${length}]${offset}) - last_over_time(${name}[1h] offset ${before})) or last_over_time(${name}[${length}]${offset}))`;

  it("is that of the busiest clock minute", () => {
    const whole = `max_over_time((${growth("60s")})[300s:60s]) / 60`;
    expect(compile(question, classic).value).toBe(whole);
    expect(compile(question, classic, { atMs: atMs(0) }).value).toBe(whole);
    expect(compile(question, classic, { window: "5m" }).value).toBe(whole.replace("300s", "5m"));
  });

  it("counts of a minute that the window cuts what is inside", () => {
    // From 09:55:17.25 to 10:00:17.25.
    expect(compile(question, classic, { atMs: atMs(17.25) }).value).toBe(
      `max without (slot) (label_replace(${growth("42750ms", " offset 257250ms", "300s")}, "slot", "0", "", "") or label_replace(${growth("17250ms")}, "slot", "1", "", "") or label_replace(max_over_time((${growth("60s")})[240s:60s] offset 17250ms), "slot", "2", "", "")) / 60`,
    );
  });

  it("has at most 120 slots", () => {
    expect(compile(question, classic, { window: 86_400 }).value).toMatch(/\[86400s:900s\]\) \/ 900$/);
  });
});

describe("requests in progress", () => {
  it("are the newest values", () => {
    const { value, count } = compile(
      { ask: "current", of: { metric: METRIC_REQUEST_ACTIVE_PEAK } },
      PROMETHEUS_DIALECT,
    );
    expect(value).toBe("sum(last_over_time(chainwatch_request_active_peak[3m]))");
    expect(count).toBe(value);
  });

  it("peak in each process on their own, all its types in one report together", () => {
    expect(valueQuery("concurrency.peak", PROMETHEUS_DIALECT, { by: ["service"] })).toBe(
      "sum by (service_name) (max_over_time((sum without (chainwatch_request_type) (max_over_time(chainwatch_request_active_peak[1s])))[300s:1s]))",
    );
    expect(valueQuery("concurrency.peak", PROMETHEUS_DIALECT, { window: 3600 })).toContain("[3600s:12s]");
  });

  it("peak in each series where a type is one of its own", () => {
    expect(valueQuery("concurrency.peak", PROMETHEUS_DIALECT, { by: ["type"] })).toBe(
      "sum by (chainwatch_request_type) (max_over_time(chainwatch_request_active_peak[300s]))",
    );
  });
});
