import { CATALOGUE } from "../indicators/catalogue.js";
import type { Dimension } from "../indicators/dimension.js";
import { attributePlaces } from "../indicators/metric-attribute.js";
import type { MetricSelection } from "../indicators/metric-question.js";
import type { GrowthQuery } from "../store/telemetry-store.js";
import type { IndicatorQuery } from "./metric-source.js";

/** The attributes that the catalogue's questions filter an instrument's series on. */
const FILTERED = new Map<string, Set<string>>();

for (const { metricQuestion } of CATALOGUE) {
  if (metricQuestion === undefined) continue;
  const note = ({ metric, where = [] }: MetricSelection): void => {
    const known = FILTERED.get(metric) ?? new Set();
    FILTERED.set(metric, known);
    for (const { attribute } of where) known.add(attribute);
  };
  const { of } = metricQuestion;
  note(of);
  if (metricQuestion.ask === "percentage") note({ metric: of.metric, where: [metricQuestion.matching] });
  if (metricQuestion.ask === "growth") {
    if (metricQuestion.events !== undefined) note(metricQuestion.events);
    if (metricQuestion.zeroWhere !== undefined) note(metricQuestion.zeroWhere);
  }
  if (metricQuestion.ask === "share") note(metricQuestion.others);
}

/**
 * What must be known of an instrument's series to answer any indicator with this split and filter: the same for all
 * indicators, so that they share one answer of the store.
 */
export function toldAttributes(
  metric: string,
  { by = [], where = {} }: Pick<IndicatorQuery, "by" | "where">,
): NonNullable<GrowthQuery["attributes"]> {
  const dimensions = [...by, ...(Object.keys(where) as Dimension[])];
  const places = dimensions.flatMap((dimension) => attributePlaces(metric, dimension));
  const names = (on: "resource" | "point"): string[] =>
    places.filter((place) => place.on === on).map(({ attribute }) => attribute);
  const distinct = (all: readonly string[]): string[] => [...new Set(all)].sort();
  return {
    resource: distinct(names("resource")),
    point: distinct([...(FILTERED.get(metric) ?? []), ...names("point")]),
  };
}
