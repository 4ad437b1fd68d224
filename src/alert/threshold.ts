import type { IndicatorUnit } from "../indicators/indicator.js";
import type { Comparison, Watched } from "./alert-view.js";
import { parseDuration } from "./duration.js";

/** `op value`, in the unit of the answer. */
export interface Threshold {
  op: Comparison;
  value: number;
}

/** True when the value is on the threshold's far side: `holds({ op: ">", value: 5 }, 6)`. */
export function holds(threshold: Threshold, value: number): boolean {
  switch (threshold.op) {
    case ">":
      return value > threshold.value;
    case "<":
      return value < threshold.value;
    case ">=":
      return value >= threshold.value;
    case "<=":
      return value <= threshold.value;
  }
}

const EXAMPLES: Partial<Record<IndicatorUnit, string>> = { s: '"> 5s"', "%": '"< 95%"', USD: '"> 20 USD"' };

/** How a threshold in this unit is written, in quotes. */
export function thresholdExample(unit: IndicatorUnit | ""): string {
  if (unit === "") return '"> 100"';
  return EXAMPLES[unit] ?? `"> 100 ${unit}"`;
}

/** Seconds, percent and money must name their unit: `< 0.95` and `< 95%` look alike and differ by a factor of 100. */
const UNIT_REQUIRED: ReadonlySet<string> = new Set(["s", "%", "USD"]);

const THRESHOLD = /^(>=|<=|>|<)\s*(.+)$/;
const AMOUNT = /^(-?\d+(?:\.\d+)?)\s*(.*)$/;
const CHANGE = /^(>=|<=|>|<)\s*([+-]\d+(?:\.\d+)?)\s*%$/;

/** What a condition looks like, as a regular expression: which units go with it depends on the rule. */
export const THRESHOLD_PATTERN = /^(>=|<=|>|<)\s*[+-]?\d.*$/.source;

/**
 * Reads `"> 5s"`, `"< 95%"`, `"> 20 USD"`, `">= 100"` for an indicator with the given unit. Durations may be in any
 * unit (`"> 1m30s"`) and become seconds.
 *
 * @param unit empty for a plain number
 * @returns the threshold in that unit, or what is wrong with the text.
 */
export function parseThreshold(text: string, unit: IndicatorUnit | ""): Threshold | { mistake: string } {
  const value = unit === "" ? "a number without a unit" : `a value in ${unit}`;
  const expected = `a comparison (> < >= <=) with ${value}, such as ${thresholdExample(unit)}`;
  const [, op, amountText] = text.trim().match(THRESHOLD) ?? [];
  if (op === undefined || amountText === undefined) return { mistake: `expected ${expected}, found "${text}"` };

  if (unit === "s") {
    const seconds = parseDuration(amountText.replaceAll(" ", ""));
    if (seconds !== undefined) return { op: op as Comparison, value: seconds };
  }
  const [, number, found] = amountText.match(AMOUNT) ?? [];
  if (number === undefined || found === undefined) return { mistake: `expected ${expected}, found "${text}"` };
  if (found === "" && UNIT_REQUIRED.has(unit)) {
    return { mistake: `expected ${expected}, found no unit in "${text}"` };
  }
  if (found !== "" && found !== unit) return { mistake: `expected ${expected}, found the unit "${found}"` };
  return unit === "s"
    ? { mistake: `expected ${expected}, found "${text}"` }
    : { op: op as Comparison, value: Number(number) };
}

/** The condition as a rules file writes it, without exponents: `> 5 s`, `< 95 %`, `> +20 %`, `> 100`. */
export function thresholdText(
  { op, value }: Threshold,
  { unit, compare_to: compareTo }: Watched & { unit: string },
): string {
  const number = value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });
  return `${op} ${compareTo !== undefined && value >= 0 ? "+" : ""}${number}${UNIT_REQUIRED.has(unit) ? ` ${unit}` : ""}`;
}

/**
 * Reads a change: `"> +20%"`, `"< -10%"`. With its sign, since `"> 95%"` may be meant for the figure itself.
 *
 * @returns the threshold in percent, or what is wrong with the text.
 */
export function parseChange(text: string): Threshold | { mistake: string } {
  const [, op, percent] = text.trim().match(CHANGE) ?? [];
  if (op !== undefined && percent !== undefined) return { op: op as Comparison, value: Number(percent) };
  const expected = 'a change in percent with its sign, such as "> +20%" or "< -10%", because of compare_to';
  return { mistake: `expected ${expected}, found "${text}"` };
}
