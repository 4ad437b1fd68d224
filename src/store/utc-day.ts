const DAY_US = 86_400_000_000;

/** The UTC day of a Unix time in microseconds, as the number of days since 1970-01-01. */
export const utcDay = (timeUs: number): number => Math.floor(timeUs / DAY_US);

/** The day's first moment, Unix time in microseconds. */
export const dayStartUs = (day: number): number => day * DAY_US;

/** `2026-11-24`. */
export const dayName = (day: number): string => isoTime(dayStartUs(day)).slice(0, 10);

/** ISO 8601 in UTC with milliseconds. */
export const isoTime = (timeUs: number): string => new Date(Math.floor(timeUs / 1000)).toISOString();
