import { addsUp } from "../indicators/adds-up.js";
import { findIndicator } from "../indicators/catalogue.js";
import type { DimensionValues } from "../indicators/dimension.js";
import { formatDuration } from "./duration.js";

export interface WatchedChart {
  /** Id in the catalogue. */
  indicator: string;
  where: DimensionValues;
  /** Window of each value, seconds. */
  windowS: number;
  /** What the chart shows; undefined: no data then. */
  values: readonly (number | undefined)[];
}

/** A rule looks back at least this far, so that one request alone rarely fires it. Seconds. */
const SHORTEST_WINDOW_S = 300;

/**
 * A rules file, as text, that watches what a chart shows: it fires half above the highest value seen, or, where less is
 * worse, below the lowest. The reader is meant to change the threshold; it is a start that does not fire at once.
 *
 * @throws {Error} for an indicator that is not in the catalogue
 */
export function proposedRule({ indicator: id, where, windowS, values }: WatchedChart): string {
  const indicator = findIndicator(id);
  if (indicator === undefined) throw new Error(`no indicator ${id}`);
  const known = values.filter((value) => value !== undefined);
  const ruleWindowS = Math.max(windowS, SHORTEST_WINDOW_S);
  const growth = addsUp(indicator) ? ruleWindowS / windowS : 1;
  const isWorseBelow = id === "success_rate";
  const threshold = isWorseBelow
    ? Math.max(0, known.reduce((least, value) => Math.min(least, value), 100) - 1)
    : known.reduce((most, value) => Math.max(most, value), 0) * growth * 1.5 || 1;
  const { en, zh } = indicator.name;
  const lines = [
    "rules:",
    `  - id: ${id.replaceAll(/[._]/g, "-")}-${isWorseBelow ? "low" : "high"}`,
    `    name: { en: ${JSON.stringify(`${en}: too ${isWorseBelow ? "low" : "high"}`)}, zh: ${JSON.stringify(`${zh}：过${isWorseBelow ? "低" : "高"}`)} }`,
    `    indicator: ${id}`,
    ...(Object.keys(where).length > 0 ? [`    where: ${JSON.stringify(where)}`] : []),
    `    window: ${formatDuration(ruleWindowS)}`,
    `    when: "${isWorseBelow ? "<" : ">"} ${Number(threshold.toPrecision(2))}${unitOf(indicator.unit)}"`,
    "    for: 1m",
    "    severity: warning",
  ];
  return `${lines.join("\n")}\n`;
}

/** The units that a threshold names; the others count things. */
function unitOf(unit: string): string {
  return unit === "s" || unit === "%" || unit === "USD" ? ` ${unit}` : "";
}
