const two = (amount: number): string => String(amount).padStart(2, "0");

/** A time on the server's clock with its zone, since readers may be elsewhere: `2026-08-01 18:32:05 UTC+08:00`. */
export function zonedTime(iso: string): string {
  const time = new Date(iso);
  return `${dateOf(time)} ${clockOf(time)} ${zoneOf(time)}`;
}

/** From when to when; the day and zone of the end only where they differ. */
export function zonedSpan(fromIso: string, toIso: string): string {
  const from = new Date(fromIso);
  const to = new Date(toIso);
  const sameDay = dateOf(from) === dateOf(to) && zoneOf(from) === zoneOf(to);
  return sameDay
    ? `${dateOf(from)} ${clockOf(from)} – ${clockOf(to)} ${zoneOf(to)}`
    : `${zonedTime(fromIso)} – ${zonedTime(toIso)}`;
}

function dateOf(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function clockOf(time: Date): string {
  return time.toTimeString().slice(0, 8);
}

function zoneOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
