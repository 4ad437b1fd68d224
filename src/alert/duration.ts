const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const DURATION = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;

/** What a duration looks like, as a regular expression. */
export const DURATION_PATTERN = DURATION.source;

/**
 * Reads a duration as rules files write it: `5m`, `15s`, `1h30m`, `250ms`, `7d`, larger units first, `1.5s` too.
 *
 * @returns seconds; undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const parts = text.trim().match(DURATION);
  if (parts === null) return undefined;
  const [, days, hours, minutes, seconds, milliseconds] = parts.map((part) => Number(part ?? 0)) as number[];
  const ms =
    (days ?? 0) * UNIT_MS.d +
    (hours ?? 0) * UNIT_MS.h +
    (minutes ?? 0) * UNIT_MS.m +
    (seconds ?? 0) * UNIT_MS.s +
    (milliseconds ?? 0);
  return Math.round(ms) / 1000;
}

/** The shortest text that `parseDuration` reads back as the same number of seconds, to the millisecond: `1h30m`. */
export function formatDuration(seconds: number): string {
  let restMs = Math.round(seconds * 1000);
  let text = "";
  for (const [unit, unitMs] of Object.entries(UNIT_MS)) {
    const amount = Math.floor(restMs / unitMs);
    if (amount > 0) text += `${amount}${unit}`;
    restMs -= amount * unitMs;
  }
  return text === "" ? "0s" : text;
}
