import { addsUp } from "../indicators/adds-up.js";
import { findIndicator } from "../indicators/catalogue.js";
import type { Dimension, DimensionValues } from "../indicators/dimension.js";
import { formatDuration } from "./duration.js";

export interface WatchedChart {
  /** Id in the catalogue. */
  indicator: string;
  where: DimensionValues;
  /** What it is split by; absent: one line for everything. */
  by?: Dimension | undefined;
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
export function proposedRule({ indicator: id, where, by, windowS, values }: WatchedChart): string {
  const indicator = findIndicator(id);
  if (indicator === undefined) throw new Error(`no indicator ${id}`);
  const known = values.filter((value) => value !== undefined);
  const ruleWindowS = Math.max(windowS, SHORTEST_WINDOW_S);
  const growth = addsUp(indicator) ? ruleWindowS / windowS : 1;
  const isWorseBelow = id === "success_rate";
  const threshold = isWorseBelow
    ? belowAll(known)
    : aboveAll(
        known.map((value) => value * growth),
        indicator.unit === "%" ? 100 : Number.POSITIVE_INFINITY,
      );
  // Durations are read to the millisecond.
  const shown = indicator.unit === "s" ? Math.max(threshold, 0.001) : threshold;
  const { en, zh } = indicator.name;
  const lines = [
    "rules:",
    `  - id: ${id.replaceAll(/[._]/g, "-")}-${isWorseBelow ? "low" : "high"}`,
    `    name: { en: ${JSON.stringify(`${en}: too ${isWorseBelow ? "low" : "high"}`)}, zh: ${JSON.stringify(`${zh}：过${isWorseBelow ? "低" : "高"}`)} }`,
    `    indicator: ${id}`,
    ...(Object.keys(where).length > 0 ? [`    where: ${JSON.stringify(where)}`] : []),
    ...(by === undefined ? [] : [`    by: [${by}]`]),
    `    window: ${formatDuration(ruleWindowS)}`,
    `    when: "${isWorseBelow ? "<" : ">"} ${written(shown)}${unitOf(indicator.unit)}"`,
    // A share of few requests is chance.
    ...(indicator.unit === "%" ? ["    min_requests: 5"] : []),
    "    for: 1m",
    "    severity: warning",
  ];
  return `${lines.join("\n")}\n`;
}

/** Half above the highest; half way to `most` where that would be beyond it. */
function aboveAll(values: readonly number[], most: number): number {
  const highest = values.reduce((largest, value) => Math.max(largest, value), 0);
  return Math.min(highest * 1.5, (highest + most) / 2) || 1;
}

function belowAll(values: readonly number[]): number {
  const lowest = values.reduce((least, value) => Math.min(least, value), 100);
  return lowest > 1 ? lowest - 1 : lowest / 2;
}

/** Two digits, and none of the exponents that a rules file does not know. */
function written(threshold: number): string {
  return threshold.toLocaleString("en-US", { maximumSignificantDigits: 2, useGrouping: false });
}

/** The units that a threshold names; the others count things. */
function unitOf(unit: string): string {
  return unit === "s" || unit === "%" || unit === "USD" ? ` ${unit}` : "";
}
