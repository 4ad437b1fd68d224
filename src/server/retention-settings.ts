import { ConfigError } from "../instrument/config-error.js";
import type { Retention } from "../store/telemetry-database.js";
import { MOST_DAYS_KEPT } from "../store/telemetry-store.js";

/** What comes first ends the life of a row: two weeks, or 5 GB of them. What rows add up to is kept for longer. */
export const DEFAULT_RETENTION: Required<Retention> = { days: 14, rollUpDays: 400, maxBytes: 5_000_000_000 };

/**
 * @throws {ConfigError} for what is no number, or would keep nothing
 */
export function readRetention(env: Readonly<Record<string, string | undefined>>): Required<Retention> {
  const { days, rollUpDays, maxBytes } = DEFAULT_RETENTION;
  const kept = readNumber(env, "CHAINWATCH_RETENTION_DAYS", {
    least: 1,
    most: MOST_DAYS_KEPT,
    usual: days,
    whole: true,
  });
  return {
    days: kept,
    rollUpDays: readNumber(env, "CHAINWATCH_ROLL_UP_DAYS", {
      ...{ least: kept, most: MOST_DAYS_KEPT, usual: Math.max(kept, rollUpDays), whole: true },
    }),
    maxBytes:
      1e9 *
      readNumber(env, "CHAINWATCH_RETENTION_GB", { least: 0.1, most: 10_000, usual: maxBytes / 1e9, whole: false }),
  };
}

function readNumber(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  { least, most, usual, whole }: { least: number; most: number; usual: number; whole: boolean },
): number {
  const text = env[variable];
  if (!text) return usual;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new ConfigError({
    option: "retention",
    at: variable,
    expected: {
      en: `a ${whole ? "whole number" : "number"} from ${least} to ${most}`,
      zh: `${least} 到 ${most} 的${whole ? "整数" : "数字"}`,
    },
    found: text,
    cure: { en: `leave it out for ${usual}`, zh: `不写则用 ${usual}` },
  });
}
