import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { ConfigError } from "../instrument/config-error.js";

const SAMPLER = "OTEL_TRACES_SAMPLER";
const RATIO = "OTEL_TRACES_SAMPLER_ARG";

const ROOTS: Readonly<Record<string, (ratio: () => number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio()),
};
const PARENT_BASED = "parentbased_";

/**
 * Which traces are kept, by `OTEL_TRACES_SAMPLER`; all of them by default. Metrics and request records never depend on
 * it.
 *
 * @throws {ConfigError}
 */
export function traceSampler(env: Readonly<Record<string, string | undefined>>): Sampler {
  const name = env[SAMPLER]?.trim() || "parentbased_always_on";
  const parentBased = name.startsWith(PARENT_BASED);
  const root = ROOTS[parentBased ? name.slice(PARENT_BASED.length) : name];
  if (root === undefined) {
    const known = Object.keys(ROOTS);
    throw new ConfigError({
      option: SAMPLER,
      expected: [...known, ...known.map((sampler) => PARENT_BASED + sampler)].join(", "),
      found: name,
      cure: `correct or unset ${SAMPLER}`,
    });
  }
  const sampler = root(() => ratioOf(env[RATIO]?.trim()));
  return parentBased ? new ParentBasedSampler({ root: sampler }) : sampler;
}

function ratioOf(text: string | undefined): number {
  const ratio = text === undefined || text === "" ? 1 : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new ConfigError({
    option: RATIO,
    expected: "a number from 0 to 1",
    found: text,
    cure: `correct or unset ${RATIO}`,
  });
}
