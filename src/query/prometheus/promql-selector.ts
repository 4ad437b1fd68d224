import type { Dimension } from "../../indicators/dimension.js";
import { attributePlaces } from "../../indicators/metric-attribute.js";
import type { AttributeFilter } from "../../indicators/metric-question.js";
import { labelName, type MetricNaming } from "./metric-naming.js";

/** Which values of a dimension take part; with `=~` the value is a regular expression, or a Grafana variable of one. */
export interface DimensionMatcher {
  dimension: Dimension;
  operator: "=" | "=~";
  value: string;
}

/** The label that has a dimension's value: the attribute is the same wherever the series has it. */
export function dimensionLabel(instrument: string, dimension: Dimension, naming: MetricNaming): string | undefined {
  const [place] = attributePlaces(instrument, dimension);
  return place && labelName(place.attribute, naming);
}

export function dimensionMatchers(
  instrument: string,
  where: readonly DimensionMatcher[],
  naming: MetricNaming,
): string[] {
  return where.flatMap(({ dimension, operator, value }) => {
    const label = dimensionLabel(instrument, dimension, naming);
    return label === undefined ? [] : [matcher(label, operator, value)];
  });
}

/** A label that a series does not have is empty. */
export function attributeMatcher(filter: AttributeFilter, naming: MetricNaming): string {
  const label = labelName(filter.attribute, naming);
  if ("present" in filter) return matcher(label, "!=", "");
  const [equal, like, values] =
    "oneOf" in filter ? (["=", "=~", filter.oneOf] as const) : (["!=", "!~", filter.noneOf] as const);
  const [first = "", ...others] = values;
  return others.length === 0 ? matcher(label, equal, first) : matcher(label, like, values.map(literal).join("|"));
}

/** An instant vector selector. A name with other characters than letters, digits and `_` is quoted within the braces. */
export function selector(metric: string, matchers: readonly string[]): string {
  if (isPlain(metric)) return matchers.length === 0 ? metric : `${metric}{${matchers.join(",")}}`;
  return `{${[quoted(metric), ...matchers].join(",")}}`;
}

/** A label as `by (…)` takes it. */
export function labelText(label: string): string {
  return isPlain(label) ? label : quoted(label);
}

/** A regular expression that matches just this text. */
export function literal(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

export function matcher(label: string, operator: "=" | "!=" | "=~" | "!~", value: string): string {
  return `${labelText(label)}${operator}${quoted(value)}`;
}

function isPlain(name: string): boolean {
  return /^[a-zA-Z_]\w*$/.test(name);
}

function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
}
