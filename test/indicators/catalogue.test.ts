import { describe, expect, it } from "vitest";
import { CATALOGUE, findIndicator } from "../../src/indicators/catalogue.js";
import { RECORD_DIMENSIONS } from "../../src/indicators/dimension.js";
import { metricDimensions, questionMetrics } from "../../src/indicators/metric-attribute.js";
import * as semconv from "../../src/instrument/semconv.js";

describe("the catalogue", () => {
  it("has every indicator of the design, once", () => {
    expect(CATALOGUE.map(({ id }) => id).sort()).toEqual(
      [
        "response_time.avg",
        "response_time.p50",
        "response_time.p95",
        "response_time.p99",
        "requests.count",
        "requests.rate",
        "requests.rate_peak",
        "concurrency.current",
        "concurrency.peak",
        "ttft.p50",
        "ttft.p95",
        "success_rate",
        "error_rate",
        "timeout_rate",
        "llm.calls",
        "llm.time",
        "llm.error_rate",
        "llm.retries",
        "tokens.input",
        "tokens.output",
        "tokens.total",
        "tokens.cached",
        "tokens.reasoning",
        "tokens.per_request",
        "llm.unpriced_rate",
        "telemetry.dropped",
        "telemetry.errors",
        "cost.total",
        "cost.per_request",
        "cost.per_call",
        "tools.calls",
        "tools.error_rate",
        "users.active",
        "requests.by_type",
        "queries.top",
      ].sort(),
    );
  });

  it.each(CATALOGUE.map((indicator) => [indicator.id, indicator] as const))("%s can be asked and read", (_, one) => {
    expect(one.metricQuestion ?? one.recordQuestion).toBeDefined();
    expect(one.dimensions).toContain("service");
    expect(one.name.en).toMatch(/\S/);
    expect(one.name.zh).toMatch(/\p{Script=Han}|Top 10/u);
    expect(one.description.en).toMatch(/\.$/);
    expect(one.description.zh).toMatch(/\p{Script=Han}.*。$/u);
    expect(findIndicator(one.id)).toBe(one);
  });

  it("asks only instruments that are sent", () => {
    const sent = Object.entries(semconv).filter(([name]) => name.startsWith("METRIC_"));
    const asked = CATALOGUE.flatMap(({ metricQuestion }) => (metricQuestion ? questionMetrics(metricQuestion) : []));
    for (const metric of new Set(asked)) expect(sent.map(([, value]) => value)).toContain(metric);
  });

  it("never splits metrics by what only records carry", () => {
    for (const { metricQuestion } of CATALOGUE) {
      if (metricQuestion === undefined) continue;
      for (const dimension of ["user", "session", "tenant"] as const) {
        expect(metricDimensions(metricQuestion)).not.toContain(dimension);
      }
    }
  });

  it.each([
    ["response_time.p95", ["service", "environment", "release", "instance", "type"]],
    ["concurrency.peak", ["service", "environment", "release", "instance", "type"]],
    ["llm.calls", ["service", "environment", "release", "instance", "model", "provider"]],
    ["tokens.total", ["service", "environment", "release", "instance", "model", "provider"]],
    ["llm.retries", ["service", "environment", "release", "instance", "model"]],
    ["cost.total", ["service", "environment", "release", "instance", "type", "model", "provider"]],
    ["cost.per_request", ["service", "environment", "release", "instance", "type"]],
    ["tools.error_rate", ["service", "environment", "release", "instance", "tool"]],
  ])("%s can be split from metrics by %j", (id, expected) => {
    const question = findIndicator(id)?.metricQuestion;
    expect(question && metricDimensions(question)).toEqual(expected);
  });

  it("lists the dimensions of both sides", () => {
    expect(findIndicator("cost.total")?.dimensions).toEqual([
      "service",
      "environment",
      "release",
      "instance",
      "type",
      "model",
      "provider",
      "user",
      "session",
      "tenant",
    ]);
    expect(findIndicator("users.active")?.dimensions).toEqual([...RECORD_DIMENSIONS]);
  });
});
