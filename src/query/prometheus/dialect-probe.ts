import { INSTRUMENT_NAMES, isHistogram, METRIC_NAMINGS, metricName } from "./metric-naming.js";
import type { PrometheusClient } from "./prometheus-client.js";
import type { HistogramSeries, PromQlDialect } from "./promql-dialect.js";
import { literal, matcher } from "./promql-selector.js";

/** By instrument. One that is missing has no samples. */
export type Dialects = ReadonlyMap<string, PromQlDialect>;

/**
 * Finds out by the names of the metrics in which dialect a backend has each instrument.
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
  const vmrange = buckets.length === 0 ? new Set() : await found(buckets, matcher("vmrange", "!=", ""));

  const dialects = new Map<string, PromQlDialect>();
  for (const { instrument, naming, name } of spelled) {
    const histogram = ((): HistogramSeries | undefined => {
      if (names.has(name)) return "native";
      if (!isHistogram(instrument) || !names.has(`${name}_count`)) return undefined;
      return vmrange.has(`${name}_bucket`) ? "vmrange" : "classic";
    })();
    if (histogram !== undefined && !dialects.has(instrument)) dialects.set(instrument, { naming, histogram });
  }
  return dialects;
}

function selectorOfAny(names: readonly string[], more: readonly string[]): string {
  const pattern = [...new Set(names)].map(literal).join("|");
  return `{${[matcher("__name__", "=~", pattern), ...more].join(",")}}`;
}
