import { INSTRUMENT_NAMES, isHistogram, METRIC_NAMINGS, metricName } from "./metric-naming.js";
import type { PrometheusClient } from "./prometheus-client.js";
import type { HistogramSeries, PromQlDialect } from "./promql-dialect.js";
import { literal, matcher } from "./promql-selector.js";

/** By instrument. One that is missing has no samples. */
export type Dialects = ReadonlyMap<string, PromQlDialect>;

/**
 * Finds out by the names of the metrics in which dialect a backend has each instrument, with every kind of histogram
 * that its apps send.
 *
 * @param reachS seconds before `atMs` in which an instrument must have samples to be found
 * @throws {QueryError}
 */
export async function probeDialects(client: PrometheusClient, atMs: number, reachS: number): Promise<Dialects> {
  const found = async (names: readonly string[], ...more: string[]): Promise<Set<string>> => {
    const any = selectorOfAny(names, more);
    const promQl = `count by (__name__) (last_over_time(${any}[${Math.ceil(reachS)}s]))`;
    return new Set((await client.instant(promQl, atMs)).map(({ labels }) => labels.__name__ ?? ""));
  };
  const spelled = INSTRUMENT_NAMES.flatMap((instrument) =>
    METRIC_NAMINGS.map((naming) => ({ instrument, naming, name: metricName(instrument, naming) })),
  );
  const names = await found(
    spelled.flatMap(({ instrument, name }) => (isHistogram(instrument) ? [name, `${name}_count`] : [name])),
  );
  const buckets = spelled
    .filter(({ instrument, name }) => isHistogram(instrument) && names.has(`${name}_count`))
    .map(({ name }) => `${name}_bucket`);
  const bucketsBy = async (label: string): Promise<Set<string>> =>
    buckets.length === 0 ? new Set() : found(buckets, matcher(label, "!=", ""));
  const [vmrange, le] = await Promise.all([bucketsBy("vmrange"), bucketsBy("le")]);

  const dialects = new Map<string, PromQlDialect>();
  for (const { instrument, naming, name } of spelled) {
    const kinds: HistogramSeries[] = names.has(name) ? ["native"] : [];
    if (isHistogram(instrument) && names.has(`${name}_count`)) {
      const ranged = vmrange.has(`${name}_bucket`);
      if (ranged) kinds.push("vmrange");
      // Who keeps no buckets still has counts and sums.
      if (!ranged || le.has(`${name}_bucket`)) kinds.push("classic");
    }
    const [first, ...others] = kinds;
    if (first !== undefined && !dialects.has(instrument))
      dialects.set(instrument, { naming, histograms: [first, ...others] });
  }
  return dialects;
}

function selectorOfAny(names: readonly string[], more: readonly string[]): string {
  const pattern = [...new Set(names)].map(literal).join("|");
  return `{${[matcher("__name__", "=~", pattern), ...more].join(",")}}`;
}
