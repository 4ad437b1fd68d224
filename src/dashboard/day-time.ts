import { clockTime } from "./clock-time.js";

/** `HH:MM:SS` in the terminal's time zone, and the day unless it is today: `2026-01-31 09:30:00`. */
export function dayTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return clockTime(iso);
  const twoDigits = (part: number): string => String(part).padStart(2, "0");
  const day = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join("-");
  return `${day} ${clockTime(iso)}`;
}
