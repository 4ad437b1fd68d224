import { parseDuration } from "../alert/duration.js";
import { UsageError } from "./usage-error.js";

/**
 * The value of an option that is a time, a day, or a duration before now, as Unix time in milliseconds.
 *
 * @throws {UsageError} it is none of them
 */
export function pastTime(option: string, text: string, nowMs: number): number {
  const beforeS = parseDuration(text);
  if (beforeS !== undefined) return nowMs - beforeS * 1000;
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError({
    en: `option ${option}: expected a time such as 2026-01-31T09:30:00Z, a day such as 2026-01-31, or a duration before now such as 7d, found ${JSON.stringify(text)}`,
    zh: `选项 ${option} 应为时间（如 2026-01-31T09:30:00Z）、日期（如 2026-01-31）或距今时长（如 7d），却给了 ${JSON.stringify(text)}`,
  });
}
