import type { Language } from "./language.js";

const RATE_UNIT: Record<Language, string> = { en: "req/s", zh: "次/秒" };

/**
 * A value as people read it, with its unit: `0.41 s`, `71.4 %`, `$0.00002`, `0.0167 req/s`, `1,234`.
 * Percentages below 100 are never rounded up to 100, nor those above 0 down to 0.
 */
export function formatValue({ unit }: { unit: string }, value: number, language: Language): string {
  const number = formatNumber({ unit }, value);
  switch (unit) {
    case "s":
    case "%":
      return `${number} ${unit}`;
    case "req/s":
      return `${number} ${RATE_UNIT[language]}`;
    default:
      return number;
  }
}

/** The same without the unit, where a label says it already; money keeps its sign. */
export function formatNumber({ unit }: { unit: string }, value: number): string {
  switch (unit) {
    case "s":
      return decimals(value, secondDecimals(value));
    case "%":
      return decimals(value, percentDecimals(value));
    case "USD":
      return money(value);
    case "req/s":
      return significant(value, 3);
    case "":
      return Math.abs(value) < 1 ? significant(value, 3) : decimals(value, 2);
    default:
      return decimals(value, 2);
  }
}

function secondDecimals(value: number): number {
  const size = Math.abs(value);
  if (size < 0.1) return 3;
  if (size < 10) return 2;
  return size < 100 ? 1 : 0;
}

function percentDecimals(value: number): number {
  const distance = Math.min(Math.abs(value), Math.abs(100 - value));
  return distance === 0 || distance >= 0.05 ? 1 : Math.min(20, Math.ceil(-Math.log10(distance)));
}

/** Cents from one dollar up; below, two significant digits, since a call costs thousandths of a cent. */
function money(value: number): string {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (size === 0) return "$0";
  if (size >= 1)
    return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `${sign}$${significant(size, 2)}`;
}

function decimals(value: number, most: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: most });
}

function significant(value: number, digits: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: digits });
}
