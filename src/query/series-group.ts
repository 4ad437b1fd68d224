import type { Dimension, DimensionValues } from "../indicators/dimension.js";
import { attributePlaces } from "../indicators/metric-attribute.js";
import type { AttributeFilter } from "../indicators/metric-question.js";
import type { Attributes } from "../receive/telemetry-batch.js";

interface Series {
  attributes: Attributes;
  resource: Attributes;
}

/** The series of a metric that share the values of the split. */
export interface SeriesGroup<S extends Series> {
  labels: DimensionValues;
  series: S[];
}

/** Groups by the values of `by`, after leaving out what `where` does not want; keyed by those values. */
export function groupSeries<S extends Series>(
  metric: string,
  all: readonly S[],
  by: readonly Dimension[],
  where: DimensionValues,
): Map<string, SeriesGroup<S>> {
  const groups = new Map<string, SeriesGroup<S>>();
  const wanted = Object.entries(where) as [Dimension, string][];
  for (const series of all) {
    if (!wanted.every(([dimension, value]) => dimensionValue(metric, series, dimension) === value)) continue;
    const labels: DimensionValues = {};
    for (const dimension of by) {
      const value = dimensionValue(metric, series, dimension);
      if (value !== undefined) labels[dimension] = value;
    }
    const key = JSON.stringify(by.map((dimension) => labels[dimension] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, series: [series] });
    else group.series.push(series);
  }
  return groups;
}

function dimensionValue(metric: string, series: Series, dimension: Dimension): string | undefined {
  for (const { on, attribute } of attributePlaces(metric, dimension)) {
    const value = (on === "resource" ? series.resource : series.attributes)[attribute];
    if (value !== undefined && value !== null) return String(value);
  }
  return undefined;
}

export function passesAll(series: Series, filters: readonly AttributeFilter[] = []): boolean {
  return filters.every((filter) => passes(series, filter));
}

function passes({ attributes }: Series, filter: AttributeFilter): boolean {
  const value = attributes[filter.attribute];
  if ("present" in filter) return value !== undefined;
  if ("oneOf" in filter) return filter.oneOf.some((wanted) => wanted === value);
  return !filter.noneOf.some((unwanted) => unwanted === value);
}
