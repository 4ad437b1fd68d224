import { describe, expect, it } from "vitest";
import { traceSampler } from "../../src/export/trace-sampler.js";
import { ConfigError } from "../../src/instrument/config-error.js";

const described = (sampler?: string, ratio?: string): string =>
  traceSampler({
    ...(sampler === undefined ? {} : { OTEL_TRACES_SAMPLER: sampler }),
    ...(ratio === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: ratio }),
  }).toString();

describe("OTEL_TRACES_SAMPLER", () => {
  it.each([
    [undefined, undefined, /^ParentBased\{root=AlwaysOnSampler/],
    ["", undefined, /^ParentBased\{root=AlwaysOnSampler/],
    ["always_on", undefined, /^AlwaysOnSampler$/],
    ["always_off", undefined, /^AlwaysOffSampler$/],
    ["traceidratio", "0.25", /^TraceIdRatioBased\{0\.25\}$/],
    ["traceidratio", undefined, /^TraceIdRatioBased\{1\}$/],
    ["parentbased_always_off", undefined, /^ParentBased\{root=AlwaysOffSampler/],
    ["parentbased_traceidratio", "0.5", /^ParentBased\{root=TraceIdRatioBased\{0\.5\}/],
  ])("%s with %s", (sampler, ratio, text) => {
    expect(described(sampler, ratio)).toMatch(text);
  });

  it.each([
    ["sometimes", undefined, "OTEL_TRACES_SAMPLER", '"sometimes"'],
    ["traceidratio", "2", "OTEL_TRACES_SAMPLER_ARG", '"2"'],
    ["parentbased_traceidratio", "half", "OTEL_TRACES_SAMPLER_ARG", '"half"'],
  ])("refuses %s with %s", (sampler, ratio, option, found) => {
    expect(() => described(sampler, ratio)).toThrow(ConfigError);
    expect(() => described(sampler, ratio)).toThrow(
      new RegExp(`${option}.*${found}.*Cure: correct or unset ${option}`),
    );
  });
});
